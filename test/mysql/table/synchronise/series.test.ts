/** A series that stays small, keeps the worst, and goes on after what another run has kept. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../../src/domain/samples.js';
import { samplesMax } from '../../../../src/limits/mysql-table.js';
import { Series } from '../../../../src/mysql/table/synchronise/series.js';

const spacingMs = 1_000;

/** Reports as work makes them: at any distance, with rows that only grow. */
const reports = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 1, max: 20_000 }),
    rows: fc.option(fc.integer({ min: 0, max: 5_000 })),
    lagMs: fc.option(fc.integer({ min: 0, max: 100_000 })),
    writeMs: fc.option(fc.integer({ min: 1, max: 9_000 })),
  }),
  { minLength: 1, maxLength: 2_000 },
);

function samplesOf(
  all: readonly { afterMs: number; rows: number | null; lagMs: number | null; writeMs: number | null }[],
) {
  let [atMs, rows] = [1_700_000_000_000, 0];
  return all.map(({ afterMs, rows: more, lagMs, writeMs }): Sample => {
    atMs += afterMs;
    rows += more ?? 0;
    return { atMs, rows: more === null ? null : rows, lagMs, slowestWriteMs: [writeMs] };
  });
}

function worst(values: readonly (number | null | undefined)[]): number {
  return Math.max(-1, ...values.map((value) => value ?? -1));
}

function seriesOf(samples: readonly Sample[]): Series {
  const series = new Series('copying', ['commerce'], spacingMs);
  for (const sample of samples) series.add(sample);
  return series;
}

describe('a series of samples', () => {
  it('is bounded, in the order of time, ends with the last and keeps the worst', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const given = samplesOf(all);
        const { samples } = seriesOf(given).kept;
        expect(samples.length).toBeLessThanOrEqual(samplesMax);
        const times = samples.map(({ atMs }) => atMs);
        expect(times).toEqual([...new Set(times)].sort((one, other) => one - other));
        expect([times[0], times.at(-1)]).toEqual([given[0]?.atMs, given.at(-1)?.atMs]);
        expect(worst(samples.map(({ rows }) => rows))).toBe(worst(given.map(({ rows }) => rows)));
        expect(worst(samples.map(({ lagMs }) => lagMs))).toBe(worst(given.map(({ lagMs }) => lagMs)));
        const writes = (some: readonly Sample[]): number => worst(some.map(({ slowestWriteMs: [ms] }) => ms));
        expect(writes(samples)).toBe(writes(given));
      }),
      { numRuns: 60 },
    );
  });

  it('has samples that are as far apart as they are said to be while reports come all the time', () => {
    const reported = Array.from({ length: 5_000 }, (_, index) => ({
      afterMs: 300,
      rows: 10,
      lagMs: index,
      writeMs: 1,
    }));
    const { samples, spacingMs: apart } = seriesOf(samplesOf(reported)).kept;
    expect(apart).toBe(16_000);
    expect(samples.length).toBeGreaterThan(samplesMax / 2);
    const between = samples.slice(2, -1).map(({ atMs }, index) => atMs - (samples[index + 1]?.atMs ?? 0));
    expect(Math.min(...between)).toBeGreaterThanOrEqual(apart * 0.9);
  });

  it('does not smear over a pause what came before it', () => {
    const sample = (atMs: number, rows: number): Sample => ({ atMs, rows, lagMs: null, slowestWriteMs: [] });
    const series = new Series('copying', [], spacingMs);
    for (const [atMs, rows] of [
      [0, 0],
      [500, 10],
      [3_600_000, 20],
    ] as const)
      series.add(sample(atMs, rows));
    expect(series.kept.samples.map(({ atMs }) => atMs)).toEqual([0, 500, 3_600_000]);
  });

  it('goes on after what was kept, with the clusters by their names', () => {
    const kept = seriesOf(
      samplesOf(Array.from({ length: 300 }, () => ({ afterMs: 1_000, rows: 5, lagMs: 1, writeMs: 2 }))),
    ).kept;
    const later = (kept.samples.at(-1)?.atMs ?? 0) + 60_000;
    const series = new Series('copying', ['customer', 'commerce'], spacingMs);
    series.add({ atMs: later, rows: 2_000, lagMs: 9, slowestWriteMs: [7, 8] });
    series.goesOnAfter(kept);
    const { samples, spacingMs: apart } = series.kept;
    expect(apart).toBe(kept.spacingMs);
    expect(samples[0]?.slowestWriteMs).toEqual([null, 2]);
    expect(samples.at(-1)).toEqual({ atMs: later, rows: 2_000, lagMs: 9, slowestWriteMs: [7, 8] });
    expect(samples).toHaveLength(kept.samples.length + 1);
  });
});
