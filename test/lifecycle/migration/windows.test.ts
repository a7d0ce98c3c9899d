import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/lifecycle/operation/state.js';
import { nextAttemptAt, nextStep, reasonOf } from '../../../src/lifecycle/migration/next-step.js';
import { blocked, Driver, terms } from './driver.js';

describe('a window', () => {
  const nightly = { ...terms, cutOver: { ...terms.cutOver, window: [{ from: '02:00', to: '04:00' }] } };

  function ready(): Driver {
    const driver = new Driver();
    driver.happen({ kind: 'prepared', terms: nightly });
    driver.runUntil('synchronise', 'follow');
    return driver;
  }

  it('holds attempts back while it is closed, and lets one that runs end', () => {
    const driver = ready();
    expect([driver.phase, nextAttemptAt(driver.state)]).toEqual(['ready', new Date(driver.nowMs).toISOString()]);
    const opensAtMs = driver.nowMs + 3_600_000;
    driver.happen({ kind: 'windowSeen', open: false, untilMs: opensAtMs });
    expect(nextAttemptAt(driver.state)).toBe(new Date(opensAtMs).toISOString());
    expect(reasonOf(driver.state)).toContain(`closed until ${new Date(opensAtMs).toISOString()}`);
    driver.wait(3_600_000);
    // What was seen has grown old, and nobody has looked again.
    expect([driver.running?.kind, driver.stopping]).toEqual(['synchronise', false]);
    driver.happen({ kind: 'windowSeen', open: true, untilMs: opensAtMs + 7_200_000 });
    driver.endWell();
    driver.wait(7_200_000);
    expect([driver.running, driver.stopping]).toEqual([{ kind: 'attemptCutOver' }, false]);
    driver.happen({ kind: 'attempted', result: blocked });
    driver.wait(1e9);
    expect([driver.running?.kind, driver.stopping]).toEqual(['synchronise', false]);
  });

  it('is not waited for after resume with ignoreWindow, until the completion is held back again', () => {
    const driver = ready();
    driver.happen({ kind: 'windowSeen', open: false, untilMs: driver.nowMs + 3_600_000 });
    expect(driver.send('resume')?.message).toContain('Attempts start in the window');
    expect(driver.stopping).toBe(false);
    expect(driver.send('resume', { ignoreWindow: true })?.message).not.toContain('window');
    driver.endWell();
    driver.happen({ kind: 'attempted', result: blocked });
    driver.send('postpone');
    driver.send('resume');
    driver.wait(1e9);
    expect([driver.running?.kind, driver.stopping]).toEqual(['synchronise', false]);
  });

  it('that was seen counts no more once the limits have changed; one that is shorter than an attempt is refused', () => {
    const driver = ready();
    driver.happen({ kind: 'windowSeen', open: false, untilMs: driver.nowMs + 3_600_000 });
    const short = { from: '02:00', to: '02:02', ends: true };
    expect(driver.send('setLimits', { limits: { window: [short] } })).toMatchObject({
      outcome: 'refused',
      code: 'INVALID_INPUT',
      message: expect.stringContaining('not longer than an attempt may take, which is 121000 ms') as string,
    });
    expect(driver.state).toMatchObject({ limitsChange: {}, window: { open: false } });
    const { message } =
      driver.send('setLimits', { limits: { window: [{ ...short, to: '03:00', days: ['sun'] }] } }) ?? {};
    expect(message).toContain('window 02:00 to 03:00 on sun UTC ends');
    expect(driver.state.window).toBeNull();
    driver.send('setLimits', { limits: { window: null } });
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'attemptCutOver' });
  });

  it('that never opens is not called well, and says what to do', () => {
    const driver = ready();
    driver.happen({ kind: 'windowSeen', open: false, untilMs: driver.nowMs + 3_600_000, problem: 'no such zone' });
    expect(reasonOf(driver.state)).toBe('No attempt begins, since no window opens: no such zone.');
    expect(nextStep(driver.state).sentence).toContain('Send setLimits');
  });
});

describe('completeAt', () => {
  const atMs = Date.parse('2026-11-21T02:00:00.000Z');

  function ready(): Driver {
    const driver = new Driver();
    driver.happen({ kind: 'prepared', terms: { ...terms, completeAt: '2026-11-21T03:00:00+01:00' } });
    driver.runUntil('synchronise', 'follow');
    return driver;
  }

  it('holds a ready migration back until its moment, and is over by itself then', () => {
    const driver = ready();
    expect([driver.phase, nextAttemptAt(driver.state)]).toEqual(['postponed', isoTime(atMs)]);
    expect(reasonOf(driver.state)).toBe('Held back until 2026-11-21T02:00:00.000Z (completeAt).');
    driver.wait(atMs - driver.nowMs - 1);
    expect([driver.phase, driver.stopping]).toEqual(['postponed', false]);
    driver.wait(1);
    expect([driver.phase, driver.stopping]).toEqual(['ready', true]);
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'attemptCutOver' });
  });

  it('is lifted by resume, also before it is known, and outlasted by postpone', () => {
    const driver = ready();
    driver.send('resume');
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'attemptCutOver' });
    const early = new Driver();
    early.send('resume');
    early.happen({ kind: 'prepared', terms: { ...terms, completeAt: '2026-11-21T03:00:00+01:00' } });
    expect(early.state.completeAt).toBeNull();
    const held = ready();
    held.send('postpone');
    held.wait(1e9);
    expect([held.phase, held.stopping, held.state.completeAt]).toEqual(['postponed', false, null]);
  });
});
