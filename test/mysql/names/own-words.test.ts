/**
 * Names in our SQL are never taken for the user's (P1, finding: a table that was called like an alias of ours lost rows).
 * The words are not written down here: all statements of ours that touch a user's table are recorded, and then run on
 * databases, tables, columns and indexes that are called like what is in them.
 */
import { inject, afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { withSession } from '../../../src/mysql/server/session/session.js';
import { foldName, quoteIdentifier as quote } from '../../../src/schema/identifier.js';
import { ownedNamePattern } from '../../../src/schema/names.js';
import { significantTokens, tokenize } from '../../../src/schema/tokens.js';
import { uniqueName } from '../../support/migration-test.js';

import { createNamed, fillNamed, migrateNamed, moveNamed, type NamedTable } from './named-table.js';

const plain: Omit<NamedTable, 'database'> = {
  ...{ table: 'orders', key: ['number', 'place'], unique: 'mail', document: 'extra', numbers: ['amount'] },
  ...{ keyIndex: 'PRIMARY', uniqueIndex: 'mail', numberIndex: 'amount' },
};
/** The names of `plain`, and of what the test adds to it. */
const plainWords = new Set(['orders', 'number', 'place', 'mail', 'extra', 'amount', 'PRIMARY', 'added by the test']);
const addition = 'ADD COLUMN `added by the test` INT NOT NULL DEFAULT 1';

let root: ClusterSettings;
let switchyard: ClusterSettings;
/** Statements that name a database of the test. */
const recorded = new Set<string>();
const databases: string[] = [];
let words: Words;

interface Words {
  /** Everything that may be a name: words that are not reserved, and quoted names. */
  readonly all: readonly string[];
  /** What stands where a table, a derived table or a column gets a name. */
  readonly aliases: readonly string[];
}

function record(sql: string): void {
  if (databases.some((database) => sql.includes(quote(database)))) recorded.add(sql);
}

function recording(cluster: ClusterSettings): ClusterSettings {
  return { ...cluster, observer: { before: record, after: () => undefined } };
}

async function makeDatabase(name: string): Promise<string> {
  databases.push(name);
  await withSession(root, { autocommit: 1 }, async (session) => {
    await session.run(`DROP DATABASE IF EXISTS ${quote(name)}`);
    await session.run(`CREATE DATABASE ${quote(name)}`);
  });
  return name;
}

async function make(...tables: readonly NamedTable[]): Promise<void> {
  await withSession(root, { autocommit: 1 }, async (session) => {
    for (const table of tables) for (const sql of [createNamed(table), fillNamed(table)]) await session.run(sql);
  });
}

async function readWords(): Promise<Words> {
  const listed = await withSession(root, { autocommit: 1 }, (session) =>
    session.rows<{ word: string; reserved: number }>(
      'SELECT word AS word, reserved AS reserved FROM information_schema.keywords',
    ),
  );
  const keywords = new Set(listed.map(({ word }) => word));
  const reserved = new Set(listed.filter((one) => one.reserved === 1).map(({ word }) => word));
  const ofTheTest = new Set([...plainWords, ...databases]);
  const all = new Map<string, string>();
  const aliases = new Map<string, string>();
  for (const sql of recorded) {
    const tokens = significantTokens(tokenize(sql, { ansiQuotes: false }).tokens);
    tokens.forEach(({ kind, value, keyword }, index) => {
      const isName = kind === 'quotedName' ? !ofTheTest.has(value) : kind === 'word' && !reserved.has(keyword);
      // Names of tables that are there for a moment, and numbered names beyond the first two.
      if (!isName || ownedNamePattern.test(value) || /[2-9]$/.test(value)) return;
      all.set(foldName(value), value);
      const before = tokens[index - 1]?.keyword ?? '';
      const isType = keywords.has(keyword);
      if (['AS', 'RECURSIVE'].includes(before) && !isType) aliases.set(foldName(value), value);
    });
  }
  return { all: [...all.values()].sort(), aliases: [...aliases.values()].sort() };
}

beforeAll(async () => {
  ({ root, switchyard } = inject('stack').commerce);
  const database = await makeDatabase(uniqueName('words'));
  for (const [table, clauses] of [
    ['orders', addition],
    ['orders_again', `MODIFY place VARCHAR(10) NOT NULL, ${addition}`],
  ] as const) {
    plainWords.add(table);
    const named = { ...plain, database, table };
    await make(named);
    await migrateNamed({ root, switchyard: recording(switchyard) }, named, clauses);
  }
  const moved = uniqueName('words');
  databases.push(moved);
  await moveNamed(moved, [{ ...plain, database: moved }], record);
  words = await readWords();
});

afterAll(async () => {
  await withSession(root, { autocommit: 1 }, async (session) => {
    for (const database of databases) await session.run(`DROP DATABASE IF EXISTS ${quote(database)}`);
  });
});

/** A table of this name in which every word is a column and some are indexes, as many as there can be. */
function named(database: string, table: string, turn: number): NamedTable {
  const turned = [...words.all.slice(turn), ...words.all.slice(0, turn)].filter(
    (word) => !/^_sw_(marker|key)/.test(word),
  );
  const [first = '', second = '', third = '', fourth = '', ...others] = turned;
  return {
    ...{ database, table, key: [first, second], unique: third, document: fourth, numbers: others },
    ...{ keyIndex: turn % 2 === 0 ? 'PRIMARY' : first, uniqueIndex: table, numberIndex: second },
  };
}

describe('names like those in our own SQL', () => {
  it('have our prefix where they are aliases', () => {
    expect(words.aliases.length).toBeGreaterThan(8);
    expect(words.aliases.filter((word) => !word.startsWith('_sw_'))).toEqual([]);
  });

  it('are migrated like any others', async () => {
    const database = await makeDatabase(words.aliases[0] ?? '');
    const migrate = async ([turn, alias]: readonly [number, string]): Promise<void> => {
      const table = named(database, alias, turn);
      await make(table);
      const shorter = `MODIFY ${quote(table.key[1])} VARCHAR(10) NOT NULL, `;
      await migrateNamed({ root, switchyard }, table, `${turn % 3 === 0 ? shorter : ''}${addition}`);
    };
    const all = [...words.aliases.entries()];
    for (let start = 0; start < all.length; start += 3) await Promise.all(all.slice(start, start + 3).map(migrate));
  });

  it('are moved like any others', async () => {
    const database = words.aliases[1] ?? '';
    await moveNamed(
      database,
      words.aliases.map((alias, turn) => named(database, alias, turn)),
    );
  });
});
