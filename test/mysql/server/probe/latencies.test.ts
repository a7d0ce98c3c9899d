import { describe, expect, it } from 'vitest';
import { Latencies } from '../../../../src/mysql/server/probe/latencies.js';

function of(...ms: readonly number[]): Latencies {
  const latencies = new Latencies();
  for (const one of ms) latencies.add(one);
  return latencies;
}

describe('Latencies', () => {
  it('tell percentiles to a tenth, never less than there was', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    const { writes, p50Ms, p99Ms } = of(...hundred).summary() ?? { writes: 0, p50Ms: 0, p99Ms: 0 };
    expect(writes).toBe(100);
    expect(p50Ms).toBeGreaterThanOrEqual(50);
    expect(p50Ms).toBeLessThan(55.1);
    expect(p99Ms).toBeGreaterThanOrEqual(99);
    expect(p99Ms).toBeLessThan(109);
    const one = of(7).summary();
    expect(one?.p50Ms).toBe(one?.p99Ms);
    expect(of(0, 0.01).summary()).toEqual({ writes: 2, p50Ms: 0.1, p99Ms: 0.1 });
    expect(of().summary()).toBeNull();
  });

  it('are added up, and stay what they are as text', () => {
    const sum = of(1, 1, 1, 900);
    sum.addAll(of(1, 5_000));
    expect(sum.summary()).toEqual(of(900, 1, 1, 5_000, 1, 1).summary());
    expect(Latencies.parse(sum.toText()).summary()).toEqual(sum.summary());
    // A month of a write each 250 ms is as small.
    const long = of();
    for (let write = 0; write < 100_000; write += 1) long.add((write % 3_000) + 1);
    expect(long.toText().length).toBeLessThan(2_000);
  });
});
