/** Moves as people run them: started as JSON, steered by updates, under writers that only follow the fences. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { afterEach, describe, expect, it } from 'vitest';
import type { MoveTablesDoctor } from '../../src/contract/move/status.js';
import { FenceWriters, fenceWritersTable } from '../support/fence-writers.js';
import { eventually } from '../support/migration-test.js';
import { MoveTest } from '../support/move-test.js';
import { startOwnMysql } from '../support/own-mysql.js';

let test: MoveTest;
afterEach(() => test.close());

const done = expect.stringMatching(/^(done|accepted)$/) as string;

describe('a move', () => {
  it('copies, switches, goes back, switches again and completes; nothing is lost and nothing of ours is left', async () => {
    test = await MoveTest.open([fenceWritersTable]);
    await test.startWorker();
    const writers = await FenceWriters.start(3, (side) => test.root(side));
    await test.start(['orders'], { retainFor: '5s' });
    await test.until('verified', ({ verified, phase }) => verified && phase === 'following');
    for (const back of [true, false]) {
      expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
      await test.until('switched', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
      const before = writers.acknowledged;
      await sleep(300);
      expect(writers.acknowledged).toBeGreaterThan(before);
      if (!back) break;
      expect(await test.command('reverseTraffic')).toMatchObject({ outcome: done });
      await test.until('back', ({ phase, verified }) => phase === 'following' && verified);
    }
    await test.until('the router to know', ({ rules }) => rules.confirmed === rules.version);
    const target = await test.root('target');
    const rules = await target.rows(
      `SELECT r.writes_cluster AS writes FROM _switchyard.routing_rules r JOIN _switchyard.routing_moves m USING (operation_id)
        WHERE m.move_name = ?`,
      [test.database],
    );
    expect(rules).toEqual([{ writes: 'customer' }]);
    expect(await test.command('complete')).toMatchObject({ outcome: done });
    const result = await test.result();
    expect(result).toMatchObject({ outcome: 'completed', forced: false, verified: true, residuals: [] });
    await writers.stop();
    await writers.expectAll(target);
    expect(writers.refused).toBeGreaterThanOrEqual(3);
    expect(await test.leftovers('target')).toEqual([]);
    // The retained table and its record, and nothing else.
    const { operationId } = await test.status();
    expect(await test.leftovers('source')).toMatchObject([
      { name: `_sw_${operationId}_0_old` },
      { table_name: `_sw_${operationId}_0_old`, role: 'retained' },
    ]);
    await eventually('the retained table to be dropped', async () =>
      (await test.leftovers('source')).length === 0 ? true : undefined,
    );
  });

  it('switches in its window only, unless it is told to ignore it; back it goes at any time', async () => {
    test = await MoveTest.open([fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)']);
    await test.startWorker();
    // One that opens in two hours, in a zone which is never UTC.
    const clock = (hours: number) => DateTime.now().setZone('Asia/Kolkata').plus({ hours }).toFormat('HH:mm');
    await test.start(['orders'], {
      switch: { window: [{ from: clock(2), to: clock(3), timeZone: 'Asia/Kolkata' }] },
    });
    await test.until('verified', ({ verified, phase }) => verified && phase === 'following');
    expect((await test.command('switchTraffic')).message).toContain('Attempts start in the window');
    const { window, nextAttemptAt, reason } = await test.until(
      'the window to be seen',
      (status) => status.window !== null,
    );
    expect({ open: window?.open, until: window?.until }).toEqual({ open: false, until: nextAttemptAt });
    const opensInMs = Date.parse(nextAttemptAt ?? '') - Date.now();
    expect([opensInMs > 7_080_000, opensInMs <= 7_200_000, reason?.includes('closed until')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await test.command('switchTraffic', { ignoreWindow: true })).toMatchObject({ outcome: done });
    await test.until('switched', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
    expect(await test.command('reverseTraffic')).toMatchObject({ outcome: done });
    const back = await test.until('back', ({ phase, verified }) => phase === 'following' && verified);
    // One in each direction, and more on a machine that was too busy for them.
    expect(back.attempts).toBeGreaterThanOrEqual(2);
    expect(await test.command('cancel')).toMatchObject({ outcome: done });
    expect(await test.result()).toMatchObject({ outcome: 'cancelled' });
  });

  it('is cancelled without a trace', async () => {
    test = await MoveTest.open([fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)']);
    await test.startWorker();
    await test.start(['orders']);
    await test.until('verified', ({ verified }) => verified);
    expect(await test.command('cancel', { reason: 'wrong tables' })).toMatchObject({ outcome: done });
    expect(await test.result()).toMatchObject({ outcome: 'cancelled' });
    for (const side of ['source', 'target'] as const) expect(await test.leftovers(side)).toEqual([]);
    expect(await (await test.root('target')).rows('SHOW TABLES')).toEqual([]);
    await (await test.root('source')).run('INSERT INTO orders (writer, n) VALUES (0, 1)');
  });
});

describe('a move whose source is gone after the switch', () => {
  it('says so, refuses complete, and is force-completed', async () => {
    const own = await startOwnMysql(['--log-bin-trust-function-creators=ON']);
    try {
      test = await MoveTest.open([fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)'], {
        source: own.cluster,
      });
      await test.startWorker();
      await test.start(['orders']);
      await test.until('verified', ({ verified, phase }) => verified && phase === 'following');
      expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
      await test.until('switched', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
      expect(await test.command('forceComplete', { reason: 'no reason' })).toMatchObject({
        outcome: 'refused',
        code: 'SOURCE_ANSWERS',
      });
      await own.server.kill('SIGKILL');
      const seen = await test.until('the source to be missed', ({ unreachable }) => unreachable.source !== null);
      expect(seen.nextCommand).toMatchObject({ name: 'forceComplete' });
      const askedAt = performance.now();
      expect(await test.command('complete')).toMatchObject({ outcome: 'refused', code: 'SOURCE_UNREACHABLE' });
      expect(performance.now() - askedAt).toBeLessThan(10_000);
      expect(await test.command('forceComplete')).toMatchObject({ outcome: 'refused', code: 'REASON_MISSING' });
      const answer = await test.command('forceComplete', { reason: 'the source burned down', by: 'ann' });
      expect(answer).toMatchObject({ outcome: done });
      const result = await test.result();
      expect(result).toMatchObject({ outcome: 'completed', forced: true });
      expect(result.residuals.join('\n')).toContain('on cluster commerce');
      expect(await test.leftovers('target')).toEqual([]);
      const target = await test.root('target');
      await target.run('INSERT INTO orders (writer, n) VALUES (0, 1)');
      expect(await target.rows('SELECT n FROM orders ORDER BY n')).toEqual([{ n: 0 }, { n: 1 }]);

      // The source comes back.
      await own.server.start();
      const { operationId } = await test.status();
      const found = await test.reconcile({ cluster: 'commerce', dryRun: true });
      expect(found.residuals).toMatchObject([{ operationId, kind: 'moveTables', outcome: 'removable' }]);
      expect(found.residuals[0]?.parts.join('; ')).toMatch(/locks of .*orders; a stream; fence/);
      expect(await test.leftovers('source')).not.toEqual([]);
      const settled = await test.reconcile({ cluster: 'commerce' });
      expect(settled.residuals).toMatchObject([{ operationId, outcome: 'removed' }]);
      expect(await test.leftovers('source')).toMatchObject([
        { name: `_sw_${operationId}_0_old` },
        { table_name: `_sw_${operationId}_0_old`, role: 'retained' },
      ]);
      // All that is left is the retained table, which has its clean-up.
      const after = await test.reconcile({ cluster: 'commerce' });
      expect(after.residuals).toMatchObject([{ operationId, outcome: 'inUse' }]);
      expect(after.residuals[0]?.parts).toEqual([`retained table ${test.database}._sw_${operationId}_0_old`]);
    } finally {
      await own.stop();
    }
  });

  it('may answer again just before its records are closed: reconcile finds what they do not tell', async () => {
    const own = await startOwnMysql(['--log-bin-trust-function-creators=ON']);
    try {
      test = await MoveTest.open([fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)'], {
        source: own.cluster,
      });
      await test.startWorker();
      await test.start(['orders'], { autoSwitch: true, retainFor: '5s' });
      await test.until('switched', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
      const force = { reason: 'it is isolated', overrideReachableSource: true };
      expect(await test.command('forceComplete', force)).toMatchObject({ outcome: done });
      const result = await test.result();
      expect(result).toMatchObject({ outcome: 'completed', forced: true });
      const { operationId } = await test.status();
      const fences = (await test.leftovers('source')) as readonly { readonly name: string }[];
      expect(fences.map(({ name }) => name)).toMatchObject(Array(3).fill(expect.stringContaining(String(operationId))));

      const { looks } = await test.handle.query<MoveTablesDoctor>('doctor');
      for (const { cluster, input } of looks) {
        const found = await test.reconcile(input);
        const wanted = cluster === 'commerce' ? [{ operationId, kind: 'moveTables', outcome: 'removable' }] : [];
        expect(found.residuals).toMatchObject(wanted);
      }
      expect(looks).toHaveLength(2);
      expect(await test.leftovers('source')).toEqual(fences);
      const settled = await test.reconcile({ cluster: 'commerce' });
      expect(settled.residuals).toMatchObject([{ operationId, outcome: 'removed' }]);
      await eventually('the retained table to be dropped by its clean-up', async () =>
        (await test.leftovers('source')).length === 0 ? true : undefined,
      );
      expect((await test.reconcile({ cluster: 'commerce' })).residuals).toEqual([]);
      expect(await (await test.root('source')).rows('SHOW TABLES')).toEqual([]);
      expect(await (await test.root('target')).rows('SELECT n FROM orders')).toEqual([{ n: 0 }]);
    } finally {
      await own.stop();
    }
  });
});
