import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  throttleAnswerMs,
  throttleBlindMs,
  throttleLookMs,
  throttleTurnMs,
} from '../../../../src/limits/mysql-table.js';
import { Throttle } from '../../../../src/mysql/table/throttle/throttle.js';
import { TimeShare } from '../../../../src/mysql/table/throttle/time-share.js';
import type { ThrottleLimits } from '../../../../src/throttle/limits.js';
import type { Sights } from '../../../../src/throttle/source.js';

afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;

function throttle(limits: ThrottleLimits, sights: Partial<Sights> = {}): Throttle {
  const nobody = (): Promise<number> => Promise.reject(new Error('nobody asked'));
  const servers = {
    status: nobody,
    innodbMetric: nobody,
    query: nobody,
    writes: () => [],
    replicas: () => Promise.resolve([]),
  };
  const free = { ...servers, lagMs: () => 0, get: nobody };
  return new Throttle({ limits, sights: { ...free, ...sights } });
}

/** Whether it resolves while the (fake) clock goes on for so long. */
async function passes(one: Throttle, withinMs: number): Promise<boolean> {
  let passed = false;
  void one.pass(never).then(() => (passed = true));
  await vi.advanceTimersByTimeAsync(withinMs);
  return passed;
}

describe('Throttle', () => {
  it('holds several lanes to one rate', async () => {
    const shared = throttle({ rowsPerSecondMax: 1_000 });
    const startedAt = performance.now();
    const lane = async (): Promise<void> => {
      for (let chunk = 0; chunk < 3; chunk += 1) {
        await shared.pass(never);
        shared.passed(100);
      }
    };
    await Promise.all([lane(), lane()]);
    await shared.pass(never);
    expect(performance.now() - startedAt).toBeGreaterThan(550);
  });

  it('is gentle where what the application feels is judged by itself, also behind a share of the time', () => {
    expect(throttle({ writeLatencyMsMax: 'auto' }).isGentle).toBe(true);
    expect(new TimeShare(0.5, throttle({ writeLatencyMsMax: 'auto' })).isGentle).toBe(true);
    expect(throttle({ writeLatencyMsMax: 50, lagMsMax: 1_000 }).isGentle).toBe(false);
    expect(new TimeShare(0.5).isGentle).toBe(false);
  });

  it('waits while a source says so, tells why and since when, and goes on', async () => {
    vi.useFakeTimers();
    let lag = 5_000;
    const one = throttle({ lagMsMax: 1_000 }, { lagMs: () => lag });
    const since = new Date().toISOString();
    let passed = false;
    void one.pass(never).then(() => (passed = true));
    await vi.advanceTimersByTimeAsync(throttleLookMs);
    const [seen] = one.waits;
    lag = 6_000;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(passed).toBe(false);
    lag = 10;
    await vi.advanceTimersByTimeAsync(throttleLookMs);
    expect(passed).toBe(true);
    const held = { for: 'throttle.lagMsMax', since };
    expect(seen).toEqual({ ...held, why: 'the copy is 5,000 ms behind, at most 1,000' });
    expect(one.waits).toEqual([{ ...held, why: 'the copy is 6,000 ms behind, at most 1,000' }]);
    // After one chunk it may have to wait again: what does not wait then goes on.
    expect(await passes(one, 0)).toBe(true);
    expect(one.waits).toEqual([]);
  });

  it('ends waiting with the signal of who waits', async () => {
    const stop = new AbortController();
    const one = throttle({ threadsRunningMax: 1 }, { status: () => new Promise(() => undefined) });
    const waiting = one.pass(stop.signal);
    stop.abort();
    await waiting;
    const other = throttle({ lagMsMax: 1 }, { lagMs: () => 2 });
    const held = other.pass(stop.signal);
    await held;
  });

  it('asks once for all lanes, and not again for each chunk', async () => {
    vi.useFakeTimers();
    const status = vi.fn(() => Promise.resolve(1));
    const one = throttle({ threadsRunningMax: 2 }, { status });
    await Promise.all([one.pass(never), one.pass(never)]);
    await one.pass(never);
    expect(status).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(throttleLookMs);
    await one.pass(never);
    expect(status).toHaveBeenCalledTimes(2);
  });

  it('without a limit lets everything through', async () => {
    const one = throttle({ rowsPerSecondMax: null, query: null });
    await one.pass(never);
    expect(one.waits).toEqual([]);
  });

  it('tells of sources that take turns as of each since it began', async () => {
    vi.useFakeTimers();
    let [lag, threads] = [2, 0];
    const status = (): Promise<number> => Promise.resolve(threads);
    const one = throttle({ lagMsMax: 1, threadsRunningMax: 1 }, { lagMs: () => lag, status });
    void one.pass(never);
    await vi.advanceTimersByTimeAsync(throttleLookMs);
    const [lagging] = one.waits;
    for (let turn = 0; turn < 100; turn += 1) {
      [lag, threads] = [threads, lag];
      await vi.advanceTimersByTimeAsync(2 * throttleLookMs);
    }
    expect(one.waits.map(({ for: what }) => what)).toEqual(['throttle.lagMsMax', 'throttle.threadsRunningMax']);
    expect(one.waits[0]?.since).toBe(lagging?.since);
    [lag, threads] = [2, 0];
    await vi.advanceTimersByTimeAsync(throttleTurnMs + 2 * throttleLookMs);
    expect(one.waits.map(({ for: what }) => what)).toEqual(['throttle.lagMsMax']);
  });
});

describe('A source that fails', () => {
  it('counts with what it said last for a while, then the work waits, and goes on when it answers', async () => {
    vi.useFakeTimers();
    const status = vi.fn(() => Promise.resolve(1));
    const one = throttle({ threadsRunningMax: 2 }, { status });
    expect(await passes(one, 0)).toBe(true);
    status.mockRejectedValue(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    await vi.advanceTimersByTimeAsync(throttleLookMs);
    const since = new Date().toISOString();
    expect(await passes(one, 0)).toBe(true);
    await vi.advanceTimersByTimeAsync(throttleBlindMs - 2 * throttleLookMs);
    expect(await passes(one, 0)).toBe(true);
    await vi.advanceTimersByTimeAsync(2 * throttleLookMs);
    const waitsSince = new Date().toISOString();
    let passed = false;
    void one.pass(never).then(() => (passed = true));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(passed).toBe(false);
    const why = `nothing is known of it since ${since} (connect ECONNREFUSED)`;
    expect(one.waits).toEqual([{ for: 'throttle.threadsRunningMax', since: waitsSince, why }]);
    status.mockResolvedValue(2);
    await vi.advanceTimersByTimeAsync(2 * throttleLookMs);
    expect(passed).toBe(true);
  });

  it('is told without the values that the server may quote (P8)', async () => {
    vi.useFakeTimers();
    const sqlMessage = "Truncated incorrect DOUBLE value: '078-05-1120'";
    const failure = Object.assign(new Error(sqlMessage), { errno: 1292, sqlState: '22007', code: 'ER_X', sqlMessage });
    const one = throttle({ query: { select: 'SELECT 1', max: 5 } }, { query: () => Promise.reject(failure) });
    expect(await passes(one, 1_000)).toBe(false);
    expect(one.waits[0]?.why).toContain('ER_X (its text may quote values');
    expect(one.waits[0]?.why).not.toContain('078');
  });

  it('that has never said anything holds at once', async () => {
    vi.useFakeTimers();
    const one = throttle({ httpCheck: 'http://127.0.0.1:9/' });
    expect(await passes(one, 1_000)).toBe(false);
    const why = expect.stringMatching(/^nothing is known of it since .* \(nobody asked\)$/) as string;
    expect(one.waits).toMatchObject([{ for: 'throttle.httpCheck', why }]);
  });

  it('by not answering is not asked a second time meanwhile', async () => {
    vi.useFakeTimers();
    let answer: (figure: number) => void = () => undefined;
    const query = vi.fn(() => new Promise<number>((resolve) => (answer = resolve)));
    const one = throttle({ query: { select: 'SELECT 1', max: 5 } }, { query });
    expect(await passes(one, 3 * throttleAnswerMs)).toBe(false);
    expect(one.waits[0]?.why).toContain(`(no answer within ${throttleAnswerMs} ms)`);
    expect(query).toHaveBeenCalledTimes(1);
    answer(3);
    expect(await passes(one, 2 * throttleLookMs)).toBe(true);
  });
});
