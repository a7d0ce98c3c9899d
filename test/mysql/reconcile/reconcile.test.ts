/** What operations have left on a cluster is removed only where it is certainly nobody's, and ours (P4). */
import type { Residual } from '../../../src/domain/residual.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishMove } from '../../../src/mysql/move/finish-move.js';
import { forceComplete } from '../../../src/mysql/move/force-complete.js';
import type { PrepareMoveOptions } from '../../../src/mysql/move/prepare-move.js';
import { removeMove } from '../../../src/mysql/move/remove-move.js';
import type { Cleanups, RetainedTables } from '../../../src/mysql/reconcile/judgement.js';
import { reconcile } from '../../../src/mysql/reconcile/reconcile.js';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { fenceNameHexDigits } from '../../../src/limits/shared.js';
import { retainedName, copyName, labelsName } from '../../../src/schema/names.js';
import { DataPlane } from '../../support/data-plane.js';
import { fenceWritersTable } from '../../support/fence-writers.js';
import { Moving } from '../move/moving.js';

let moving: Moving;
afterEach(() => moving.close());

/** The clean-ups that were started, and whether one can be. */
let started: RetainedTables[] = [];
let canStart = true;
beforeEach(() => {
  started = [];
  canStart = true;
});

const cleanups: Cleanups = {
  isOpen: ({ table }) => Promise.resolve(started.some(({ retainedTables }) => retainedTables.includes(table))),
  start: (retained) => {
    if (!canStart) return Promise.reject(new Error('Temporal is away'));
    started.push(retained);
    return Promise.resolve();
  },
};

/** Of this test's operation only: the servers are shared. */
async function reconciled(
  side: 'source' | 'target',
  {
    isOpen = false,
    dryRun = false,
    name = moving[side].name,
    operationId = moving.operationId,
    asTheyAre = (cluster: ClusterSettings): ClusterSettings => cluster,
  } = {},
): Promise<Residual | undefined> {
  const { source, target } = moving;
  const clusters = new Map([source, target].map((cluster) => [cluster.name, asTheyAre(cluster)]));
  const residuals = await reconcile({
    cluster: { ...moving[side], name },
    find: (other) => clusters.get(other),
    // Other tests' operations are theirs.
    askOwner: ({ workflowId }) => Promise.resolve(isOpen || !workflowId.endsWith(operationId) ? 'open' : 'gone'),
    cleanups,
    by: 'workflow reconcile/test',
    dryRun,
  });
  return residuals.find((residual) => residual.operationId === operationId);
}

async function audited(side: 'source' | 'target'): Promise<readonly unknown[]> {
  const root = await moving.root(side);
  return root.rows(
    "SELECT asked_by AS `by`, message, reason FROM _switchyard.audit_log WHERE command = 'reconcile' AND operation_id = ?",
    [moving.operationId],
  );
}

it.each(['source', 'target'] as const)(
  'a move whose workflow is gone before the switch goes from both sides: %s',
  async (side) => {
    moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
    await moving.prepare();
    await moving.reachAll();
    expect(await reconciled(side, { isOpen: true })).toMatchObject({ outcome: 'inUse' });
    const found = await reconciled(side, { dryRun: true });
    expect(found).toMatchObject({ outcome: 'removable', kind: 'moveTables' });
    expect(found?.parts.join('; ')).toContain(`locks of ${moving.database}.orders`);
    expect(await moving.leftovers('target')).not.toEqual([]);
    expect(await audited(side)).toEqual([]);
    expect(await reconciled(side)).toMatchObject({ outcome: 'removed' });
    expect(await audited(side)).toMatchObject([
      { by: 'workflow reconcile/test', message: `removes ${found?.parts.join('; ')}`, reason: found?.why },
    ]);
    for (const each of ['source', 'target'] as const) expect(await moving.leftovers(each)).toEqual([]);
    expect(await reconciled(side)).toBeUndefined();
    await (await moving.root('source')).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
    expect(await (await moving.root('target')).rows('SHOW TABLES')).toEqual([]);
  },
);

it('a move is left alone, and hides nothing of others, where the other cluster cannot be asked', async () => {
  moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
  await moving.prepare();
  const changes: readonly Partial<ClusterSettings>[] = [
    { port: 1 },
    { tls: { mode: 'VERIFY_CA' } },
    { password: 'another' },
  ];
  for (const change of changes) {
    const residual = await reconciled('source', { asTheyAre: (cluster) => ({ ...cluster, ...change }) });
    expect(residual).toMatchObject({ outcome: 'refused' });
    expect(residual?.why).toContain(`cluster ${moving.target.name} cannot be asked`);
  }
});

it.each(['source', 'target'] as const)(
  'a move whose writes came back goes, and what once had them is kept, and named: %s',
  async (side) => {
    moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
    await moving.prepare();
    await moving.reachAll();
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
    const why = expect.stringMatching(`cluster ${moving.target.name} .*kept.*drop them yourself`) as string;
    expect(await reconciled(side, { dryRun: true })).toMatchObject({ outcome: 'removable', why });
    expect(await reconciled(side)).toMatchObject({ outcome: 'removed', why });
    const kept = `_sw_${moving.operationId}_0_old`;
    expect(await tablesOf('target')).toEqual([kept]);
    // Whether they were given up with rows that nobody else has cannot be told.
    expect(started).toEqual([]);
    expect(await reconciled('target')).toMatchObject({ outcome: 'kept' });
    expect(await (await moving.root('target')).rows(`SELECT n FROM ${kept}`)).toEqual([{ n: 0 }]);
  },
);

it('a move whose writes are on the target is left alone, and says why', async () => {
  moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
  await moving.prepare();
  await moving.reachAll();
  expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
  for (const side of ['source', 'target'] as const) {
    const residual = await reconciled(side);
    expect(residual).toMatchObject({ outcome: 'refused' });
    expect(residual?.why).toContain('writes');
  }
  const target = await moving.root('target');
  await target.run('INSERT INTO orders (writer, n) VALUES (0, 1)');
  expect(await target.rows('SELECT n FROM orders ORDER BY n')).toEqual([{ n: 0 }, { n: 1 }]);
  await expect((await moving.root('source')).run('DELETE FROM orders')).rejects.toThrow('Switchyard move');
});

/** Writes are on the target. */
async function switched(options: Partial<PrepareMoveOptions> = {}, ...more: readonly string[]): Promise<void> {
  moving = await Moving.open(fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)', ...more);
  await moving.prepare(options);
  await moving.reachAll();
  expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
}

/** A forced completion whose source answers again just before the records are closed: they are, and all else is left. */
async function forcedWithClosedSource(
  options: Partial<PrepareMoveOptions> = {},
  ...more: readonly string[]
): Promise<void> {
  await switched(options, ...more);
  const { source, target, operationId } = moving;
  await forceComplete({ target, operationId, parts: ['streams', 'fences', 'sidecar'] });
  const { settled = [] } = await finishMove({ source, target, operationId, forced: true });
  // What the forced completion has listed of the records is not there any more; tables and fences are.
  expect(settled.join('; ')).toMatch(/reverse stream.*records and locks/s);
  expect(settled.join('; ')).not.toMatch(/fences|the tables/);
  const [operation] = await (
    await moving.root('source')
  ).rows('SELECT state FROM _switchyard.operations WHERE operation_id = ?', [operationId]);
  expect(operation).toEqual({ state: 'completed' });
}

async function fences(): Promise<readonly { name: string; table: string }[]> {
  return (await moving.root('source')).rows(
    `SELECT trigger_name AS name, event_object_table AS \`table\` FROM information_schema.triggers
      WHERE trigger_schema = ? ORDER BY trigger_name`,
    [moving.database],
  );
}

async function tablesOf(side: 'source' | 'target'): Promise<readonly unknown[]> {
  const rows = await (await moving.root(side)).rows<Record<string, string>>('SHOW TABLES');
  return rows.flatMap((row) => Object.values(row));
}

describe('what a forced completion has left on a source whose records are closed', () => {
  it('is found, renamed, handed to its clean-up, and free of fences', async () => {
    await forcedWithClosedSource({ retainForMs: 5_000 });
    const { operationId, database } = moving;
    const found = await reconciled('source', { dryRun: true });
    expect(found).toMatchObject({ outcome: 'removable', kind: 'moveTables' });
    expect(found?.parts.filter((part) => part.includes(`on ${database}.orders`))).toHaveLength(3);
    expect(await tablesOf('source')).toEqual(['orders']);
    expect(started).toEqual([]);
    expect(await reconciled('source')).toMatchObject({ outcome: 'removed' });
    const retainedTable = retainedName(operationId, 0);
    expect(await tablesOf('source')).toEqual([retainedTable]);
    expect(await fences()).toEqual([]);
    expect(started).toEqual([{ operationId, database, retainedTables: [retainedTable], retainForMs: 5_000 }]);
    expect(await reconciled('source')).toMatchObject({
      outcome: 'inUse',
      parts: [`retained table ${database}.${retainedTable}`],
    });
    expect(await reconciled('target')).toBeUndefined();
    expect(await tablesOf('target')).toEqual(['orders']);
    // A clean-up that has ended without dropping it was told to keep it.
    started = [];
    expect(await reconciled('source')).toMatchObject({ outcome: 'kept' });
    await (await moving.root('source')).run(`DROP TABLE ${retainedTable}`);
    expect(await reconciled('source')).toMatchObject({ outcome: 'removed' });
    expect(await reconciled('source')).toBeUndefined();
  });

  it('is handed to its clean-up also where the first try broke off after the rename', async () => {
    await forcedWithClosedSource({}, 'CREATE TABLE places (id INT PRIMARY KEY)');
    const retainedTables = [0, 1].map((number) => retainedName(moving.operationId, number));
    canStart = false;
    await expect(reconciled('source')).rejects.toThrow('Temporal is away');
    expect(await tablesOf('source')).toEqual(retainedTables);
    expect(await fences()).toHaveLength(6);
    canStart = true;
    expect(await reconciled('source')).toMatchObject({ outcome: 'removed' });
    // One for all of them: of a move of a thousand tables there are not a thousand.
    expect(started).toMatchObject([{ retainedTables }]);
    expect(await fences()).toEqual([]);
  });

  it('is left alone where somebody has opened the table: there may be rows in it that nobody else has', async () => {
    await forcedWithClosedSource();
    const [first] = await fences();
    await (await moving.root('source')).run(`DROP TRIGGER ${first?.name}`);
    const residual = await reconciled('source');
    expect(residual).toMatchObject({ outcome: 'refused' });
    expect(residual?.why).toContain(`${moving.database}.orders`);
    expect(await tablesOf('source')).toEqual(['orders']);
    expect(await fences()).toHaveLength(2);
  });

  it('is left alone while the target does not say that the move is complete', async () => {
    await forcedWithClosedSource();
    const target = await moving.root('target');
    await target.run("UPDATE _switchyard.operations SET state = 'open' WHERE operation_id = ?", [moving.operationId]);
    expect(await reconciled('source')).toMatchObject({ outcome: 'refused' });
    await target.run('DELETE FROM _switchyard.switch_journal WHERE operation_id = ?', [moving.operationId]);
    expect(await reconciled('source')).toMatchObject({ outcome: 'refused' });
    expect(await tablesOf('source')).toEqual(['orders']);
    expect(await fences()).toHaveLength(3);
  });

  it('loses its fences where somebody has renamed the table, which stays theirs', async () => {
    await forcedWithClosedSource();
    const source = await moving.root('source');
    await source.run('RENAME TABLE orders TO orders_before_move');
    await source.run('CREATE TABLE orders (id INT PRIMARY KEY)');
    expect(await reconciled('source')).toMatchObject({ outcome: 'removed' });
    expect(await fences()).toEqual([]);
    expect(await tablesOf('source')).toEqual(['orders', 'orders_before_move']);
    expect(await source.rows('SELECT n FROM orders_before_move')).toEqual([{ n: 0 }]);
    expect(started).toEqual([]);
    expect(await reconciled('source')).toBeUndefined();
  });

  it('stays where the move was started with sourceTables: keep', async () => {
    await forcedWithClosedSource({ sourceTables: 'keep' });
    expect(await reconciled('source')).toMatchObject({ outcome: 'kept' });
    expect(await fences()).toHaveLength(3);
    expect(await tablesOf('source')).toEqual(['orders']);
  });

  it('is not touched on a copy of the server, which is neither side of the move', async () => {
    await forcedWithClosedSource();
    expect(await reconciled('source', { name: 'copy' })).toMatchObject({ outcome: 'refused' });
    expect(await fences()).toHaveLength(3);
  });
});

describe('what is left of an operation that is closed', () => {
  it('goes: rows of a move, and a target table that nobody ever saw', async () => {
    moving = await Moving.open(fenceWritersTable);
    await moving.prepare();
    const { source, target, operationId, database } = moving;
    await removeMove({ source, target, operationId, state: 'cancelled' });
    expect(await reconciled('target')).toBeUndefined();
    const root = await moving.root('target');
    const making = copyName(operationId, 0);
    await root.run(`CREATE TABLE ${making} (id INT PRIMARY KEY)`);
    await root.run(`INSERT INTO _switchyard.owned_tables VALUES (?, ?, ?, 'shadow', 'orders', UTC_TIMESTAMP(6))`, [
      database,
      making,
      operationId,
    ]);
    await root.run('INSERT INTO _switchyard.streams VALUES (?, ?, UTC_TIMESTAMP(6))', [operationId, '']);
    await root.run('INSERT INTO _switchyard.table_locks VALUES (?, ?, ?)', [database, 'orders', operationId]);
    const labels = `_switchyard.${labelsName(operationId)}`;
    await root.run(`CREATE TABLE ${labels} (id INT PRIMARY KEY)`);
    expect(await reconciled('target', { isOpen: true })).toMatchObject({ outcome: 'inUse' });
    const parts = [`locks of ${database}.orders`, 'a stream', `copy ${database}.${making}`, `table ${labels}`];
    expect(await reconciled('target')).toMatchObject({ outcome: 'removed', parts });
    expect(await moving.leftovers('target')).toEqual([]);
    expect(await reconciled('target')).toBeUndefined();
  });

  it('goes: rows and the shadow table of a migration; its retained table stays', async () => {
    moving = await Moving.open(fenceWritersTable);
    const { source, database } = moving;
    const migration = new DataPlane(source);
    const { operationId } = migration;
    await migration.prepare(database, 'ALTER TABLE orders ADD COLUMN x INT');
    const root = await moving.root('source');
    await root.run("UPDATE _switchyard.operations SET state = 'failed' WHERE operation_id = ?", [operationId]);
    expect(await reconciled('source', { operationId, dryRun: true })).toMatchObject({ outcome: 'removable' });
    expect(await reconciled('source', { operationId })).toMatchObject({ outcome: 'removed', kind: 'onlineDdl' });
    expect(await tablesOf('source')).toEqual(['orders']);
    expect(await reconciled('source', { operationId })).toBeUndefined();

    const second = new DataPlane(source);
    await second.prepare(database, 'ALTER TABLE orders ADD COLUMN x INT');
    for (const goal of ['copied', 'indexed', 'verified'] as const) await second.reach(goal);
    await second.cutOver(3);
    const retained = retainedName(second.operationId);
    expect(await reconciled('source', { operationId: second.operationId })).toMatchObject({ outcome: 'kept' });
    expect(await tablesOf('source')).toEqual([retained, 'orders']);
  });
});

it('a table and a fence with names of ours that no record knows are somebody else’s', async () => {
  moving = await Moving.open(fenceWritersTable);
  const { operationId, database } = moving;
  const root = await moving.root('source');
  const names = [copyName(operationId), retainedName(operationId, 3)];
  for (const name of names) await root.run(`CREATE TABLE ${name} (id INT PRIMARY KEY)`);
  const fence = `_sw_${operationId}_fi_${'0'.repeat(fenceNameHexDigits)}`;
  await root.run(`CREATE TRIGGER ${fence} BEFORE INSERT ON orders FOR EACH ROW SET @x = 1`);
  const residual = await reconciled('source');
  expect(residual).toMatchObject({ outcome: 'refused', kind: 'unknown', workflowId: '' });
  expect(residual?.parts).toEqual([
    ...names.toSorted().map((name) => `table ${database}.${name}, without a record`),
    `fence ${fence} on ${database}.orders`,
  ]);
  expect(await tablesOf('source')).toEqual([...names.toSorted(), 'orders']);
  expect(await fences()).toHaveLength(1);
});
