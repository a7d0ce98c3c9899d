/** Names that are hard to write, and names as long as they can be: in SQL, in messages, and in what is looked up by them. */
import { inject, afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { withSession } from '../../../src/mysql/server/session/session.js';
import { quoteIdentifier as quote, quoteTable } from '../../../src/schema/identifier.js';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';
import type { TableName } from '../../../src/schema/table-model.js';
import { DataPlane } from '../../support/data-plane.js';
import { createNamed, fillNamed, migrateNamed, moveNamed, type NamedTable } from './named-table.js';

const longest = 'ÄÖÜ'.repeat(21) + 'ß';
const odd = [
  ...['back`tick``s.with.dots', "100%_ qu'o'te", 'double"quote ümläut $& $1 $\'', 'que?stion ?? :colon :1 @at'],
  ...['{table} back\\slash\\', '-- /* */ # ;\nline\ttab', '__proto__', '日本語', '1e5', 'NULL', 'Case', longest],
];

let root: ClusterSettings;
let switchyard: ClusterSettings;
const databases: string[] = [];

async function makeDatabase(name: string): Promise<string> {
  databases.push(name);
  await withSession(root, { autocommit: 1 }, async (session) => {
    await session.run(`DROP DATABASE IF EXISTS ${quote(name)}`);
    await session.run(`CREATE DATABASE ${quote(name)}`);
  });
  return name;
}

beforeAll(() => {
  ({ root, switchyard } = inject('stack').commerce);
});

afterAll(async () => {
  await withSession(root, { autocommit: 1 }, async (session) => {
    for (const database of databases) await session.run(`DROP DATABASE IF EXISTS ${quote(database)}`);
  });
});

function named(database: string, turn: number): NamedTable {
  const [table = '', first = '', second = '', third = '', fourth = '', ...others] = [
    ...odd.slice(turn),
    ...odd.slice(0, turn),
  ];
  return {
    ...{ database, table, key: [first, second], unique: third, document: fourth, numbers: [...others, table] },
    ...{ keyIndex: turn % 2 === 0 ? 'PRIMARY' : table, uniqueIndex: first, numberIndex: second },
  };
}

describe('names that are hard to write', () => {
  it('are migrated', async () => {
    const database = await makeDatabase(`migrated ${odd.slice(0, 6).join('')}`.slice(0, 63));
    const migrate = async (turn: number): Promise<void> => {
      const table = named(database, turn);
      await withSession(root, { autocommit: 1 }, async (session) => {
        for (const sql of [createNamed(table), fillNamed(table)]) await session.run(sql);
      });
      const shorter = `MODIFY ${quote(table.key[1])} VARCHAR(10) NOT NULL, `;
      await migrateNamed({ root, switchyard }, table, `${turn % 3 === 0 ? shorter : ''}ADD COLUMN \`a?d\` INT`);
    };
    for (let turn = 0; turn < odd.length; turn += 3) {
      await Promise.all([turn, turn + 1, turn + 2].filter((one) => one < odd.length).map(migrate));
    }
  });

  it('are moved', async () => {
    const database = `moved ${odd.slice(6, 12).join('')}`.slice(0, 64).trimEnd();
    await moveNamed(
      database,
      odd.map((_name, turn) => named(database, turn)),
    );
  });

  it.each(odd.filter((name) => /[`'"{]/.test(name)))('are told as they are where rows do not fit: %s', async (name) => {
    const table = { database: databases[0] ?? '', table: `fit ${odd.indexOf(name)}` };
    const column = quote(name);
    await withSession(root, { autocommit: 1 }, async (session) => {
      await session.run(`CREATE TABLE ${quoteTable(table)} (${column} INT NULL, k INT PRIMARY KEY)`);
      await session.run(`INSERT INTO ${quoteTable(table)} VALUES (5, 17), (5, 18), (NULL, 19)`);
    });
    const told = {
      [`ADD UNIQUE KEY ${column} (${column})`]: `of unique key ${name}, k=18`,
      [`MODIFY ${column} INT NOT NULL`]: `${name}, k=19`,
      [`ADD CONSTRAINT ${column} CHECK (k <> 19)`]: `${name}, k=19`,
    };
    for (const [clause, expected] of Object.entries(told)) expect(await refusal(table, clause)).toBe(expected);
  });
});

/** Which column, and which row. */
async function refusal(table: TableName, clause: string): Promise<string> {
  const migration = new DataPlane(switchyard);
  await migration.prepare(table.database, `ALTER TABLE ${quoteTable(table)} ${clause}`);
  try {
    await migration.reach('copied');
    await migration.reach('indexed');
    return 'nothing';
  } catch (error) {
    if (!(error instanceof SwitchyardError)) throw error;
    return `${String(error.facts.column)}, ${String(error.facts.key)}`;
  } finally {
    await migration.remove();
  }
}
