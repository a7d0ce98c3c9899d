/** What others do to a move, and what it meets of itself: named, and in nobody's way (P1, P4, P7). */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { dropRetained } from '../../../src/mysql/migration/clean-up.js';
import { completeMove } from '../../../src/mysql/move/complete-move.js';
import { removeMove } from '../../../src/mysql/move/remove-move.js';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import type { Session } from '../../../src/mysql/server/session/session.js';
import { Moving } from './moving.js';

const orders = 'CREATE TABLE orders (id INT PRIMARY KEY, n INT, CONSTRAINT posi CHECK (n > 0))';
const rows = 'INSERT INTO orders VALUES (1, 1), (2, 2)';

let moving: Moving;
afterEach(() => moving.close());

async function verified(...more: readonly string[]): Promise<void> {
  moving = await Moving.open(orders, rows, ...more);
  await moving.prepare();
  await moving.reachAll();
}

describe('names of tables that stay', () => {
  it.each(['sesions', 'Sessions'])('have to be there, as the server compares them: %s', async (name) => {
    moving = await Moving.open(orders, 'CREATE TABLE sessions (id INT PRIMARY KEY)');
    const refused = moving.prepare({ excludeTables: ['sessions', name] });
    await expect(refused).rejects.toMatchObject({
      code: 'UNKNOWN_TABLE',
      message: expect.stringContaining(name) as string,
    });
    const { plan } = await moving.prepare({ excludeTables: ['sessions'] });
    expect(plan.tables.map(({ source }) => source.table)).toEqual(['orders']);
  });
});

describe('a table that is kept', () => {
  it('does not hold up the next move with the names of its constraints, and is dropped in its time', async () => {
    await verified();
    const { source, target, operationId, database } = moving;
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
    const { retained = [] } = await removeMove({ source, target, operationId, state: 'cancelled' });
    const table = retained[0]?.table ?? '';
    const next = randomBytes(5).toString('hex');
    await moving.prepare({ operationId: next });
    const root = await moving.root('target');
    const names = await root.rows<{ name: string; db: string }>(
      `SELECT constraint_schema AS db, constraint_name AS name FROM information_schema.check_constraints
        WHERE constraint_name = 'posi' AND constraint_schema IN (?, ?) ORDER BY 1`,
      [database, table],
    );
    expect(names.map(({ db }) => db).sort()).toEqual([table, database].sort());
    expect(await root.rows(`SELECT id FROM ${table}.orders`)).toHaveLength(2);
    expect(await dropRetained(target, operationId, table)).toBe('dropped');
    expect(await root.rows(`SHOW DATABASES LIKE '${table.replaceAll('_', '\\_')}'`)).toEqual([]);
    await removeMove({ source, target, operationId: next, state: 'cancelled' });
  });
});

describe('the ends of a move', () => {
  it('wait shortly for who reads the tables, and name them', async () => {
    await verified();
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    const reader = await moving.root('source');
    await reader.run('START TRANSACTION');
    await reader.rows('SELECT * FROM orders');
    const { source, target, operationId } = moving;
    const held = { code: 'TABLE_HELD', message: expect.stringContaining(`session ${reader.id} of`) as string };
    await expect(completeMove({ source, target }, operationId)).rejects.toMatchObject(held);
    await reader.run('COMMIT');
    await completeMove({ source, target }, operationId);
    const writer = await moving.root('target');
    await writer.run('INSERT INTO orders VALUES (3, 3)');
  });

  it('are the same for a move that is removed', async () => {
    await verified();
    const reader = await moving.root('target');
    await reader.run('START TRANSACTION');
    await reader.rows('SELECT * FROM orders');
    const { source, target, operationId } = moving;
    const removed = (): Promise<unknown> => removeMove({ source, target, operationId, state: 'cancelled' });
    await expect(removed()).rejects.toMatchObject({ code: 'TABLE_HELD' });
    await reader.run('COMMIT');
    await removed();
    expect(await reader.rows('SHOW TABLES')).toEqual([]);
  });
});

/** An account for workers on the source, which lacks a privilege. */
async function limitedAccount(root: Session, name: string): Promise<ClusterSettings> {
  const [user, password] = [`${name}_${moving.operationId}`, 'first'];
  await root.run(`CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`);
  for (const grant of [
    'REPLICATION SLAVE, REPLICATION CLIENT, PROCESS, XA_RECOVER_ADMIN ON *.*',
    'SELECT ON performance_schema.*',
    'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER ON _switchyard.*',
    `SELECT, INSERT, UPDATE, CREATE, DROP, ALTER, LOCK TABLES, TRIGGER ON ${moving.database}.*`,
  ]) {
    await root.run(`GRANT ${grant} TO ${user}@'%'`);
  }
  return { ...moving.source, user, password };
}

/** One that has all that it needs. */
async function workersAccount(root: Session, name: string): Promise<ClusterSettings> {
  const account = await limitedAccount(root, name);
  for (const databases of [moving.database, '`\\_sw\\_%`']) {
    await root.run(
      `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, LOCK TABLES ON ${databases}.* TO ${account.user}@'%'`,
    );
  }
  return account;
}

describe('while it is switched', () => {
  it('the account of the workers may get another password, and be replaced by another one', async () => {
    moving = await Moving.open(orders, rows);
    const [root, target] = [await moving.root('source'), await moving.root('target')];
    const [first, second] = [await workersAccount(root, 'first'), await workersAccount(root, 'second')];
    try {
      await moving.prepare({ source: first });
      for (const goal of ['copied', 'indexed', 'verified'] as const) await moving.synchronise(goal, { source: first });
      expect(await moving.attempt('forward', 1, { source: first })).toMatchObject({ outcome: 'switched' });
      /** Writes a row, which has to come back by this account. */
      const comesBack = async (id: number, source: ClusterSettings): Promise<void> => {
        await target.run('INSERT INTO orders VALUES (?, 1)', [id]);
        await moving.synchronise('caughtUp', { direction: 'reverse', source });
        expect(await root.rows('SELECT id FROM orders WHERE id = ?', [id])).toHaveLength(1);
      };
      await comesBack(3, first);
      await root.run(`ALTER USER ${first.user}@'%' IDENTIFIED BY 'second'`);
      await comesBack(4, { ...first, password: 'second' });
      await comesBack(5, second);
      await root.run(`DROP USER ${first.user}@'%'`);
      await comesBack(6, second);
      expect(await moving.attempt('reverse', 2, { source: second })).toMatchObject({ outcome: 'switched' });
      await root.run('INSERT INTO orders VALUES (7, 1)');
    } finally {
      await root.run(`DROP USER IF EXISTS ${first.user}@'%', ${second.user}@'%'`);
    }
  });
});

describe('before the traffic moves', () => {
  it.each(['forward', 'reverse'] as const)(
    'a trigger of somebody else on the side that gets it is named: %s',
    async (direction) => {
      await verified();
      if (direction === 'reverse') await moving.attempt('forward', 1);
      const root = await moving.root(direction === 'forward' ? 'target' : 'source');
      await root.run('CREATE TRIGGER audit BEFORE UPDATE ON orders FOR EACH ROW SET @audited = 1');
      const named = { code: 'TABLE_CHANGED', message: expect.stringContaining('audit') as string };
      await expect(moving.attempt(direction, 2)).rejects.toMatchObject(named);
      await expect(moving.synchronise('follow', { direction })).rejects.toMatchObject(named);
    },
  );

  it('privileges are looked at again, those for the way back, too', async () => {
    await verified();
    const root = await moving.root('source');
    const source = await limitedAccount(root, 'limited');
    const { user } = source;
    try {
      const attempt = await moving.attempt('forward', 1, { source });
      expect(attempt).toMatchObject({ outcome: 'notSwitched', reason: 'blocked' });
      expect(attempt).toHaveProperty('detail', expect.stringContaining(`DELETE on ${moving.database}`));
      await root.run(`GRANT DELETE ON ${moving.database}.* TO ${user}@'%'`);
      expect(await moving.attempt('forward', 2, { source })).toMatchObject({ outcome: 'switched' });
    } finally {
      await root.run(`DROP USER ${user}@'%'`);
    }
  });
});
