import { describe, expect, it } from 'vitest';
import { lookAtWindows } from '../../../src/activities/move/attempt-windows.js';
import type { AttemptWindow } from '../../../src/contract/move/attempt-window.js';

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
});
