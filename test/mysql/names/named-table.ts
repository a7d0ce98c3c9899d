/** Tables whose names are chosen by the test, and everything of ours that reads or writes their rows, run on them. */
import { expect } from 'vitest';
import type { Key } from '../../../src/binlog/key.js';
import { loadTable } from '../../../src/mysql/server/introspect/load-table.js';
import { copyKeys } from '../../../src/mysql/table/rows/row-sql.js';
import type { TablePlan } from '../../../src/mysql/table/rows/table-plan.js';
import type { Collisions } from '../../../src/mysql/table/rows/collisions.js';
import { withinServer } from '../../../src/mysql/table/rows/within-server.js';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { onOneServer, type SessionPair } from '../../../src/mysql/server/session/session-pair.js';
import { signRows } from '../../../src/mysql/server/sidecar/own-work.js';
import { withSession, type Session } from '../../../src/mysql/server/session/session.js';
import {
  dataVariables,
  transferSourceVariables,
  transferTargetVariables,
} from '../../../src/mysql/server/session/variables.js';
import type { MigrationPlan } from '../../../src/mysql/migration/migration-plan.js';
import { betweenServers } from '../../../src/mysql/table/transfer/between-servers.js';
import { letPass } from '../../../src/mysql/move/traffic/fence-pass.js';
import { findPass } from '../../../src/mysql/move/traffic/gate.js';
import { comparisonOf } from '../../../src/mysql/table/verify/compared-pairs.js';
import { findJsonBeyondText } from '../../../src/mysql/table/verify/find-json-losses.js';
import { withJsonPaths } from '../../../src/mysql/table/verify/json-differences.js';
import { columnDigests, sidesOf } from '../../../src/mysql/table/verify/side.js';
import { quoteIdentifier as quote, quoteTable } from '../../../src/schema/identifier.js';
import type { TableName } from '../../../src/schema/table-model.js';
import { contents } from '../../cases/native.js';
import { DataPlane } from '../../support/data-plane.js';
import { Moving } from '../move/moving.js';

export interface NamedTable extends TableName {
  /** An INT and a VARCHAR. */
  readonly key: readonly [string, string];
  /** A VARCHAR with a unique index on it. */
  readonly unique: string;
  readonly document: string;
  /** INT columns; the first one has an index. */
  readonly numbers: readonly string[];
  readonly keyIndex: string;
  readonly uniqueIndex: string;
  readonly numberIndex: string;
}

const rows = 12;

export function createNamed(named: NamedTable): string {
  const { key, unique, document, numbers, keyIndex, uniqueIndex, numberIndex } = named;
  const [number, text] = key.map(quote);
  return `CREATE TABLE ${quoteTable(named)} (
    ${quote(document)} JSON NULL,
    ${numbers.map((name) => `${quote(name)} INT NOT NULL DEFAULT 7,`).join(' ')}
    ${text} VARCHAR(20) NOT NULL,
    ${number} INT NOT NULL,
    ${quote(unique)} VARCHAR(30) NULL,
    ${keyIndex === 'PRIMARY' ? 'PRIMARY KEY' : `UNIQUE KEY ${quote(keyIndex)}`} (${number}, ${text}),
    UNIQUE KEY ${quote(uniqueIndex)} (${quote(unique)}),
    KEY ${quote(numberIndex)} (${quote(numbers[0] ?? '')}))`;
}

/** Rows that differ in every column, with documents that text does not carry. */
export function fillNamed(named: NamedTable): string {
  const { key, unique, document, numbers } = named;
  const names = [...key, unique, document, ...numbers].map(quote).join(', ');
  const values = Array.from({ length: rows }, (_none, row) => {
    const many = numbers.map((_name, index) => String(row * 100 + index));
    const json = `JSON_OBJECT('price', CAST(${row}.50 AS DECIMAL(10, 2)), 'list', JSON_ARRAY(${row}, NULL))`;
    return `(${row}, 'k${row % 3}', 'u${row}', ${json}, ${many.join(', ')})`;
  });
  return `INSERT INTO ${quoteTable(named)} (${names}) VALUES ${values.join(', ')}`;
}

/** Rows 1 and 2 swap their unique values. */
function swapsIn({ key, unique, ...named }: NamedTable): readonly string[] {
  const set = (value: string, row: number): string =>
    `UPDATE ${quoteTable(named)} SET ${quote(unique)} = ${value} WHERE ${quote(key[0])} = ${row}`;
  return [set('NULL', 1), set("'u1'", 2), set("'u2'", 1)];
}

/** What an application writes, to some of the rows: they come, go and get other keys. */
function writesTo(named: NamedTable): readonly string[] {
  const { key, unique, document, numbers } = named;
  const table = quoteTable(named);
  const [number, text] = key.map(quote);
  const value = quote(unique);
  const counted = quote(numbers[0] ?? '');
  return [
    `UPDATE ${table} SET ${counted} = ${counted} + 1, ${quote(document)} = JSON_OBJECT('n', CAST(9.9 AS DECIMAL(3, 1)))
       WHERE ${number} = 5`,
    `DELETE FROM ${table} WHERE ${number} = 3`,
    `UPDATE ${table} SET ${number} = 77, ${text} = 'new' WHERE ${number} = 4`,
    `INSERT INTO ${table} (${number}, ${text}, ${value}) VALUES (78, 'new', 'new')`,
  ];
}

/** Migrates the table, with each statement of ours that could meet its names; compares all rows. */
export async function migrateNamed(
  clusters: { readonly switchyard: ClusterSettings; readonly root: ClusterSettings },
  named: NamedTable,
  clauses: string,
): Promise<void> {
  const migration = new DataPlane(clusters.switchyard);
  const plan = await migration.prepare(named.database, `ALTER TABLE ${quoteTable(named)} ${clauses}`);
  await withSession(clusters.switchyard, dataVariables(plan.conversion), async (session) => {
    // As an earlier run would have left it: the chunk is copied again, around this row.
    await session.run('START TRANSACTION');
    await session.run(copyKeys(plan, [firstKey]));
    await signRows(session, plan.operationId);
    await session.run('COMMIT');
    await migration.reach('copied');
    await migration.reach('indexed');
    await withSession(clusters.root, { autocommit: 1 }, async (root) => {
      for (const statement of swapsIn(named)) await root.run(statement);
    });
    await lookAtRows(session, plan);
  });
  await withSession(clusters.root, { autocommit: 1 }, async (root) => {
    await migration.follow(async () => {
      for (const statement of writesTo(named)) await root.run(statement);
    });
    const { notCompared } = await migration.reach('verified');
    expect(notCompared).toEqual([]);
    await migration.cutOver(10);
    expect(await rowsOf(root, named, plan.retained)).toEqual(await rowsOf(root, plan.retained, plan.retained));
    await migration.dropRetained();
  });
}

/** Moves all the tables, and compares all rows; `observe` is told each statement. */
export async function moveNamed(
  database: string,
  tables: readonly NamedTable[],
  observe?: (sql: string) => void,
): Promise<void> {
  const moving = await Moving.openIn(database, ...tables.flatMap((named) => [createNamed(named), fillNamed(named)]));
  moving.observe = observe;
  try {
    const { plan } = await moving.prepare();
    const [source, target] = [await moving.root('source'), await moving.root('target')];
    await moving.synchronise('copied');
    await moving.synchronise('indexed');
    for (const named of tables) for (const statement of swapsIn(named)) await source.run(statement);
    await withTransfer(moving, async (sessions) => {
      for (const table of plan.tables) await lookAtMoved(sessions, table, tables);
    });
    for (const named of tables) for (const statement of writesTo(named)) await source.run(statement);
    expect(await moving.synchronise('verified')).toMatchObject({ outcome: 'reached', notCompared: [] });
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    for (const named of tables) expect(await rowsOf(target, named, named)).toEqual(await rowsOf(source, named, named));
  } finally {
    await moving.close();
  }
}

async function withTransfer(moving: Moving, work: (sessions: SessionPair) => Promise<void>): Promise<void> {
  await withSession(moving.source, transferSourceVariables, (source) =>
    withSession(moving.target, transferTargetVariables, async (target) => {
      await letPass(target, (await findPass(target, moving.operationId)) ?? '');
      await work({ source, target });
    }),
  );
}

/** As `lookAtRows`, between servers. */
async function lookAtMoved(sessions: SessionPair, plan: TablePlan, tables: readonly NamedTable[]): Promise<void> {
  const { document = '' } = tables.find(({ table }) => table === plan.source.table) ?? {};
  expect(await betweenServers().findCollisions(sessions, plan, [keyOf(1)])).toEqual(secondRow);
  const { source } = sidesOf(plan, comparisonOf(plan));
  const found = await findJsonBeyondText(sessions.source, source, [document], 'TRUE', 1);
  expect(found).toMatchObject({ documents: rows, values: [{ path: '$."price"', type: 'DECIMAL' }] });
}

function keyOf(row: number): Key {
  return [
    String(row),
    Buffer.from(`k${row % 3}`)
      .toString('hex')
      .toUpperCase(),
  ];
}

const firstKey = keyOf(0);

/** What row 1 collides with, as long as the copy has not followed. */
const secondRow: Collisions = { others: [keyOf(2)], twins: [], unseen: undefined };

/** What else is read of rows, when something differs or collides. */
async function lookAtRows(session: Session, plan: MigrationPlan): Promise<void> {
  const sessions = onOneServer(session);
  expect(await withinServer.findCollisions(sessions, plan, [keyOf(1)])).toEqual(secondRow);
  const comparison = comparisonOf(plan);
  const sides = sidesOf(plan, comparison);
  const digests = await columnDigests(session, sides.source, [firstKey]);
  expect(digests.size).toBe(1);
  expect(await columnDigests(session, sides.copy, [firstKey])).toEqual(digests);
  const columns = plan.pairs.map(({ target }) => target.name);
  const differences = await withJsonPaths(sessions, plan, sides, [{ kind: 'different', key: firstKey, columns }]);
  expect(differences).toEqual([{ kind: 'different', key: firstKey, columns }]);
}

/** All rows: the columns that `of` has. */
async function rowsOf(session: Session, table: TableName, of: TableName): Promise<readonly string[]> {
  const names = new Set((await loadTable(session, of)).columns.map(({ name }) => name));
  const all = (await contents(session, table)).map((row) => JSON.parse(row) as [string, unknown][]);
  return all.map((row) => JSON.stringify(row.filter(([name]) => names.has(name)))).sort();
}
