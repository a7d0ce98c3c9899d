/**
 * Whoever gets the traffic has the rows, in both directions alike (P1, P6): what no feed and no fence sees is named before
 * the traffic moves, and what once had the writes is never dropped.
 */
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/mysql/server/session/session.js';
import { dropRetained } from '../../../src/mysql/migration/clean-up.js';
import { removeMove } from '../../../src/mysql/move/remove-move.js';
import { Moving } from './moving.js';

const orders = 'CREATE TABLE orders (id INT NOT NULL PRIMARY KEY, doc JSON, ts TIMESTAMP NULL)';
const rows = `INSERT INTO orders VALUES (1, '{"a": 1}', '2026-01-02 03:04:05'), (2, '{}', NULL), (3, NULL, NULL)`;

async function withMoving(
  arrive: (moving: Moving) => Promise<void>,
  work: (moving: Moving) => Promise<void>,
): Promise<void> {
  const moving = await Moving.open(orders, rows);
  try {
    await moving.prepare();
    await moving.reachAll();
    await arrive(moving);
    await work(moving);
  } finally {
    await moving.close();
  }
}

/** As if it had been compared some time ago. */
async function compared(moving: Moving): Promise<void> {
  const root = await moving.root('target');
  const sql = 'UPDATE _switchyard.progress SET verified_at = verified_at - INTERVAL 2 MINUTE WHERE operation_id = ?';
  await root.run(sql, [moving.operationId]);
}

/** The target has the writes, and the way back is followed. */
async function switched(moving: Moving): Promise<void> {
  expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
  await moving.synchronise('caughtUp', { direction: 'reverse' });
}

/** Puts the triggers aside, for a writer that they do not see. */
async function withoutFences(session: Session, statement: string): Promise<void> {
  const made: string[] = [];
  for (const { Trigger: name } of await session.rows<{ Trigger: string }>('SHOW TRIGGERS')) {
    const shown = await session.row<{ 'SQL Original Statement': string }>(`SHOW CREATE TRIGGER ${name}`);
    made.push(shown['SQL Original Statement']);
    await session.run(`DROP TRIGGER ${name}`);
  }
  await session.run(statement);
  for (const trigger of made) await session.run(trigger);
}

describe.concurrent.each([
  { direction: 'forward', arrive: compared, from: 'source', to: 'target', attempt: 1 },
  { direction: 'reverse', arrive: switched, from: 'target', to: 'source', attempt: 2 },
] as const)('a switch $direction', ({ direction, arrive, from, to, attempt }) => {
  const naming = (code: string, message: RegExp): object => ({
    code,
    message: expect.stringMatching(message) as string,
  });

  it.each([
    { what: 'was truncated', statements: ['TRUNCATE orders'] },
    { what: 'was rebuilt', statements: ['ALTER TABLE orders FORCE'] },
    {
      what: 'was made anew under the name',
      statements: ['CREATE TABLE other LIKE orders', 'RENAME TABLE orders TO gone, other TO orders'],
    },
  ])('names a copy that $what', ({ statements }) =>
    withMoving(arrive, async (moving) => {
      const root = await moving.root(to);
      for (const statement of statements) await root.run(statement);
      const named = naming('TABLE_CHANGED', /not the table that was compared/);
      await expect(moving.attempt(direction, attempt)).rejects.toMatchObject(named);
      await expect(moving.synchronise('follow', { direction })).rejects.toMatchObject(named);
      await moving.resolve(direction, attempt);
      await (await moving.root(from)).run('INSERT INTO orders VALUES (4, NULL, NULL)');
    }),
  );

  it('names rows that no binlog has', () =>
    withMoving(arrive, async (moving) => {
      const app = await moving.root(from);
      await app.run('SET SESSION sql_log_bin = 0');
      await app.run('INSERT INTO orders VALUES (4, NULL, NULL)');
      await app.run('DELETE FROM orders WHERE id = 2');
      const named = naming('VERIFICATION_FAILED', /id=4.*id=2|id=2.*id=4/s);
      await expect(moving.attempt(direction, attempt)).rejects.toMatchObject(named);
    }));

  it('names what a writer on the copy has done', () =>
    withMoving(arrive, async (moving) => {
      await withoutFences(await moving.root(to), 'UPDATE orders SET doc = NULL WHERE id = 1');
      const named = naming('VERIFICATION_FAILED', /different in doc.*id=1/);
      await expect(moving.attempt(direction, attempt)).rejects.toMatchObject(named);
    }));

  it('names a JSON value that no statement can make', () =>
    withMoving(arrive, async (moving) => {
      await (await moving.root(from)).run(`UPDATE orders SET doc = JSON_OBJECT('since', ts) WHERE id = 1`);
      const named = naming('VERIFICATION_FAILED', /"since" TIMESTAMP.*id=1/);
      await expect(moving.attempt(direction, attempt)).rejects.toMatchObject(named);
      await moving.resolve(direction, attempt);
      await expect(moving.synchronise('follow', { direction })).rejects.toMatchObject(named);
    }));

  it('compares all of it where another server answers than the one that was compared', () =>
    withMoving(arrive, async (moving) => {
      const sql = `UPDATE _switchyard.progress SET compared_tables = REPLACE(compared_tables, @@server_uuid, UUID())
                    WHERE operation_id = ?`;
      await (await moving.root(to)).run(sql, [moving.operationId]);
      expect(await moving.attempt(direction, attempt)).toMatchObject({ outcome: 'switched' });
      expect(await (await moving.root(to)).rows('SELECT id FROM orders')).toHaveLength(3);
    }));
});

describe('what once had the writes', () => {
  it('is kept under a name of ours when the move is removed, also when that is repeated', () =>
    withMoving(switched, async (moving) => {
      const { source, target, operationId, database } = moving;
      const app = await moving.root('target');
      await app.run('INSERT INTO orders VALUES (4, NULL, NULL)');
      expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
      const remove = { source, target, operationId, state: 'failed' } as const;
      moving.breakAt('DROP TRIGGER');
      await expect(removeMove(remove)).rejects.toThrow();
      moving.breakAt(undefined);
      const table = `_sw_${operationId}_0_old`;
      const retained = [{ cluster: target.name, database, table, of: 'orders' }];
      expect(await removeMove(remove)).toEqual({ residuals: [], retained });
      // The application's own table, now.
      await app.run('CREATE TABLE orders (mine INT)');
      expect(await removeMove(remove)).toEqual({ residuals: [], retained });
      expect(await app.rows('SHOW TABLES')).toHaveLength(2);
      expect(await app.rows(`SELECT id FROM ${table}`)).toHaveLength(4);
      expect(await app.rows('SHOW TRIGGERS')).toEqual([]);
      expect(await dropRetained(target, operationId, table)).toBe('dropped');
      expect(await app.rows('SHOW TABLES')).toHaveLength(1);
    }));
});

it('what is followed back is compared as a whole once, without being asked', () =>
  withMoving(switched, async (moving) => {
    const app = await moving.root('target');
    await app.run('SET SESSION sql_log_bin = 0');
    await app.run('UPDATE orders SET ts = NULL');
    const followed = moving.synchronise('follow', { direction: 'reverse' });
    await expect(followed).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  }));
