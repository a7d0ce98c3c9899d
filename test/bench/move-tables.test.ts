/**
 * The benchmark of a move itself runs, on a small table. Speed is not asserted, since a test machine may be busy with
 * anything; what must not grow with the load is, with bounds ten times larger than the goals (BENCHMARKS.md).
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { MeasuredMoves } from '../../src/dev/bench/move-report.js';
import { benchMoveTables } from '../../src/dev/bench/move-tables.js';
import { silentProgress } from '../../src/dev/progress.js';

const megabyte = 1_024 * 1_024;

describe('A small benchmark of a move', () => {
  let measured: MeasuredMoves;

  beforeAll(async () => {
    const load = { clients: 4, transactionsPerSecond: 100, baselineSeconds: 1 };
    measured = await benchMoveTables({ rows: 10_000, ...load, progress: silentProgress });
  }, 300_000);

  it('finds the same rows after every part, and every acknowledged write (P1)', () => {
    expect(measured.problems).toEqual([]);
    expect(measured.alone.result).toMatchObject({ outcome: 'completed', rowsCopied: 10_000, verified: true });
    expect(measured.loaded.result).toMatchObject({ outcome: 'completed', forced: false, verified: true });
  });

  it('has writers that follow the switch', () => {
    const { during, after, refused } = measured.load;
    expect(during.transactions).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    expect(after.transactions).toBeGreaterThan(0);
  });

  it('stalls writes for less than five seconds by the switch (P3)', () => {
    expect(measured.load.stallMs).toBeGreaterThan(0);
    expect(measured.load.stallMs).toBeLessThan(5_000);
    expect(measured.loaded.result.blockedMs).toBeLessThan(5_000);
  });

  it('has a flat history and a worker of bounded size (P8)', () => {
    const { alone, loaded } = measured;
    for (const { historyEvents, worker } of [alone, loaded]) {
      expect(historyEvents).toBeLessThan(2_000);
      expect(worker?.peakMemoryBytes ?? 0).toBeLessThan(4_000 * megabyte);
    }
  });

  it('accounts for the time of every stage, in their order', () => {
    for (const { stages, laterStages, betweenSeconds, readySeconds, seconds } of [measured.alone, measured.loaded]) {
      expect(stages.map(({ name }) => name)).toEqual(['prepareMove', 'copied', 'indexed', 'verified']);
      const later = laterStages.map(({ name }) => name);
      expect(later).toContain('attemptSwitch');
      expect(later.slice(-2)).toEqual(['completeMove', 'finishMove']);
      expect(betweenSeconds).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThan(readySeconds);
    }
  });
});
