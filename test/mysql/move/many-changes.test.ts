/** The feed of a move of many tables: what it costs does not grow with the tables, since a switch waits for it (P3). */
import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/mysql/server/session/cluster-settings.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

const tables = 20;

async function verified(): Promise<void> {
  moving = await Moving.open(
    ...Array.from({ length: tables }, (_, n) => `CREATE TABLE t${n} (id INT PRIMARY KEY, n INT, UNIQUE KEY n (n))`),
    ...Array.from({ length: tables }, (_, n) => `INSERT INTO t${n} VALUES (1, 1), (2, 2)`),
  );
  await moving.prepare();
  await moving.reachAll();
}

/** The settings of one side whose statements are looked at before they are sent. */
function observed(side: 'source' | 'target', before: (sql: string) => Promise<void>): ClusterSettings {
  return { ...moving[side], observer: { before, after: () => undefined } };
}

/** Counts the statements of one side that are like this. */
function counting(side: 'source' | 'target', like: RegExp): { settings: ClusterSettings; count: () => number } {
  let count = 0;
  const before = (sql: string): Promise<void> => {
    if (like.test(sql)) count += 1;
    return Promise.resolve();
  };
  return { settings: observed(side, before), count: () => count };
}

/** One transaction that changes a row of each table. */
async function changeAll(sql: (table: string) => string): Promise<void> {
  const app = await moving.root('source');
  await app.run('START TRANSACTION');
  for (let n = 0; n < tables; n += 1) await app.run(sql(`t${n}`));
  await app.run('COMMIT');
}

async function expectEqual(): Promise<void> {
  for (let n = 0; n < tables; n += 1) {
    expect((await moving.contents('target', `t${n}`)).slice(1)).toEqual(
      (await moving.contents('source', `t${n}`)).slice(1),
    );
  }
}

describe('changes of many tables', () => {
  it('are applied in a few transactions', async () => {
    await verified();
    await changeAll((table) => `UPDATE ${table} SET n = 3 WHERE id = 1`);
    const { settings: target, count } = counting('target', /^COMMIT/);
    expect(await moving.synchronise('caughtUp', { target })).toMatchObject({ outcome: 'reached' });
    await expectEqual();
    expect(count()).toBeLessThan(tables);
  });

  it('are applied table by table where a value of one of them has moved meanwhile', async () => {
    await verified();
    await changeAll((table) => `UPDATE ${table} SET n = 4 WHERE id = 1`);
    const app = await moving.root('source');
    let moved = false;
    const target = observed('target', async (sql) => {
      if (moved || !/^DELETE .*`t0`/.test(sql)) return;
      moved = true;
      // The row that had it is in no change that was taken.
      await app.run('UPDATE t0 SET n = 5 WHERE id = 2');
      await app.run('UPDATE t0 SET n = 2 WHERE id = 1');
    });
    expect(await moving.synchronise('caughtUp', { target })).toMatchObject({ outcome: 'reached' });
    expect(moved).toBe(true);
    await expectEqual();
  });
});
