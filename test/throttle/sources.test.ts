/** Each source by itself: when it waits, what it says, and which limits it takes. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodePayload } from '../../src/contract/decode.js';
import {
  changedThrottle,
  throttleFields,
  throttleLimitsIn,
  throttleNames,
  throttleSources,
  throttleWords,
  watchesOf,
  type ThrottleLimits,
} from '../../src/throttle/limits.js';
import type { Reading, ReplicaLag, Sights, WriteSight } from '../../src/throttle/source.js';
import { throttleExamples } from '../support/throttle-examples.js';

const nothing: Sights = {
  writes: () => {
    throw new Error('nobody asked');
  },
  replicas: () => Promise.reject(new Error('nobody asked')),
  lagMs: () => 0,
  status: () => Promise.reject(new Error('nobody asked')),
  innodbMetric: () => Promise.reject(new Error('nobody asked')),
  query: () => Promise.reject(new Error('nobody asked')),
  get: () => Promise.reject(new Error('nobody asked')),
};

/** What the only limit that is set says. */
async function reading(limits: ThrottleLimits, sights: Partial<Sights> = {}): Promise<Reading> {
  const [watch, ...others] = watchesOf(limits, { ...nothing, ...sights });
  expect(others).toEqual([]);
  return (await watch?.[1].look()) ?? null;
}

const schema = z.strictObject(throttleFields);

describe('Sources', () => {
  it('rowsPerSecondMax: a chunk sets off the next one', () => {
    const [[, watch] = [undefined, undefined]] = watchesOf({ rowsPerSecondMax: 1_000 }, nothing);
    expect(watch?.look()).toBeNull();
    watch?.passed?.(5_000);
    watch?.passed?.(5_000);
    expect(watch?.look()).toMatchObject({ why: 'at most 1,000 rows a second' });
    const { waitMs = 0 } = (watch?.look() ?? {}) as { waitMs?: number };
    expect(waitMs).toBeGreaterThan(9_000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
  });

  it('pace: a rate for each, and what the application notices, but for the fastest', async () => {
    const writes = (ms: number) => ({ writes: () => [{ cluster: 'commerce', ms, beforeMs: 10 }] });
    for (const pace of ['auto', 1, 9] as const) {
      expect(await reading({ pace }, writes(30))).toBeNull();
      expect(await reading({ pace }, writes(31))).toMatchObject({
        why: expect.stringContaining('a write on commerce') as string,
      });
    }
    expect(await reading({ pace: 10 }, writes(1_000))).toBeNull();
    const waits = (['auto', 1, 2, 9, 10] as const).map((pace) => {
      const [[, watch] = [undefined, undefined]] = watchesOf({ pace }, { ...nothing, ...writes(1) });
      watch?.passed?.(80_000);
      const { waitMs = 0 } = (watch?.look() ?? {}) as { waitMs?: number };
      return Math.ceil(waitMs / 1_000);
    });
    expect(waits).toEqual([0, 320, 160, 1, 0]);
    for (const pace of [0, 11, 1.5, 'fast']) {
      expect(decodePayload(schema, { pace })).toMatchObject({
        problem: expect.stringContaining('a whole number from 1 to 10, or "auto"') as string,
      });
    }
  });

  it('lagMsMax', async () => {
    expect(await reading({ lagMsMax: 2_000 }, { lagMs: () => 2_000.4 })).toBeNull();
    expect(await reading({ lagMsMax: 2_000 }, { lagMs: () => 2_001 })).toEqual({
      why: 'the copy is 2,001 ms behind, at most 2,000',
    });
  });

  it('writeLatencyMsMax: the slowest of the servers, by a figure or by what a write took before', async () => {
    const writes = (...sights: readonly WriteSight[]) => ({ writes: () => sights });
    const [fast, slow] = [
      { cluster: 'commerce', ms: 50, beforeMs: 17 },
      { cluster: 'customer', ms: 60.25, beforeMs: 20 },
    ];
    expect(await reading({ writeLatencyMsMax: 50 }, writes(fast))).toBeNull();
    expect(await reading({ writeLatencyMsMax: 50 }, writes(fast, slow))).toEqual({
      why: 'a write on customer takes 60.25 ms, at most 50',
    });
    expect(await reading({ writeLatencyMsMax: 40 }, writes(fast, slow))).toEqual({
      why: 'a write on commerce takes 50 ms, at most 40 and a write on customer takes 60.25 ms, at most 40',
    });
    expect(await reading({ writeLatencyMsMax: 'auto' }, writes(fast))).toBeNull();
    expect(await reading({ writeLatencyMsMax: 'auto' }, writes({ ...fast, ms: 51.5 }, slow))).toEqual({
      why:
        'a write on commerce takes 51.5 ms, at most 51 (auto; 17 before the copy) and ' +
        'a write on customer takes 60.25 ms, at most 60 (auto; 20 before the copy)',
    });
    // What hurts nobody is no reason, however quick it was before.
    expect(await reading({ writeLatencyMsMax: 'auto' }, writes({ ...fast, ms: 5, beforeMs: 1 }))).toBeNull();
    expect(await reading({ writeLatencyMsMax: 'auto' }, writes({ ...fast, ms: 6, beforeMs: 1 }))).toEqual({
      why: 'a write on commerce takes 6 ms, at most 5 (auto; 1 before the copy)',
    });
    expect(await reading({ writeLatencyMsMax: 'auto' }, writes({ ...fast, ms: 21, beforeMs: null }))).toEqual({
      why: 'a write on commerce takes 21 ms, at most 20 (auto; before the copy it was not measured)',
    });
  });

  it('replicaLagMsMax: names each replica that is too far behind', async () => {
    const lags = (...sights: readonly ReplicaLag[]) => ({ replicas: () => Promise.resolve(sights) });
    const [near, far] = [
      { replica: 'near of commerce', lagMs: 5_000 },
      { replica: 'far of commerce', lagMs: 5_001 },
    ];
    expect(await reading({ replicaLagMsMax: 5_000 }, lags(near))).toBeNull();
    expect(await reading({ replicaLagMsMax: 5_000 }, lags(near, far))).toEqual({
      why: 'replica far of commerce is 5,001 ms behind, at most 5,000',
    });
    expect(await reading({ replicaLagMsMax: 1_000 }, lags(near, far))).toEqual({
      why: 'replica near of commerce is 5,000 ms behind and replica far of commerce is 5,001 ms behind, at most 1,000',
    });
  });

  it('threadsRunningMax', async () => {
    const running = (count: number) => ({
      status: (name: string) => Promise.resolve(name === 'Threads_running' ? count : NaN),
    });
    expect(await reading({ threadsRunningMax: 40 }, running(40))).toBeNull();
    expect(await reading({ threadsRunningMax: 40 }, running(57))).toEqual({
      why: '57 threads run on the source, at most 40',
    });
  });

  it('historyListLengthMax', async () => {
    const length = (count: number) => ({
      innodbMetric: (name: string) => Promise.resolve(name === 'trx_rseg_history_len' ? count : NaN),
    });
    expect(await reading({ historyListLengthMax: 1_000 }, length(1_000))).toBeNull();
    expect(await reading({ historyListLengthMax: 1_000 }, length(1_001))).toEqual({
      why: 'the history list of the source has 1,001 entries, at most 1,000',
    });
  });

  it('query', async () => {
    const query = { select: 'SELECT COUNT(*) FROM shop.jobs', max: 2.5 };
    const gives = (figure: number) => ({
      query: (sql: string) => Promise.resolve(sql === query.select ? figure : NaN),
    });
    expect(await reading({ query }, gives(2.5))).toBeNull();
    expect(await reading({ query }, gives(2.75))).toEqual({ why: 'the query gives 2.75, at most 2.5' });
  });

  it('httpCheck: only 200 lets the work go on, and of the address only the origin is told', async () => {
    const httpCheck = 'https://ops.example:8443/may-copy?token=secret';
    const answers = (status: number) => ({ get: (url: string) => Promise.resolve(url === httpCheck ? status : NaN) });
    expect(await reading({ httpCheck }, answers(200))).toBeNull();
    for (const status of [204, 302, 404, 503]) {
      expect(await reading({ httpCheck }, answers(status))).toEqual({
        why: `https://ops.example:8443 answers with ${status}, not with 200`,
      });
    }
  });

  it.each(throttleNames)('%s: its example is a limit, and makes something that looks', (name) => {
    const { example, description } = throttleSources[name];
    expect(decodePayload(schema, { [name]: example })).toEqual({ fits: true, value: { [name]: example } });
    expect(decodePayload(schema, { [name]: null })).toEqual({ fits: true, value: { [name]: null } });
    expect(watchesOf({ [name]: example }, nothing).map(([watched]) => watched)).toEqual([name]);
    expect(watchesOf({ [name]: null }, nothing)).toEqual([]);
    expect(description).toMatch(/^\S.*[^.]$/);
  });

  it.each([
    ['rowsPerSecondMax has to be at least 1', { rowsPerSecondMax: 0 }],
    ['lagMsMax has to be a number, not a text', { lagMsMax: '2s' }],
    ['threadsRunningMax has to be a whole number', { threadsRunningMax: 1.5 }],
    ['query.select has to be a SELECT that gives one number', { query: { select: 'DELETE FROM shop.jobs', max: 1 } }],
    ['query.select has to be a SELECT', { query: { select: '/* SELECT */ SET GLOBAL read_only = 1', max: 1 } }],
    ['query.select has to be a SELECT', { query: { select: 'selection', max: 1 } }],
    ['query.max is missing', { query: { select: 'SELECT 1' } }],
    ['query has no field "min"', { query: { select: 'SELECT 1', max: 1, min: 0 } }],
    ['httpCheck has to be an address such as "http://127', { httpCheck: 'ftp://ops.example' }],
    ['httpCheck has to be an address', { httpCheck: 'http://ann:secret@ops.example/' }],
    ['writeLatencyMsMax has to be milliseconds from 1 on, or "auto"', { writeLatencyMsMax: 'fast' }],
    ['writeLatencyMsMax has to be milliseconds from 1 on, or "auto"', { writeLatencyMsMax: 0 }],
    ['replicaLagMsMax has to be at least 500', { replicaLagMsMax: 499 }],
    ['there is no field "replicaLagSecondsMax"', { replicaLagSecondsMax: 5 }],
  ])('refuses: %s', (problem, limits) => {
    const decoded = decodePayload(schema, limits);
    expect(decoded).toMatchObject({ fits: false });
    expect(decoded.fits ? '' : decoded.problem).toContain(problem);
    expect(decoded.fits ? '' : decoded.problem).not.toContain('secret');
  });
});

describe('Limits', () => {
  const all = throttleExamples;

  it('are found among other fields', () => {
    expect(throttleLimitsIn({ ...all, ...{ reason: 'noon' } })).toEqual(all);
  });

  it('change one by one; what is said again changes nothing', () => {
    const before = changedThrottle({ revision: 0, limits: {} }, all);
    expect(before).toEqual({ revision: 1, limits: all });
    expect(changedThrottle(before, structuredClone(all)).revision).toBe(1);
    expect(changedThrottle(before, { rowsPerSecondMax: undefined })).toEqual(before);
    expect(changedThrottle(before, { query: null })).toEqual({ revision: 2, limits: { ...all, query: null } });
    expect(changedThrottle({ revision: 4, limits: {} }, { query: null }).revision).toBe(4);
  });

  it('are told in words', () => {
    expect(throttleWords({})).toBeNull();
    expect(throttleWords({ lagMsMax: null })).toBeNull();
    expect(throttleWords({ lagMsMax: 5, query: { select: 'SELECT 1', max: 3 }, httpCheck: 'http://ops' })).toBe(
      'lagMsMax 5, query {"select":"SELECT 1","max":3}, httpCheck http://ops',
    );
  });
});
