/** Writes switch to the other side and back, under load and exactly once, and an attempt in doubt is told (P1, P2). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { counterMargin } from '../../../src/limits/mysql-move.js';
import { FenceWriters, fenceWritersTable as table } from '../../support/fence-writers.js';
import { Moving } from './moving.js';

let moving: Moving;
afterEach(() => moving.close());

describe('a switch', () => {
  it('goes there and back five times under load, and loses nothing', async () => {
    moving = await Moving.open(table);
    await moving.prepare();
    const writers = await FenceWriters.start(3, (side) => moving.root(side));
    await moving.reachAll();
    for (let attempt = 1; attempt <= 9; attempt += 2) {
      if (attempt > 1) await moving.synchronise('verified');
      expect(await moving.attempt('forward', attempt)).toMatchObject({ outcome: 'switched' });
      const before = writers.acknowledged;
      await sleep(200);
      expect(writers.acknowledged).toBeGreaterThan(before);
      expect(await moving.attempt('reverse', attempt + 1)).toMatchObject({ outcome: 'switched' });
      await sleep(100);
    }
    await moving.synchronise('verified');
    expect(await moving.attempt('forward', 11)).toMatchObject({ outcome: 'switched' });
    await sleep(100);
    await writers.stop();
    await writers.expectAll(await moving.root('target'));
    expect(writers.refused).toBeGreaterThan(5);
  });

  it('that is stopped, or meets a long transaction, changes nothing and names it', async () => {
    moving = await Moving.open(table, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
    await moving.prepare();
    await moving.reachAll();
    const app = await moving.root('source');
    await app.run('START TRANSACTION');
    await app.run('INSERT INTO orders (writer, n) VALUES (0, 1)');
    const blocked = await moving.attempt('forward', 1, { lockTimeoutMs: 300 });
    expect(blocked).toMatchObject({ outcome: 'notSwitched', reason: 'blocked', blockers: [{ id: app.id }] });
    await app.run('COMMIT');
    const signal = AbortSignal.abort(new Error('stop'));
    expect(await moving.attempt('forward', 2, { signal })).toMatchObject({ outcome: 'notSwitched', reason: 'stopped' });
    await app.run('INSERT INTO orders (writer, n) VALUES (0, 2)');
    expect(await moving.attempt('forward', 3)).toMatchObject({ outcome: 'switched' });
    await expect(app.run('INSERT INTO orders (writer, n) VALUES (0, 3)')).rejects.toThrow('Switchyard move');
    const target = await moving.root('target');
    await target.run('INSERT INTO orders (writer, n) VALUES (0, 3)');
    expect(await target.rows('SELECT n FROM orders ORDER BY id')).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('refuses writes on the target before, and gives out no number twice', async () => {
    moving = await Moving.open(table, 'INSERT INTO orders (writer, n) VALUES (0, 0), (0, 1)');
    await moving.prepare();
    await moving.reachAll();
    const [app, target] = [await moving.root('source'), await moving.root('target')];
    await expect(target.run('DELETE FROM orders')).rejects.toThrow('lives on cluster commerce');
    await app.run('INSERT INTO orders (id, writer, n) VALUES (1000, 0, 2)');
    await app.run('DELETE FROM orders WHERE id = 1000');
    expect(await moving.attempt('forward', 1)).toMatchObject({ outcome: 'switched' });
    await target.run('INSERT INTO orders (writer, n) VALUES (0, 2)');
    expect(await target.row('SELECT MAX(id) AS id FROM orders')).toEqual({ id: 1001 + counterMargin });
  });
});

describe('an attempt in doubt', () => {
  it.each([
    {
      when: 'between the table of a gate and its rows',
      statement: 'INTO `_switchyard`.`gate_',
      outcome: 'notSwitched',
    },
    { when: 'before the fences', statement: 'CREATE TRIGGER', outcome: 'notSwitched' },
    { when: 'just before the journal', statement: 'INSERT INTO _switchyard.switch_journal', outcome: 'notSwitched' },
  ])('that ends $when is told, and writes are taken on one side', async ({ statement, outcome }) => {
    moving = await Moving.open(table, 'INSERT INTO orders (writer, n) VALUES (0, 0)');
    await moving.prepare();
    await moving.reachAll();
    moving.breakAt(statement);
    await expect(moving.attempt('forward', 1)).rejects.toThrow();
    moving.breakAt(undefined);
    const resolved = await moving.resolve('forward', 1);
    expect(resolved.outcome).toBe(outcome);
    expect(await moving.resolve('forward', 1)).toMatchObject({ outcome });
    const [open, closed] = outcome === 'switched' ? (['target', 'source'] as const) : (['source', 'target'] as const);
    await (await moving.root(open)).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
    const refused = (await moving.root(closed)).run('INSERT INTO orders (writer, n) VALUES (0, 2)');
    await expect(refused).rejects.toThrow('Switchyard move');
    if (outcome === 'notSwitched') {
      // The fences of the attempt that was undone are no change of the table to the feed.
      await moving.synchronise('verified');
      expect(await moving.attempt('forward', 2)).toMatchObject({ outcome: 'switched' });
    }
    const target = await moving.root('target');
    expect(await target.rows('SELECT n FROM orders ORDER BY id')).toEqual([{ n: 0 }, { n: 1 }]);
  });
});
