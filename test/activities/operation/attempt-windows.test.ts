import { describe, expect, it } from 'vitest';
import { lookAtWindows } from '../../../src/activities/operation/attempt-windows.js';
import type { AttemptWindow } from '../../../src/contract/operation/attempt-window.js';

/** What is seen at a time, with its end as an ISO time. */
function at(time: string, ...windows: readonly AttemptWindow[]): string {
  const { open, untilMs } = lookAtWindows(windows, Date.parse(time));
  return `${open ? 'open' : 'closed'} until ${new Date(untilMs).toISOString().slice(0, 16)}`;
}

describe('windows of attempts', () => {
  const early = { from: '02:00', to: '04:30' } as const;

  it('open and close every day, the end excluded', () => {
    expect(at('2026-11-21T01:59:59Z', early)).toBe('closed until 2026-11-21T02:00');
    expect(at('2026-11-21T02:00:00Z', early)).toBe('open until 2026-11-21T04:30');
    expect(at('2026-11-21T04:29:59Z', early)).toBe('open until 2026-11-21T04:30');
    expect(at('2026-11-21T04:30:00Z', early)).toBe('closed until 2026-11-22T02:00');
  });

  it('go past midnight, and belong to the day on which they begin', () => {
    const night = { from: '22:00', to: '02:00', days: ['sat'] } as const;
    // The 21st is a Saturday.
    expect(at('2026-11-21T01:00:00Z', night)).toBe('closed until 2026-11-21T22:00');
    expect(at('2026-11-22T01:00:00Z', night)).toBe('open until 2026-11-22T02:00');
    expect(at('2026-11-22T22:30:00Z', night)).toBe('closed until 2026-11-28T22:00');
  });

  it('are a whole day where both ends are the same', () => {
    const sunday = { from: '00:00', to: '00:00', days: ['sun'] } as const;
    expect(at('2026-11-22T15:00:00Z', sunday)).toBe('open until 2026-11-23T00:00');
  });

  it('are one where they meet or overlap, and any of several will do', () => {
    const windows = [{ from: '03:00', to: '05:00' }, early, { from: '05:00', to: '06:00' }];
    expect(at('2026-11-21T02:10:00Z', ...windows)).toBe('open until 2026-11-21T06:00');
    expect(at('2026-11-21T06:00:00Z', ...windows)).toBe('closed until 2026-11-22T02:00');
  });

  it('follow the clocks of their zone, also when these change', () => {
    const berlin = { ...early, timeZone: 'Europe/Berlin' };
    expect(at('2026-11-21T00:30:00Z', berlin)).toBe('closed until 2026-11-21T01:00');
    expect(at('2026-07-21T00:30:00Z', berlin)).toBe('open until 2026-07-21T02:30');
    // On this day the clocks go from 02:00 to 03:00, and on that one from 03:00 back to 02:00.
    expect(at('2026-03-29T00:30:00Z', berlin)).toBe('closed until 2026-03-29T01:00');
    expect(at('2026-03-29T01:30:00Z', berlin)).toBe('open until 2026-03-29T02:30');
    expect(at('2026-10-25T00:30:00Z', berlin)).toBe('open until 2026-10-25T03:30');
  });

  it('of a time that comes twice take the first', () => {
    const twice = { from: '02:15', to: '02:45', timeZone: 'Europe/Berlin' };
    expect(at('2026-10-25T00:20:00Z', twice)).toBe('open until 2026-10-25T00:45');
    expect(at('2026-10-25T01:20:00Z', twice)).toBe('closed until 2026-10-26T01:15');
  });

  it('that no worker knows the zone of never open, and say why', () => {
    const { open, problem } = lookAtWindows([early, { ...early, timeZone: 'Middle/Earth' }], Date.parse('2026-11-21'));
    expect({ open, problem }).toEqual({ open: false, problem: 'this worker knows no time zone "Middle/Earth"' });
  });
});

describe('windows that end', () => {
  const ending = { from: '02:00', to: '04:30', ends: true } as const;
  const attemptMs = 30 * 60_000;
  const seen = (time: string, ...windows: readonly AttemptWindow[]): string => {
    const { open, untilMs, endsAtMs } = lookAtWindows(windows, Date.parse(time), attemptMs);
    const [until, ends] = [untilMs, endsAtMs].map((ms) =>
      ms === undefined ? 'never' : new Date(ms).toISOString().slice(5, 16),
    );
    return `${open ? 'open' : 'closed'} until ${until}, ends ${ends}`;
  };

  it('let none begin that could last longer, and say by when it has to end', () => {
    expect(seen('2026-11-21T02:00:00Z', ending)).toBe('open until 11-21T04:00, ends 11-21T04:30');
    expect(seen('2026-11-21T04:00:00Z', ending)).toBe('closed until 11-22T02:00, ends never');
  });

  it('are one where they meet, and do not end what one that does not end lets begin', () => {
    const next = { from: '04:30', to: '06:00', ends: true } as const;
    expect(seen('2026-11-21T04:10:00Z', ending, next)).toBe('open until 11-21T05:30, ends 11-21T06:00');
    expect(seen('2026-11-21T04:10:00Z', ending, { from: '04:00', to: '05:00' })).toBe(
      'open until 11-21T05:00, ends never',
    );
  });

  it('follow the clocks: an hour shorter where summer time begins, and one longer where it ends', () => {
    const berlin = { ...ending, timeZone: 'Europe/Berlin' };
    expect(seen('2026-03-29T01:00:00Z', berlin)).toBe('open until 03-29T02:00, ends 03-29T02:30');
    expect(seen('2026-03-29T02:00:00Z', berlin)).toBe('closed until 03-30T00:00, ends never');
    expect(seen('2026-10-25T00:30:00Z', berlin)).toBe('open until 10-25T03:00, ends 10-25T03:30');
    // What is left of this one on that night is no longer than an attempt.
    const night = { from: '02:10', to: '03:35', timeZone: 'Europe/Berlin', ends: true };
    expect(seen('2026-03-29T00:00:00Z', night)).toBe('closed until 03-30T00:10, ends never');
  });

  it('that are shorter than an attempt never open, and say why', () => {
    const { open, problem } = lookAtWindows([{ from: '02:00', to: '02:30', ends: true }], Date.now(), attemptMs);
    expect({ open, problem }).toEqual({
      open: false,
      problem: 'none is longer than an attempt may take, which is 1800000 ms',
    });
  });
});
