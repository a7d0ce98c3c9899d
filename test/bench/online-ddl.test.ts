/**
 * The benchmark itself runs, on a small table. Speed is not asserted, since a test machine may be busy with anything;
 * what must not grow with the load is, with bounds ten times larger than the goals (BENCHMARKS.md).
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { benchOnlineDdl } from '../../src/dev/bench/online-ddl.js';
import type { Measured } from '../../src/dev/bench/report.js';
import { silentProgress } from '../../src/dev/progress.js';

describe('A small benchmark', () => {
  let measured: Measured;

  beforeAll(async () => {
    const load = { clients: 4, transactionsPerSecond: 100, baselineSeconds: 1 };
    measured = await benchOnlineDdl({ rows: 10_000, ...load, progress: silentProgress });
  }, 240_000);

  it('finds the same rows after every part, and every acknowledged write (P1)', () => {
    expect(measured.problems).toEqual([]);
    for (const { result } of measured.alone)
      expect(result).toMatchObject({ outcome: 'completed', rowsCopied: 10_000, verified: true });
    expect(measured.load.during.transactions).toBeGreaterThan(0);
  });

  it('blocks writes for less than two seconds at the cut-over (P3)', () => {
    expect(measured.load.blockedMs).toBeLessThan(2_000);
    expect(measured.loaded.result.blockedMs).toBeLessThan(2_000);
  });

  it('has a flat history and a worker of bounded size (P8)', () => {
    const { alone, loaded } = measured;
    for (const { historyEvents } of [...alone, loaded]) expect(historyEvents).toBeLessThan(1_000);
    for (const { worker } of alone) expect(worker?.peakMemoryBytes ?? 0).toBeLessThan(3_000 * 1_024 * 1_024);
  });

  it('accounts for the time of every stage', () => {
    const [{ stages, betweenSeconds }] = measured.alone;
    const names = stages.map(({ name }) => name);
    const wanted = ['prepareMigration', 'copied', 'indexed', 'verified', 'attemptCutOver', 'finishMigration'];
    expect(names.filter((name) => wanted.includes(name))).toEqual(wanted);
    expect(betweenSeconds).toBeGreaterThan(0);
  });
});
