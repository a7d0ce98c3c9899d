/** The benchmark of switches itself runs, on a few tables. What no load may hold up has bounds that hold on a busy machine. */
import { beforeAll, describe, expect, it } from 'vitest';
import { holders } from '../../src/dev/bench/holders.js';
import { describeSwitches, type MeasuredSwitches } from '../../src/dev/bench/switches-report.js';
import { benchSwitches } from '../../src/dev/bench/switches.js';
import { silentProgress } from '../../src/dev/progress.js';

describe('A small benchmark of switches', () => {
  let measured: MeasuredSwitches;

  beforeAll(async () => {
    const load = { clients: 4, transactionsPerSecond: 100, baselineSeconds: 1 };
    const met = [holders.find(({ name, side }) => name === 'long transaction' && side === 'giving')];
    const tables = { tables: [3], rows: 10, heldSeconds: 1 };
    measured = await benchSwitches({ ...load, ...tables, met, progress: silentProgress });
  }, 240_000);

  it('finds every acknowledged write (P1), and writers that were refused', () => {
    expect(measured.problems).toEqual([]);
    expect(measured.sizes[0]?.refused).toBeGreaterThan(0);
  });

  it('says who was in the way, and that clients were not (P3)', () => {
    const [there, back] = measured.sizes[0]?.switches ?? [];
    for (const one of [there, back]) {
      expect(one).toMatchObject({ waitedFor: true, named: true });
      expect(one?.writes.transactions).toBeGreaterThan(0);
      expect(one?.writes.maxMs).toBeLessThan(5_000);
      expect(one?.reads.maxMs).toBeLessThan(5_000);
    }
  });

  it('prints a line for each way', () => {
    const report = describeSwitches(measured);
    expect(report).toMatch(/^ {2}long transaction {2}giving +there .*; waited for, named$/m);
    expect(report).toMatch(/^ {2}long transaction {2}giving +back /m);
  });
});
