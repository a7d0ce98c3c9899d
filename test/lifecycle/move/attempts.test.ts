import { describe, expect, it } from 'vitest';
import { limitsOf, writesRefusedSince } from '../../../src/lifecycle/move/facts.js';
import { isoTime } from '../../../src/lifecycle/operation/state.js';
import { reasonOf, nextAttemptAt, nextStep } from '../../../src/lifecycle/move/next-step.js';
import { Driver } from './driver.js';
import { blocked, failure, switched, terms } from './outcomes.js';
import { inFollowing, switching } from './histories.js';

const nightly = { switch: { ...terms.switch, window: [{ from: '02:00', to: '04:00' }] } };

describe('attempts to switch', () => {
  it('back off, are used up, and wait for the operator with the blockers named', () => {
    const driver = switching();
    driver.happen({ kind: 'attempted', result: blocked });
    expect(driver.wanted.untilMs).toBe(driver.nowMs + 10_000);
    expect(nextAttemptAt(driver.state)).toBe(new Date(driver.nowMs + 10_000).toISOString());
    for (let attempt = 2; attempt <= 3; attempt += 1) {
      driver.wait(30_000);
      driver.endWell();
      driver.happen({ kind: 'attempted', result: blocked });
    }
    expect(driver.phase).toBe('following');
    expect(reasonOf(driver.state)).toContain('12 app@10.0.0.5 (SHARED_READ on shop.orders)');
    expect(nextStep(driver.state).command?.name).toBe('switchTraffic');
    driver.wait(1e9);
    expect(driver.main).toMatchObject({ goal: 'follow' });
    driver.send('switchTraffic');
    driver.endWell();
    expect(driver.state).toMatchObject({ attempts: 4, attemptsSinceAsked: 1, gaveUp: null });
  });

  it('take the limits of setLimits, also in reverse; the one that runs keeps its own', () => {
    const driver = new Driver();
    expect(driver.send('setLimits', { limits: { lockTimeoutMs: 300 } })).toMatchObject({ outcome: 'accepted' });
    driver.runUntil('synchronise', 'follow');
    expect(driver.send('setLimits', { limits: { drainTimeoutMs: 700, backoffMs: [0, 1_000] } })?.message).toBe(
      'The limits are now: lockTimeoutMs 300, drainTimeoutMs 700, maxAttempts 3, backoffMs 0, 1000.',
    );
    driver.send('switchTraffic');
    driver.runUntil('attemptSwitch');
    expect(driver.send('setLimits', { limits: { maxAttempts: 1 } })).toMatchObject({ outcome: 'accepted' });
    driver.happen({ kind: 'attempted', result: blocked });
    expect(driver.state.gaveUp).not.toBeNull();
    expect(driver.send('setLimits', { limits: { maxAttempts: 9 } })?.message).toContain('until it is asked for again');
    expect(limitsOf(driver.state)).toMatchObject({ lockTimeoutMs: 300, drainTimeoutMs: 700, maxAttempts: 9 });
  });

  it('are held back outside of the window, while copying and following go on', () => {
    const driver = inFollowing(nightly);
    expect(driver.send('switchTraffic')?.message).toContain('window');
    expect([driver.main?.kind, driver.stoppingIn.main]).toEqual(['synchronise', false]);
    const opensAtMs = driver.nowMs + 3_600_000;
    driver.happen({ kind: 'windowSeen', open: false, untilMs: opensAtMs });
    expect(nextAttemptAt(driver.state)).toBe(new Date(opensAtMs).toISOString());
    expect(reasonOf(driver.state)).toContain(`closed until ${new Date(opensAtMs).toISOString()}`);
    driver.wait(3_600_000);
    // What was seen has grown old, and nobody has looked again.
    expect([driver.main?.kind, driver.stoppingIn.main]).toEqual(['synchronise', false]);
    driver.happen({ kind: 'windowSeen', open: true, untilMs: opensAtMs + 7_200_000 });
    driver.endWell();
    expect(driver.main?.kind).toBe('attemptSwitch');
    // One that runs is let end.
    driver.wait(7_200_000);
    expect(driver.stoppingIn.main).toBe(false);
    driver.happen({ kind: 'attempted', result: blocked });
    driver.wait(1e9);
    expect(driver.main?.kind).toBe('synchronise');
  });

  it('do not wait for the window where the operator says so, and reversing never does', () => {
    const driver = inFollowing(nightly);
    driver.happen({ kind: 'windowSeen', open: false, untilMs: driver.nowMs + 3_600_000 });
    driver.send('switchTraffic');
    driver.send('switchTraffic', { ignoreWindow: true });
    driver.endWell();
    expect(driver.main?.kind).toBe('attemptSwitch');
    driver.runUntil('followReverse');
    driver.send('reverseTraffic');
    driver.endWell();
    expect(driver.main?.kind).toBe('attemptReverse');
  });

  it('do not begin before completeAt: neither those of autoSwitch nor those that a person asks for', () => {
    const completeAt = '2026-11-21T09:00:00+01:00';
    for (const autoSwitch of [true, false]) {
      const driver = inFollowing({ completeAt, autoSwitch });
      if (!autoSwitch)
        expect(driver.send('switchTraffic')?.message).toContain('at 2026-11-21T08:00:00.000Z (completeAt)');
      expect([driver.main?.kind, driver.stoppingIn.main]).toEqual(['synchronise', false]);
      expect(nextAttemptAt(driver.state)).toBe('2026-11-21T08:00:00.000Z');
      expect(reasonOf(driver.state)).toBe('Traffic is not switched before 2026-11-21T08:00:00.000Z (completeAt).');
      driver.wait(Date.parse(completeAt) - driver.nowMs);
      driver.endWell();
      expect([driver.main?.kind, driver.state.completeAt]).toEqual(['attemptSwitch', null]);
    }
    const now = inFollowing({ completeAt });
    now.send('switchTraffic', { ignoreWindow: true });
    now.endWell();
    expect(now.main?.kind).toBe('attemptSwitch');
  });

  it('are withdrawn by reverseTraffic, which takes reads back as well', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { reads: true });
    driver.endWell();
    driver.endWell();
    driver.endWell('route');
    driver.send('pause');
    driver.send('switchTraffic', { writes: true });
    expect(driver.send('reverseTraffic')).toMatchObject({ outcome: 'accepted' });
    expect(driver.state.wish).toBeNull();
    expect(driver.state.running.route).toEqual({ kind: 'route', version: 3, reads: 'source', writes: 'source' });
  });

  it('that pause stops answer it when they have said so', () => {
    const driver = switching();
    expect(driver.send('pause')).toBeUndefined();
    driver.endWell();
    expect(driver.answers.get(2)).toMatchObject({ outcome: 'done' });
    expect([driver.phase, driver.main]).toEqual(['following', { kind: 'watchPaused', direction: 'forward' }]);
  });

  it('that have switched all the same make pause and cancel too late', () => {
    const driver = switching();
    driver.send('pause');
    driver.send('cancel');
    driver.happen({ kind: 'attempted', result: switched });
    expect([...driver.answers.values()].slice(1).map(({ outcome }) => outcome)).toEqual(['tooLate', 'tooLate']);
    expect([driver.phase, driver.main?.kind]).toEqual(['switched', 'startReverse']);
  });

  it('of reads alone are simply over when they are lost: nothing was changed', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { reads: true });
    driver.endWell();
    const startedAt = isoTime(driver.nowMs);
    driver.wait(700);
    driver.happen({ kind: 'activityLost', lane: 'main', cancelled: false, problem: 'heartbeat' });
    const endedAt = isoTime(driver.nowMs);
    expect(driver.state.lastAttempt).toEqual({ startedAt, endedAt, reason: 'lost', detail: 'heartbeat', blockers: [] });
    expect(driver.order).not.toContain('resolveSwitch');
  });
});

describe('an attempt that no worker has taken', () => {
  it('has come to nothing, needs no look into, and is followed by the stream and the next one', () => {
    const driver = switching();
    const detail = 'no worker had a slot for it';
    driver.happen({ kind: 'activityLost', lane: 'main', cancelled: false, problem: detail, notTaken: true });
    expect(driver.state.lastAttempt).toMatchObject({ reason: 'notTaken', detail, blockers: [] });
    expect([driver.phase, driver.main?.kind]).toEqual(['following', 'synchronise']);
    expect(driver.order).not.toContain('resolveSwitch');
    expect(driver.state.wish).not.toBeNull();
  });
});

describe('an attempt without a word', () => {
  const lost = { kind: 'activityLost', lane: 'main', cancelled: false, problem: 'heartbeat' } as const;
  const unknown = { outcome: 'unknown', problem: 'the target does not answer', writesRefusedSince: null } as const;

  it.each([
    ['undone', { outcome: 'notSwitched' }, 'following'],
    ['gone forward', switched, 'switched'],
  ] as const)('is %s by the word of the resolution alone', (_title, result, phase) => {
    const driver = switching();
    driver.happen(lost);
    expect([driver.phase, driver.main?.kind]).toEqual(['switching', 'resolveSwitch']);
    expect(reasonOf(driver.state)).toContain('Writes may be refused since 2026-11-21T00:00:00.000Z');
    driver.happen({ kind: 'resolved', result });
    expect(driver.phase).toBe(phase);
  });

  it('keeps a pause that was answered meanwhile, whatever it came to', () => {
    const driver = switching();
    driver.happen(lost);
    driver.happen({ kind: 'resolved', result: unknown });
    expect(driver.send('pause')).toMatchObject({ outcome: 'done' });
    driver.wait(10_000);
    driver.happen({ kind: 'resolved', result: switched });
    expect([driver.phase, driver.main]).toEqual(['switched', { kind: 'watchPaused', direction: 'reverse' }]);
  });

  it('that nobody can tell waits for a person, says since when writes are refused, and looks again by itself', () => {
    const driver = switching();
    driver.wait(5_000);
    driver.happen(lost);
    driver.happen({ kind: 'resolved', result: unknown });
    expect([driver.phase, driver.main]).toEqual(['needsOperator', null]);
    expect(reasonOf(driver.state)).toContain('Writes are refused since 2026-11-21T00:00:00.000Z');
    expect(writesRefusedSince(driver.state)).toBe('2026-11-21T00:00:00.000Z');
    driver.wait(10_000);
    expect([driver.phase, driver.main?.kind]).toEqual(['needsOperator', 'resolveSwitch']);
    driver.happen({ kind: 'resolved', result: { outcome: 'notSwitched' } });
    expect(driver.phase).toBe('following');
  });

  it.each([
    ['undone', { outcome: 'notSwitched' }, 'accepted', 'cleanUp'],
    ['gone forward', switched, 'tooLate', 'startReverse'],
  ] as const)('makes cancel wait for the word, and be judged by it: %s', (_title, result, outcome, next) => {
    const driver = switching();
    driver.happen(lost);
    driver.happen({ kind: 'resolved', result: unknown });
    expect(driver.send('cancel')).toBeUndefined();
    expect(driver.main?.kind).toBe('resolveSwitch');
    driver.happen({ kind: 'resolved', result });
    expect([...driver.answers.values()].at(-1)).toMatchObject({ outcome });
    expect(driver.main?.kind).toBe(next);
  });

  it.each([
    ['undone', { outcome: 'notSwitched' }],
    ['gone forward', switched],
  ] as const)('keeps a pause that was answered meanwhile: %s', (_title, result) => {
    const driver = switching();
    driver.happen(lost);
    driver.happen({ kind: 'resolved', result: unknown });
    expect(driver.phase).toBe('needsOperator');
    expect(driver.send('pause')).toMatchObject({ outcome: 'done' });
    driver.happen({ kind: 'resolved', result });
    expect(driver.state.pauseReasons).toEqual(['operator']);
    expect(driver.main?.kind).toBe('watchPaused');
  });

  it('whose resolution fails is as unclear', () => {
    const driver = switching();
    driver.happen(lost);
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('terminal') });
    expect(driver.state.trouble?.code).toBe('SWITCH_UNCLEAR');
    driver.send('retry');
    expect(driver.main?.kind).toBe('resolveSwitch');
  });

  it('and with a terminal error fails the move once it is undone, and goes on where it had switched', () => {
    for (const [result, phase] of [
      [{ outcome: 'notSwitched' }, 'failed'],
      [switched, 'switched'],
    ] as const) {
      const driver = switching();
      driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('terminal') });
      driver.happen({ kind: 'resolved', result });
      expect(driver.phase).toBe(phase);
    }
  });
});
