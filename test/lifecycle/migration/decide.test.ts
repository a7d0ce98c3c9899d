import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/lifecycle/operation/state.js';
import { reasonOf, nextStep } from '../../../src/lifecycle/migration/next-step.js';
import { blocked, Driver, failure, swapped, terms } from './driver.js';

const lost = { kind: 'activityLost', cancelled: false, problem: 'it timed out (HEARTBEAT)' } as const;

function attempting(): Driver {
  const driver = new Driver();
  driver.runUntil('attemptCutOver');
  return driver;
}

describe('a migration', () => {
  it('goes straight from verified to an attempt and ends after the records are closed', () => {
    const driver = attempting();
    expect(driver.state.readyAt).not.toBeNull();
    driver.endWell();
    driver.endWell();
    expect(driver.order).toEqual(['prepare', 'copied', 'indexed', 'verified', 'attemptCutOver', 'finish']);
    expect(driver.wanted.main).toEqual({ kind: 'end' });
  });

  it('skips verification when told so, and verifies all the same when asked for it later', () => {
    const driver = new Driver();
    driver.happen({ kind: 'prepared', terms: { ...terms, verify: false, postponeCompletion: true } });
    driver.runUntil('synchronise', 'follow');
    expect(driver.order).not.toContain('verified');
    expect(driver.phase).toBe('postponed');
    driver.send('verify');
    expect(driver.phase).toBe('verifying');
    driver.endWell();
    driver.endWell();
    expect(driver.order.slice(-3)).toEqual(['follow', 'verified', 'follow']);
  });

  it('started with postponeLaunch checks its input, waits for launch, and prepares again then', () => {
    const driver = new Driver();
    driver.happen({ kind: 'prepared', terms: { ...terms, postponeLaunch: true } });
    driver.wait(1e9);
    expect([driver.phase, driver.order]).toEqual(['queued', ['prepare']]);
    driver.send('launch');
    driver.runUntil('synchronise', 'copied');
    expect(driver.order).toEqual(['prepare', 'prepare', 'copied']);
  });

  it('launched before it was prepared prepares once', () => {
    const driver = new Driver();
    driver.send('launch');
    driver.happen({ kind: 'prepared', terms: { ...terms, postponeLaunch: true } });
    expect(driver.order).toEqual(['prepare', 'copied']);
  });

  it('resumed before it was prepared is not held back by postponeCompletion', () => {
    const driver = new Driver();
    driver.send('resume');
    driver.happen({ kind: 'prepared', terms: { ...terms, postponeCompletion: true } });
    expect(driver.state.postponed).toBeNull();
  });

  it('watches its position while paused and goes on where it was', () => {
    const driver = new Driver();
    driver.runUntil('synchronise', 'copied');
    expect(driver.send('pause')).toMatchObject({ outcome: 'accepted' });
    expect(driver.stopping).toBe(true);
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'watchPaused' });
    driver.send('unpause');
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'synchronise', goal: 'copied', throttleRevision: 0 });
  });

  it('fails with the reason when its position is lost while it is paused', () => {
    const driver = new Driver();
    driver.runUntil('synchronise', 'copied');
    driver.send('pause');
    driver.endWell();
    driver.happen({ kind: 'activityFailed', failure: failure('terminal') });
    expect([driver.phase, driver.running?.kind]).toEqual(['failed', 'cleanUp']);
  });
});

describe('attempts', () => {
  it('wait the back-off of their number, counted from the end of the one before, and follow meanwhile', () => {
    const driver = attempting();
    driver.happen({ kind: 'attempted', result: blocked });
    expect(driver.wanted).toEqual({
      main: { kind: 'synchronise', goal: 'follow', throttleRevision: 0 },
      untilMs: driver.nowMs + 10_000,
    });
    driver.wait(9_999);
    expect(driver.stopping).toBe(false);
    driver.wait(1);
    expect(driver.stopping).toBe(true);
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'attemptCutOver' });
    driver.happen({ kind: 'attempted', result: blocked });
    expect(driver.wanted).toMatchObject({ untilMs: driver.nowMs + 30_000 });
  });

  it('that are used up postpone the completion, with the blockers named, until resume', () => {
    const driver = attempting();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      driver.happen({ kind: 'attempted', result: blocked });
      if (attempt < 3) driver.wait(30_000);
      if (attempt < 3) driver.endWell();
    }
    expect(driver.phase).toBe('postponed');
    expect(driver.state.postponed).toMatchObject({ by: 'system' });
    expect(reasonOf(driver.state)).toContain('12 app@10.0.0.5 (SHARED_READ on shop.orders)');
    expect(nextStep(driver.state).command?.name).toBe('resume');
    driver.wait(1e9);
    expect(driver.running).toEqual({ kind: 'synchronise', goal: 'follow', throttleRevision: 0 });
    expect(driver.send('setLimits', { limits: { maxAttempts: 20 } })?.message).toContain('until resume');
    expect(driver.phase).toBe('postponed');
    driver.send('resume');
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'attemptCutOver' });
    expect(driver.state).toMatchObject({ attempts: 4, attemptsSinceResume: 1 });
  });

  it('are used up at once when fewer are allowed than were made', () => {
    const driver = attempting();
    driver.happen({ kind: 'attempted', result: blocked });
    driver.send('setLimits', { limits: { maxAttempts: 1 } });
    expect(driver.state.postponed?.by).toBe('system');
  });

  it('start at once after resume although a back-off was going on', () => {
    const driver = attempting();
    driver.happen({ kind: 'attempted', result: blocked });
    driver.send('resume');
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'attemptCutOver' });
  });

  it('obey a changed back-off from the moment of the change', () => {
    const driver = attempting();
    driver.happen({ kind: 'attempted', result: blocked });
    driver.send('setLimits', { limits: { backoffMs: [0, 1_000] } });
    driver.wait(1_000);
    expect(driver.stopping).toBe(true);
  });
});

describe('postpone while an attempt runs', () => {
  it('stops it and answers when it has said that it did not swap', () => {
    const driver = attempting();
    expect(driver.send('postpone', { reason: 'sale' })).toBeUndefined();
    expect(driver.stopping).toBe(true);
    driver.endWell();
    expect(driver.answers.get(1)).toMatchObject({ outcome: 'done' });
    expect([driver.phase, driver.running]).toEqual([
      'postponed',
      { kind: 'synchronise', goal: 'follow', throttleRevision: 0 },
    ]);
  });

  it('answers too late, completed at T, when it had swapped', () => {
    const driver = attempting();
    driver.send('postpone');
    driver.happen({ kind: 'attempted', result: swapped });
    expect(driver.answers.get(1)).toMatchObject({ outcome: 'tooLate', code: 'COMMAND_TOO_LATE' });
    expect(driver.answers.get(1)?.message).toContain(swapped.completedAt);
  });

  it.each([
    ['not swapped', { outcome: 'notSwapped' }, 'done'],
    ['swapped', swapped, 'tooLate'],
  ] as const)('answers only the word of the resolution when the attempt is lost: %s', (_title, result, outcome) => {
    const driver = attempting();
    driver.send('postpone');
    driver.happen(lost);
    expect(driver.running).toEqual({ kind: 'resolveCutOver' });
    expect(driver.answers.size).toBe(0);
    driver.happen({ kind: 'resolved', result });
    expect(driver.answers.get(1)).toMatchObject({ outcome });
  });

  it('says that nothing was swapped where no worker has taken the attempt, which needs no look into', () => {
    const driver = attempting();
    driver.send('postpone');
    driver.happen({ ...lost, problem: 'no worker had a slot for it', notTaken: true });
    expect(driver.answers.get(1)).toMatchObject({ outcome: 'done' });
    expect(driver.state.lastAttempt).toMatchObject({ reason: 'notTaken', detail: 'no worker had a slot for it' });
    expect([driver.phase, driver.order.at(-1)]).toEqual(['postponed', 'follow']);
  });

  it('is accepted with the reason when nobody can tell whether it swapped, and holds after retry', () => {
    const driver = attempting();
    driver.send('postpone');
    driver.happen(lost);
    driver.happen({ kind: 'activityFailed', failure: failure('needsOperator') });
    expect(driver.answers.get(1)).toMatchObject({ outcome: 'accepted', code: 'SOME_needsOperator' });
    expect(driver.phase).toBe('needsOperator');
    driver.send('retry');
    expect(driver.running).toEqual({ kind: 'resolveCutOver' });
    driver.endWell();
    expect([driver.phase, driver.order.at(-1)]).toEqual(['postponed', 'follow']);
  });

  it('and resume before the attempt has ended: both are answered, and the next attempt follows', () => {
    const driver = attempting();
    driver.send('postpone');
    expect(driver.send('resume')).toMatchObject({ outcome: 'done' });
    driver.endWell();
    expect(driver.answers.get(1)).toMatchObject({ outcome: 'done' });
    expect(driver.answers.get(1)?.message).toContain('later resume');
    expect(driver.state.postponed).toBeNull();
  });
});

describe('an attempt that fails', () => {
  it('is resolved before its error counts: terminal ends the migration, unless it had swapped', () => {
    const driver = attempting();
    driver.happen({ kind: 'activityFailed', failure: failure('terminal') });
    expect([driver.phase, driver.running?.kind]).toEqual(['cuttingOver', 'resolveCutOver']);
    driver.endWell();
    expect([driver.phase, driver.running?.kind]).toEqual(['failed', 'cleanUp']);

    const lucky = attempting();
    lucky.happen({ kind: 'activityFailed', failure: failure('terminal') });
    lucky.happen({ kind: 'resolved', result: swapped });
    expect([lucky.phase, lucky.running?.kind]).toEqual(['completed', 'finish']);
  });

  it('with something that passes counts as an attempt and backs off', () => {
    const driver = attempting();
    const startedAt = isoTime(driver.nowMs);
    driver.wait(400);
    driver.happen({ kind: 'activityFailed', failure: failure('retryable') });
    driver.wait(600);
    driver.endWell();
    const endedAt = isoTime(driver.nowMs);
    const why = { reason: 'lost', detail: 'Something retryable.', blockers: [] };
    expect(driver.state).toMatchObject({ attemptStartedAt: null, lastAttempt: { ...why, startedAt, endedAt } });
    expect(driver.wanted).toMatchObject({ main: { goal: 'follow' }, untilMs: driver.nowMs + 10_000 });
  });

  it('with a matter for a person waits for that person', () => {
    const driver = attempting();
    driver.happen({ kind: 'activityFailed', failure: failure('needsOperator') });
    driver.endWell();
    expect([driver.phase, driver.running]).toEqual(['needsOperator', null]);
    driver.send('retry');
    expect(driver.running).toEqual({ kind: 'attemptCutOver' });
  });
});

describe('cancel', () => {
  it('before anything was started ends at once', () => {
    const driver = new Driver();
    driver.state = { ...driver.state, running: null, grant: 0 };
    driver.send('cancel');
    expect(driver.wanted.main).toEqual({ kind: 'end' });
  });

  it('while the outcome of an attempt is unclear looks again and then cancels, or completes', () => {
    for (const [result, kind] of [
      [{ outcome: 'notSwapped' }, 'cleanUp'],
      [swapped, 'finish'],
    ] as const) {
      const driver = attempting();
      driver.happen(lost);
      driver.happen({ kind: 'activityFailed', failure: failure('needsOperator') });
      expect(driver.send('cancel')).toBeUndefined();
      driver.happen({ kind: 'resolved', result });
      expect(driver.running?.kind).toBe(kind);
      expect(driver.answers.get(1)?.outcome).toBe(kind === 'cleanUp' ? 'accepted' : 'tooLate');
    }
  });

  it("by Temporal's own Cancel stops the attempt too, and completes when that had swapped", () => {
    const driver = attempting();
    driver.happen({ kind: 'cancelRequested' });
    expect(driver.stopping).toBe(true);
    driver.happen({ kind: 'attempted', result: swapped });
    expect([driver.phase, driver.running?.kind]).toEqual(['completed', 'finish']);
    expect(driver.state.stop).toBeNull();
    driver.happen({ kind: 'cancelRequested' });
    expect(driver.state.stop).toBeNull();
  });
});

describe('what fails', () => {
  it('with something that passes, just when it is stopped, ends nothing', () => {
    const driver = new Driver();
    driver.runUntil('synchronise', 'copied');
    driver.send('pause');
    driver.happen({ kind: 'activityFailed', failure: failure('retryable') });
    expect([driver.phase, driver.running?.kind]).toEqual(['copying', 'watchPaused']);
    driver.send('unpause');
    driver.happen({ kind: 'activityFailed', failure: failure('retryable') });
    expect([driver.phase, driver.running]).toEqual([
      'copying',
      { kind: 'synchronise', goal: 'copied', throttleRevision: 0 },
    ]);
    expect(driver.state.retrying).toBeNull();
  });

  it('terminally in the first preparation leaves nothing to clean up', () => {
    const driver = new Driver();
    driver.happen({ kind: 'activityFailed', failure: failure('terminal') });
    expect([driver.phase, driver.wanted.main]).toEqual(['failed', { kind: 'end' }]);
  });

  it('in the first preparation after many tries is cleaned up, but the end does not hang on that', () => {
    const driver = new Driver();
    const fails = { kind: 'activityFailed', failure: failure('retryable') } as const;
    for (let minutes = 0; driver.phase !== 'failed'; minutes += 1) {
      expect(minutes, 'somebody waits for the answer').toBeLessThan(4);
      driver.happen(fails);
      driver.wait(60_000);
    }
    expect(driver.running).toEqual({ kind: 'cleanUp' });
    driver.happen(fails);
    expect([driver.phase, driver.wanted.main]).toEqual(['failed', { kind: 'end' }]);
  });

  it('in the clean-up or in the closing of the records waits for a person', () => {
    const cleaning = new Driver();
    cleaning.runUntil('synchronise', 'copied');
    cleaning.send('cancel');
    cleaning.endWell();
    cleaning.happen({ kind: 'activityFailed', failure: failure('terminal') });
    expect(cleaning.phase).toBe('needsOperator');
    cleaning.send('retry');
    expect(cleaning.running).toEqual({ kind: 'cleanUp' });

    const closing = attempting();
    closing.endWell();
    closing.happen({ kind: 'activityFailed', failure: failure('terminal') });
    expect(closing.phase).toBe('needsOperator');
    closing.send('retry');
    expect(closing.running).toEqual({ kind: 'finish' });
    expect(closing.send('cancel')).toMatchObject({ outcome: 'tooLate' });
  });
});
