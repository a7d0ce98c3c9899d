/**
 * Many operations on some workers without a database: one worker is lost, some are let complete, some are cancelled, and
 * the others follow on. A selection; `npm run bench -- fleet` does the same with a thousand (BENCHMARKS.md).
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { benchFleet } from '../../src/dev/bench/fleet.js';
import { describeFleet, type FleetFigures } from '../../src/dev/bench/fleet-report.js';
import { silentProgress } from '../../src/dev/progress.js';

describe('A fleet of 30 operations', () => {
  let figures: FleetFigures;

  beforeAll(async () => {
    const fleet = { operations: 30, workers: 3, commands: 3, seconds: 1, lostBy: 'SIGTERM' } as const;
    figures = await benchFleet({ ...fleet, progress: silentProgress });
  });

  it('goes on when a worker ends, without an event of history while it follows', () => {
    expect(figures.problems).toEqual([]);
    expect(figures.takenOverSeconds.operations).toBeGreaterThan(0);
    expect(figures.following.events).toBe(0);
  });

  it('does what it is told, each operation by itself', () => {
    expect(figures.resumed.outcomes).toEqual(['done']);
    expect(figures.cancelled.outcomes).toHaveLength(1);
    expect(['done', 'accepted']).toContain(figures.cancelled.outcomes[0]);
    // Those that nobody has told anything are as they were: `problems` names the others.
    expect(figures.resumed.acted.max).toBeLessThan(60_000);
    expect(figures.cancelled.acted.max).toBeLessThan(60_000);
  });

  it('is told in words', () => {
    expect(describeFleet(figures)).toContain('30 that are held back, 3 workers');
  });
});
