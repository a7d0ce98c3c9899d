/**
 * Gates (docs/design/moves.md, "Gates", P1, P3): whoever has begun to write is waited for, whoever comes later is refused,
 * and what others hold on either server holds nobody else up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StillHeld } from '../../../src/mysql/server/locks/brief-locks.js';
import { completeMove } from '../../../src/mysql/move/complete-move.js';
import { dropAllFences, listFences } from '../../../src/mysql/move/traffic/fence.js';
import { createTableRouter } from '../../../src/router/table-driver.js';
import { findPass, gateTable, isOpen, listGates, openGate, shutGate } from '../../../src/mysql/move/traffic/gate.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../src/mysql/server/session/variables.js';
import { fenceTriggerName } from '../../../src/schema/names.js';
import { quoteTable } from '../../../src/schema/identifier.js';
import { eventually } from '../../support/migration-test.js';
import { FenceWriters, fenceWritersTable as table } from '../../support/fence-writers.js';
import { startOwnMysql, type OwnMysql } from '../../support/own-mysql.js';
import { Moving } from './moving.js';

/** How long a client may wait for a write, or for a read, on a machine that does other things as well. */
const waitMsMax = 1_000;

/** Their own, since what is held here is the whole server. */
let servers: Readonly<Record<'source' | 'target', OwnMysql>>;
let moving: Moving;
beforeAll(async () => {
  const [source, target] = await Promise.all([startOwnMysql([], 'commerce'), startOwnMysql([], 'customer')]);
  servers = { source, target };
});
afterEach(() => moving.close());
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

/** As no writer of FenceWriters does. */
const insert = 'INSERT INTO orders (writer, n) VALUES (98, ?)';

async function verified(...statements: readonly string[]): Promise<void> {
  moving = await Moving.on(servers, table, 'INSERT INTO orders (writer, n) VALUES (99, 0)', ...statements);
  await moving.prepare();
  await moving.reachAll();
}

/** Reads the table, or does this, again and again. @returns ends it, and tells how long the slowest took. */
function reading(session: Session, sql = 'SELECT COUNT(*) FROM orders'): () => Promise<number> {
  const stop = new AbortController();
  let slowestMs = 0;
  const running = (async () => {
    while (!stop.signal.aborted) {
      const askedAt = performance.now();
      await session.run(sql);
      slowestMs = Math.max(slowestMs, performance.now() - askedAt);
      await sleep(5);
    }
  })();
  return async () => {
    stop.abort();
    await running;
    return slowestMs;
  };
}

describe('what others hold on the side that gets the writes', () => {
  it.each([
    {
      what: 'a backup lock',
      hold: async (session: Session) => void (await session.run('LOCK INSTANCE FOR BACKUP')),
    },
    {
      what: 'a reader that stays in its transaction',
      hold: async (session: Session) => {
        await session.run('START TRANSACTION');
        await session.rows('SELECT * FROM orders');
      },
    },
  ])('$what holds up neither a switch nor a way back', async ({ hold }) => {
    await verified();
    const holders = { source: await moving.root('source'), target: await moving.root('target') };
    const writers = await FenceWriters.start(2, (side) => moving.root(side));
    const ends = [reading(await moving.root('source')), reading(await moving.root('target'))];
    try {
      await hold(holders.target);
      await sleep(1_100);
      expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
      await hold(holders.source);
      await sleep(1_100);
      expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
      await sleep(100);
    } finally {
      for (const holder of Object.values(holders)) {
        await holder.run('UNLOCK INSTANCE');
        await holder.run('ROLLBACK');
      }
    }
    await writers.stop();
    const readsMs = await Promise.all(ends.map((end) => end()));
    expect(writers.refused).toBeGreaterThan(1);
    expect(writers.slowestMs).toBeLessThan(waitMsMax);
    expect(Math.max(...readsMs)).toBeLessThan(waitMsMax);
  });

  it('a backup lock keeps no router from hearing of the switch, whose rules are there', async () => {
    await verified();
    const { operationId, target } = moving;
    const router = createTableRouter(target);
    const rules = { operationId, move: operationId, rules: [] };
    expect(await router.apply({ ...rules, version: 1 })).toBe('applied');
    const holder = await moving.root('target');
    await holder.run('LOCK INSTANCE FOR BACKUP');
    try {
      const told = router.apply({ ...rules, version: 2 });
      expect(await Promise.race([told, sleep(3_000)])).toBe('applied');
    } finally {
      await holder.run('UNLOCK INSTANCE');
    }
  });

  it('a reader there is named, and nobody waits, where a number was used that is in no row', async () => {
    await verified();
    const app = await moving.root('source');
    await app.run('INSERT INTO orders (id, writer, n) VALUES (500, 99, 500)');
    await app.run('DELETE FROM orders WHERE id = 500');
    const reader = await moving.root('target');
    await reader.run('START TRANSACTION');
    await reader.rows('SELECT * FROM orders');
    await sleep(1_100);
    const written = reading(await moving.root('source'), 'UPDATE orders SET n = n + 1 WHERE writer = 99');
    const read = reading(await moving.root('target'));
    const blocked = await moving.attempt('forward', 1);
    const [writeMs, readMs] = [await written(), await read()];
    await reader.run('ROLLBACK');
    expect(blocked).toMatchObject({ outcome: 'notSwitched', reason: 'blocked', blockers: [{ id: reader.id }] });
    expect(readMs).toBeLessThan(waitMsMax);
    expect(writeMs).toBeLessThan(waitMsMax);
    expect(await moving.attempt('forward', 2)).toMatchObject({ outcome: 'switched' });
    await reader.run(insert, [9]);
    expect((await reader.row<{ id: number }>('SELECT MAX(id) AS id FROM orders')).id).toBeGreaterThan(500);
  });

  it('LOCK TABLES of a client there is named before anybody waits', async () => {
    await verified();
    const holder = await moving.root('target');
    await holder.run(`LOCK TABLES ${quoteTable({ database: moving.database, table: 'orders' })} WRITE`);
    await sleep(1_100);
    const app = await moving.root('source');
    expect(await moving.attempt('forward', 1, { lockTimeoutMs: 200 })).toMatchObject({
      outcome: 'notSwitched',
      reason: 'blocked',
      blockers: expect.arrayContaining([expect.objectContaining({ id: holder.id })]) as unknown,
    });
    await app.run(insert, [1]);
    await holder.run('UNLOCK TABLES');
    expect(await moving.attempt('forward', 2)).toMatchObject({ outcome: 'switched' });
  });
});

describe('a gate', () => {
  async function control(side: 'source' | 'target'): Promise<Session> {
    return Session.open(moving[side], controlVariables);
  }

  it('waits for who has written, keeps who comes later waiting, and refuses those with an old snapshot, too', async () => {
    await verified();
    await moving.attempt('forward', 1);
    await moving.attempt('reverse', 2);
    const { operationId } = moving;
    const [one, old, late] = [await moving.root('source'), await moving.root('source'), await moving.root('source')];
    for (const session of [one, old]) await session.run('START TRANSACTION');
    await one.run(insert, [1]);
    await old.rows('SELECT * FROM orders');
    const gating = await control('source');
    const signal = new AbortController().signal;
    await expect(shutGate(gating, operationId, { longestMs: 100, signal })).rejects.toBeInstanceOf(StillHeld);
    await one.run(insert, [2]);
    await one.run('COMMIT');
    await shutGate(gating, operationId, { longestMs: 1_000, signal });
    const refused = expect(late.run(insert, [3])).rejects.toThrow('Switchyard move');
    await eventually('the writer to wait', async () => {
      const rows = await gating.rows(
        `SELECT 1 FROM performance_schema.data_locks WHERE object_name = ? AND lock_status = 'WAITING'`,
        [gateTable(operationId).table],
      );
      return rows[0];
    });
    await gating.run('COMMIT');
    await refused;
    await expect(old.run(insert, [4])).rejects.toThrow('Switchyard move');
    await old.run('ROLLBACK');
    await openGate(gating, operationId);
    await late.run(insert, [3]);
    await gating.close();
  });

  it('that a frozen worker has shut lets writers go on when the server ends its session', async () => {
    await verified();
    await moving.attempt('forward', 1);
    const { operationId } = moving;
    const gating = await Session.open(moving.target, { ...controlVariables, wait_timeout: 1 });
    await shutGate(gating, operationId, { longestMs: 1_000, signal: new AbortController().signal });
    await (await moving.root('target')).run(insert, [1]);
    expect(await isOpen(await moving.root('target'), operationId)).toBe(true);
    gating.destroy();
  });

  it('of one operation does not wait for the tables of another, whatever their writers have locked', async () => {
    await verified();
    await moving.attempt('forward', 1);
    const other = await Moving.on(servers, table);
    try {
      await other.prepare();
      await other.reachAll();
      const app = await moving.root('target');
      await app.run(`LOCK TABLES ${quoteTable({ database: moving.database, table: 'orders' })} WRITE`);
      expect(await other.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
      await app.run('UNLOCK TABLES');
    } finally {
      await other.close();
    }
  });

  it('is asked with the rights of our account: an application needs none on the sidecar', async () => {
    await verified();
    await moving.attempt('forward', 1);
    const root = await moving.root('target');
    const user = `'lim_${moving.operationId}'@'%'`;
    await root.run(`CREATE USER ${user} IDENTIFIED BY '${moving.operationId}'`);
    await root.run(`GRANT INSERT, SELECT ON \`${moving.database}\`.* TO ${user}`);
    try {
      const limited = { user: `lim_${moving.operationId}`, password: moving.operationId, database: moving.database };
      const app = await Session.open({ ...moving.target, ...limited }, { autocommit: 1 });
      await app.run(insert, [1]);
      await app.close();
    } finally {
      await root.run(`DROP USER ${user}`);
    }
  });
});

describe('fences', () => {
  it('of an older version refuse as ever, and are replaced by such as ask the gate', async () => {
    await verified();
    const { database, operationId } = moving;
    const target = await moving.root('target');
    await dropAllFences(target, operationId);
    const gate = quoteTable(gateTable(operationId));
    await target.run(`DROP TABLE ${gate}`);
    for (const event of ['INSERT', 'UPDATE', 'DELETE'] as const) {
      const name = fenceTriggerName(operationId, event, '0123456789abcdef').replace('_g', '_f');
      await target.run(`CREATE TRIGGER \`${database}\`.${name} BEFORE ${event} ON orders FOR EACH ROW
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Switchyard move of old'`);
    }
    const app = await moving.root('source');
    await app.run(insert, [1]);
    await moving.synchronise('caughtUp');
    const names = (await listFences(target, operationId)).map(({ name }) => name);
    expect(names).toHaveLength(3);
    expect(names.filter((name) => !name.startsWith(`_sw_${operationId}_g`))).toEqual([]);
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    await target.run(insert, [2]);
  });

  it('of an open gate go after a while, and the way back makes them again', async () => {
    await verified();
    const { operationId } = moving;
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    const target = await moving.root('target');
    expect(await listFences(target, operationId)).toHaveLength(3);
    const stop = new AbortController();
    const following = moving.synchronise('follow', { direction: 'reverse', signal: stop.signal, upkeepEveryMs: 50 });
    await eventually('the fences to go', async () =>
      (await listFences(target, operationId)).length === 0 ? true : undefined,
    );
    await target.run(insert, [1]);
    await sleep(100);
    expect(await listFences(await moving.root('source'), operationId)).toHaveLength(3);
    stop.abort();
    await following;
    expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
    await expect(target.run(insert, [2])).rejects.toThrow('Switchyard move');
  });

  it('go at the end, for which a reader of the old table is named at once, and nobody waits', async () => {
    await verified();
    const { operationId } = moving;
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    await moving.synchronise('caughtUp', { direction: 'reverse' });
    const reader = await moving.root('source');
    await reader.run('START TRANSACTION');
    await reader.rows('SELECT * FROM orders');
    await sleep(1_100);
    const end = reading(await moving.root('source'));
    await expect(completeMove(moving, operationId)).rejects.toMatchObject({
      code: 'TABLE_HELD',
      message: expect.stringContaining(`session ${reader.id} of `) as string,
    });
    expect(await end()).toBeLessThan(waitMsMax);
    await reader.run('ROLLBACK');
    await completeMove(moving, operationId);
    expect(await listFences(reader, operationId)).toEqual([]);
    expect((await listGates(reader)).map((one) => one.operationId)).not.toContain(operationId);
  });

  it('and gates are gone when the move is', async () => {
    await verified();
    const { operationId } = moving;
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    expect(await moving.attempt('reverse', 2)).toMatchObject({ outcome: 'switched' });
    const source = await moving.root('source');
    expect(await findPass(source, operationId)).toMatch(/^[0-9a-f]{64}$/);
    await moving.close();
    for (const side of ['source', 'target'] as const) {
      const root = await moving.root(side);
      expect(await listFences(root, operationId)).toEqual([]);
      expect((await listGates(root)).map((one) => one.operationId)).not.toContain(operationId);
    }
  });
});
