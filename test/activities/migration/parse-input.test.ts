import { describe, expect, it } from 'vitest';
import { migrationTerms, parseOnlineDdlInput } from '../../../src/activities/migration/parse-input.js';
import { retainForMs, verifyAgain } from '../../../src/activities/operation/parse-input.js';
import { cutOverBackoffMsDefault } from '../../../src/limits/activities.js';

const plain = { cluster: 'c', database: 'd', statement: 'ALTER TABLE t FORCE' };

describe('the input of onlineDdl', () => {
  it('has a default for everything that is left out', () => {
    const input = parseOnlineDdlInput(plain);
    expect(migrationTerms(input).cutOver).toEqual({
      lockTimeoutMs: 1_000,
      maxAttempts: 10,
      backoffMs: cutOverBackoffMsDefault,
    });
    expect(retainForMs(input)).toBe(24 * 3_600_000);
  });

  it.each([
    [undefined, { everyMs: 3_600_000, timeShareMax: 0.25 }],
    [{ every: '6h' }, { everyMs: 21_600_000, timeShareMax: 0.25 }],
    [{ timeShareMax: 1 }, { everyMs: 3_600_000, timeShareMax: 1 }],
    [false, null],
  ])('takes %j for verifying again', (asked, understood) => {
    expect(verifyAgain(parseOnlineDdlInput({ ...plain, options: { verifyAgain: asked } }))).toEqual(understood);
  });

  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['5ms', 5],
    ['3650d', 315_360_000_000],
    [1_234, 1_234],
  ])('takes %s as a duration', (retainFor, ms) => {
    expect(retainForMs(parseOnlineDdlInput({ ...plain, options: { retainFor } }))).toBe(ms);
  });

  it.each([
    ['options.retainFor', { retainFor: '1 day' }],
    ['options.retainFor has to be at most "3650d"', { retainFor: '3651d' }],
    ['options.retainFor has to be at most "3650d"', { retainFor: `${'9'.repeat(400)}ms` }],
    ['options.retainFor has to be at most "3650d"', { retainFor: 9_000_000_000_000_000 }],
    ['options.cutOver.lockTimeoutMs', { cutOver: { lockTimeoutMs: 0 } }],
    ['options.cutOver.maxAttempts', { cutOver: { maxAttempts: 1.5 } }],
    [
      'options.completeAt has to be a moment with its offset from UTC, such as "2026-12-24T02:00:00+01:00"',
      { completeAt: '2026-12-24T02:00:00' },
    ],
    ['options.completeAt has to be a moment', { completeAt: '2026-02-30T02:00:00Z' }],
    ['options.completeAt has to be in the year 2199 or before', { completeAt: '9999-12-24T02:00:00Z' }],
    ['options.cutOver.window[0].from', { cutOver: { window: { from: '2 am', to: '04:00' } } }],
    [
      'options.cutOver.window names the time zone',
      { cutOver: { window: { from: '02:00', to: '04:00', timeZone: 'X/Y' } } },
    ],
    [
      'the window from 02:00 to 02:02 ends, and is not longer than an attempt may take, which is 121000 ms',
      { cutOver: { window: { from: '02:00', to: '02:02', ends: true } } },
    ],
    ['options.throttle has no field "replicaLagMax"', { throttle: { replicaLagMax: 5 } }],
    ['options.verifyAgain.every has to be at least "1m"', { verifyAgain: { every: '59s' } }],
    ['options.verifyAgain', { verifyAgain: true }],
    ['options.verifyAgain.timeShareMax', { verifyAgain: { timeShareMax: 0 } }],
  ])('is refused with the name of the field %s', (field, options) => {
    expect(() => parseOnlineDdlInput({ ...plain, options })).toThrow(field);
  });

  it.each([
    [{ foreignKeys: true }, 'foreignKeys'],
    [{ algorithm: 'inplace' }, 'algorithm (every migration copies its table)'],
    [{ algorithm: 'copy' }, 'algorithm'],
    [{ cutOver: { forceAfter: '1h' } }, 'cutOver.forceAfter'],
  ])('names what is not built: %j', (options, name) => {
    expect(() => parseOnlineDdlInput({ ...plain, options })).toThrow(
      expect.objectContaining({ code: 'NOT_BUILT_YET' }) as Error,
    );
    expect(() => parseOnlineDdlInput({ ...plain, options })).toThrow(name);
  });
});
