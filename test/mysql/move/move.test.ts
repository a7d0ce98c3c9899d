/** Tables move to another server while they are written to: copied, indexed, followed and verified (P1, P6). */
import { afterEach, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeMove } from '../../../src/mysql/move/remove-move.js';
import { codeOf } from '../../faults/rules/stage.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { startOwnMysql } from '../../support/own-mysql.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

const orders = `CREATE TABLE orders (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(40) NOT NULL, total DECIMAL(12, 2) NOT NULL,
  note TEXT, extra JSON, made DATETIME(6) NOT NULL, half DECIMAL(12, 2) AS (total / 2) STORED,
  UNIQUE KEY code (code), KEY made (made), CONSTRAINT not_negative CHECK (total >= 0))`;
const items = `CREATE TABLE items (
  order_id INT NOT NULL, line INT NOT NULL, name VARBINARY(60) NOT NULL, PRIMARY KEY (order_id, line), KEY name (name))`;
const fill = [
  'SET SESSION cte_max_recursion_depth = 100000',
  `INSERT INTO orders (code, total, note, extra, made)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
     SELECT CONCAT('c', i), i / 7, IF(i % 3 = 0, NULL, REPEAT('ä', i % 50)), JSON_OBJECT('n', i), NOW(6) FROM n`,
  `INSERT INTO items SELECT id, 1, UNHEX(SHA2(id, 256)) FROM orders WHERE id <= 20000`,
];

describe('a move', () => {
  it('brings several tables over exactly, while they are written to', async () => {
    moving = await Moving.open(orders, items, ...fill, 'CREATE TABLE empty_one (id INT NOT NULL PRIMARY KEY)');
    const stopped = new AbortController();
    const writers = [0, 1].map((number) => write(number, stopped.signal));
    await moving.prepare();
    const outcome = await moving.reachAll();
    expect(outcome).toMatchObject({ outcome: 'reached', verified: true, notCompared: [] });
    // What it costs applications is measured on both sides (P12).
    const measured = { writes: expect.any(Number) as number, p50Ms: expect.any(Number) as number };
    expect(outcome.writeLatency).toMatchObject([
      { cluster: 'commerce', before: { ...measured, writes: 20 }, during: measured },
      { cluster: 'customer', before: { ...measured, writes: 20 }, during: measured },
    ]);
    stopped.abort();
    const written = await Promise.all(writers);
    expect(Math.min(...written)).toBeGreaterThan(20);
    // Once more, so that what was written last is followed, too.
    expect(await moving.synchronise('verified')).toMatchObject({ outcome: 'reached' });
    for (const table of ['orders', 'items', 'empty_one']) {
      expect(await moving.contents('target', table)).toEqual(await moving.contents('source', table));
    }
  });

  it('is prepared again without a trace of the first time, and removed without any', async () => {
    moving = await Moving.open(orders, items, ...fill);
    await moving.prepare();
    await moving.prepare();
    await moving.synchronise('copied');
    const { source, target: there, operationId } = moving;
    await removeMove({ source, target: there, operationId, state: 'cancelled' });
    for (const side of ['source', 'target'] as const) expect(await moving.leftovers(side)).toEqual([]);
    const target = await moving.root('target');
    expect(await target.rows(`SHOW TABLES FROM ${moving.database}`)).toEqual([]);
    expect(await (await moving.root('source')).rows('SHOW TABLES')).toHaveLength(2);
  });

  it('leaves a table alone that is there already, and says so', async () => {
    moving = await Moving.open(orders, items);
    const target = await moving.root('target');
    await target.run('CREATE TABLE items (mine INT)');
    expect(await codeOf(moving.prepare())).toBe('TARGET_TABLE_EXISTS');
    for (const side of ['source', 'target'] as const) expect(await moving.leftovers(side)).toEqual([]);
    expect(await target.rows(`SHOW TABLES FROM ${moving.database}`)).toHaveLength(1);
  });

  it('goes on where it was stopped in the middle of the copy', async () => {
    moving = await Moving.open(orders, ...fill.slice(0, 2));
    await moving.prepare();
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    expect(await moving.synchronise('copied', { signal: stop.signal, onProgress })).toMatchObject({
      outcome: 'stopped',
    });
    const source = await moving.root('source');
    await source.run('DELETE FROM orders WHERE id % 100 = 0');
    await source.run("UPDATE orders SET code = CONCAT(code, '!') WHERE id % 7 = 0");
    expect(await moving.reachAll()).toMatchObject({ outcome: 'reached', verified: true });
    expect(await moving.contents('target', 'orders')).toEqual(await moving.contents('source', 'orders'));
  });

  it('copies a chunk without a second try where the feed has written some of its rows before', async () => {
    moving = await Moving.open(orders, ...fill.slice(0, 2));
    const { plan } = await moving.prepare();
    const target = await moving.root('target');
    const copy = plan.tables[0]?.copy.table ?? '';
    await target.run(
      `INSERT INTO \`${copy}\` (id, code, total, made) VALUES (5, 'c5', 5 / 7, NOW(6)), (20000, 'x', 1, NOW(6))`,
    );
    // What does not go in at once is undone, and tried in other ways.
    moving.breakAt('ROLLBACK');
    await moving.synchronise('copied');
    moving.breakAt(undefined);
    await moving.synchronise('indexed');
    expect(await moving.synchronise('verified')).toMatchObject({ outcome: 'reached', rowsCopied: 30_000 });
  });

  it('names the row that another hand has changed on the target', async () => {
    moving = await Moving.open(orders, ...fill.slice(0, 2));
    await moving.prepare();
    await moving.synchronise('copied');
    // Before the fence is there, which would refuse it.
    await (await moving.root('target')).run("UPDATE orders SET note = 'theirs' WHERE id = 4711");
    await moving.synchronise('indexed');
    const failed = moving.synchronise('verified');
    await expect(failed).rejects.toThrow('4711');
    expect(await codeOf(failed)).toBe('VERIFICATION_FAILED');
  });

  it('moves unique values that change places', async () => {
    moving = await Moving.open(orders, ...fill.slice(0, 2));
    await moving.prepare();
    await moving.synchronise('copied');
    await moving.synchronise('indexed');
    const source = await moving.root('source');
    for (let round = 0; round < 20; round += 1) {
      await source.run("UPDATE orders SET code = 'moving' WHERE id = 1");
      await source.run("UPDATE orders SET code = 'c1' WHERE id = 2");
      await source.run("UPDATE orders SET code = 'c2' WHERE id = 1");
      await source.run("UPDATE orders SET code = 'moving' WHERE id = 2");
      await source.run("UPDATE orders SET code = 'c1' WHERE id = 1");
      await source.run("UPDATE orders SET code = 'c2' WHERE id = 2");
    }
    expect(await moving.synchronise('verified')).toMatchObject({ outcome: 'reached' });
    expect(await moving.contents('target', 'orders')).toEqual(await moving.contents('source', 'orders'));
  });

  it('keeps up with unique values that change places all the time', async () => {
    moving = await Moving.open(orders, ...fill.slice(0, 2));
    await moving.prepare();
    await moving.synchronise('copied');
    await moving.synchronise('indexed');
    const stopped = new AbortController();
    const swapping = Promise.all([0, 1, 2].map((number) => swapCodes(number, stopped.signal)));
    expect(await moving.synchronise('verified')).toMatchObject({ outcome: 'reached' });
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    stopped.abort();
    expect(Math.min(...(await swapping))).toBeGreaterThan(20);
    expect(await moving.contents('target', 'orders')).toEqual(await moving.contents('source', 'orders'));
  });
});

/** Exchanges unique values of two rows in one transaction, until the signal or a fence. @returns exchanges. */
async function swapCodes(number: number, signal: AbortSignal): Promise<number> {
  const session = await moving.root('source');
  let swaps = 0;
  for (; !signal.aborted; swaps += 1) {
    const first = ((swaps * 6 + number * 2) % 600) + 1;
    try {
      await session.run('START TRANSACTION');
      const [one, other] = await session.rows<{ code: string }>(
        'SELECT code FROM orders WHERE id IN (?, ?) ORDER BY id FOR UPDATE',
        [first, first + 1],
      );
      await session.run('UPDATE orders SET code = ? WHERE id = ?', [`swap ${number}`, first]);
      await session.run('UPDATE orders SET code = ? WHERE id = ?', [one?.code ?? '', first + 1]);
      await session.run('UPDATE orders SET code = ? WHERE id = ?', [other?.code ?? '', first]);
      await session.run('COMMIT');
    } catch (error) {
      await session.run('ROLLBACK');
      if (String(error).includes('Switchyard move')) return swaps;
      if (!/Deadlock|Lock wait/.test(String(error))) throw error;
    }
  }
  return swaps;
}

describe('what cannot be moved', () => {
  it('is refused by name, and leaves nothing behind', async () => {
    moving = await Moving.open(items);
    expect(await codeOf(moving.prepare({ target: moving.source }))).toBe('SAME_SERVER');
    expect(await codeOf(moving.prepare({ targetDatabase: 'nowhere' }))).toBe('UNKNOWN_DATABASE');
    expect(await codeOf(moving.prepare({ tables: ['missing'] }))).toBe('UNKNOWN_TABLE');
    expect(await codeOf(moving.prepare({ excludeTables: ['items'] }))).toBe('NO_TABLES');
    const source = await moving.root('source');
    await source.run('CREATE TABLE keyless (v INT)');
    expect(await codeOf(moving.prepare())).toBe('NO_USABLE_KEY');
    await source.run('DROP TABLE keyless');
    for (const side of ['source', 'target'] as const) expect(await moving.leftovers(side)).toEqual([]);
  });

  it('to a server that does not let us make triggers is refused with what to do', async () => {
    const own = await startOwnMysql(['--log-bin-trust-function-creators=OFF']);
    try {
      moving = await Moving.open(items);
      const root = await Session.open(own.cluster.root, { autocommit: 1 });
      await root.run(`CREATE DATABASE ${moving.database}`);
      await root.close();
      const refused = moving.prepare({ target: { ...own.cluster.switchyard, name: 'strict' } });
      await expect(refused).rejects.toThrow('strict');
      expect(await codeOf(refused)).toBe('TRIGGERS_NOT_ALLOWED');
    } finally {
      await own.stop();
    }
  });

  it('by a key that one side does not log is moved by one that both log', async () => {
    const own = await startOwnMysql(['--binlog-row-image=MINIMAL']);
    try {
      // By itself the shorter one is chosen; in a MINIMAL image there is only the first one.
      moving = await Moving.open(
        'CREATE TABLE keyed (code VARCHAR(100) NOT NULL, n INT NOT NULL, UNIQUE KEY code (code), UNIQUE KEY n (n))',
      );
      expect((await moving.prepare()).plan.tables[0]?.key.indexName).toBe('n');
      const root = await Session.open(own.cluster.root, { autocommit: 1 });
      await root.run(`CREATE DATABASE ${moving.database}`);
      await root.close();
      const { plan } = await moving.prepare({ target: { ...own.cluster.switchyard, name: 'sparse' } });
      expect(plan.tables[0]?.key.indexName).toBe('code');
    } finally {
      await own.stop();
    }
  });

  it('because another operation has it names that one', async () => {
    moving = await Moving.open(items);
    await moving.prepare();
    const other = { operationId: '0123456789', workflowId: 'move/other', name: 'other' };
    expect(await codeOf(moving.prepare(other))).toBe('TABLE_BUSY');
  });
});

/** Writes to both tables until the signal. @returns transactions. */
async function write(number: number, signal: AbortSignal): Promise<number> {
  const session = await moving.root('source');
  let transactions = 0;
  for (; !signal.aborted; transactions += 1) {
    const id = ((transactions * 7919 + number * 104_729) % 30_000) + 1;
    await session.run('UPDATE orders SET total = total + 1, made = NOW(6) WHERE id = ?', [id]);
    await session.run('DELETE FROM items WHERE order_id = ?', [(id + 1) % 20_000]);
    await session.run('INSERT IGNORE INTO items VALUES (?, 2, ?)', [id, Buffer.from([transactions % 256])]);
    await session.run('INSERT INTO orders (code, total, made) VALUES (UUID(), ?, NOW(6))', [transactions]);
    if (transactions % 20 === 0) await session.run('UPDATE orders SET id = -id WHERE id = ?', [id]);
    await sleep(2);
  }
  return transactions;
}
