import { describe, expect, it } from 'vitest';
import type { CommandName } from '../../../src/lifecycle/migration/command.js';
import type { MigrationPhase } from '../../../src/lifecycle/migration/phase.js';
import { migrationPhases } from '../../../src/lifecycle/migration/phase.js';
import { reasonOf } from '../../../src/lifecycle/migration/next-step.js';
import { Driver, failure, terms } from './driver.js';

/** A migration in each phase. */
const inPhase: Readonly<Record<MigrationPhase, () => Driver>> = {
  queued: () => {
    const driver = new Driver();
    driver.happen({ kind: 'prepared', terms: { ...terms, postponeLaunch: true } });
    return driver;
  },
  preparing: () => new Driver(),
  copying: () => at('synchronise', 'copied'),
  indexing: () => at('synchronise', 'indexed'),
  verifying: () => at('synchronise', 'verified'),
  ready: () => {
    const driver = at('attemptCutOver');
    driver.happen({ kind: 'attempted', result: { outcome: 'notSwapped', reason: 'lag', detail: 'lag', blockers: [] } });
    return driver;
  },
  postponed: () => {
    const driver = new Driver();
    driver.send('postpone', { reason: 'sale' });
    driver.runUntil('synchronise', 'follow');
    return driver;
  },
  cuttingOver: () => at('attemptCutOver'),
  needsOperator: () => {
    const driver = at('synchronise', 'indexed');
    driver.happen({ kind: 'activityFailed', failure: failure('needsOperator') });
    return driver;
  },
  completed: () => {
    const driver = at('finish');
    driver.endWell();
    return driver;
  },
  cancelled: () => {
    const driver = at('synchronise', 'copied');
    driver.send('cancel');
    driver.endWell();
    driver.endWell();
    return driver;
  },
  failed: () => {
    const driver = at('synchronise', 'copied');
    driver.happen({ kind: 'activityFailed', failure: failure('terminal') });
    driver.endWell();
    return driver;
  },
};

function at(kind: Parameters<Driver['runUntil']>[0], goal?: string): Driver {
  const driver = new Driver();
  driver.runUntil(kind, goal);
  return driver;
}

const columns = 'launch postpone resume pause unpause setLimits retry cancel verify setThrottle forceCutOver'.split(
  ' ',
);

/** d done, a accepted, r refused, t too late, w waits for the attempt's word. */
const expected: Readonly<Record<MigrationPhase, string>> = {
  queued: 'd d d d d d r a a d r',
  preparing: 'd d d a d a r a a d r',
  copying: 'd d d a d d r a a d r',
  indexing: 'd d d a d d r a a d r',
  verifying: 'd d d a d d r a a d r',
  ready: 'd d d a d d r a a d r',
  postponed: 'd d d a d d r a a d r',
  cuttingOver: 'd w d w d a r w r d r',
  needsOperator: 'd d d d d d a a a d r',
  completed: 't t t t t t t t t t r',
  cancelled: 't t t t t t t d t t r',
  failed: 't t t t t t t t t t r',
};

const letters = { done: 'd', accepted: 'a', refused: 'r', tooLate: 't' } as const;

describe('commands', () => {
  it.each(migrationPhases)('are all answered as decided in phase %s', (phase) => {
    expect(inPhase[phase]().phase).toBe(phase);
    const given = columns.map((name) => {
      const answer = inPhase[phase]().send(name as CommandName);
      return answer === undefined ? 'w' : letters[answer.outcome];
    });
    expect(given.join(' ')).toBe(expected[phase]);
  });

  it.each(migrationPhases)('given twice in phase %s decide the same as given once', (phase) => {
    for (const name of columns as CommandName[]) {
      const once = inPhase[phase]();
      once.send(name);
      const twice = inPhase[phase]();
      twice.send(name);
      const between = { phase: twice.phase, wanted: twice.wanted };
      twice.send(name);
      expect({ name, phase: twice.phase, wanted: twice.wanted }).toEqual({ name, ...between });
      expect(twice.order).toEqual(once.order);
    }
  });

  it('that are not built are refused by name, also as fields of setLimits', () => {
    const driver = at('synchronise', 'copied');
    expect(driver.send('forceCutOver')).toMatchObject({ outcome: 'refused', code: 'NOT_BUILT_YET' });
    const answer = driver.send('setLimits', { notBuilt: ['forceAfter'], limits: { maxAttempts: 7 } });
    expect(answer).toMatchObject({ outcome: 'refused', code: 'NOT_BUILT_YET' });
    expect(answer?.message).toContain('forceAfter');
    expect(driver.state.limitsChange).toEqual({});
  });

  it('setThrottle merges limits, also with those of the start, and what copies starts again with them', () => {
    const driver = new Driver();
    driver.send('setThrottle', { throttle: { lagMsMax: 9_000 } });
    driver.runUntil('prepare');
    driver.happen({ kind: 'prepared', terms: { ...terms, throttle: { rowsPerSecondMax: 500, lagMsMax: 1 } } });
    expect(driver.state.throttle.limits).toEqual({ rowsPerSecondMax: 500, lagMsMax: 9_000 });
    driver.runUntil('synchronise', 'copied');
    const answer = driver.send('setThrottle', { throttle: { lagMsMax: null, httpCheck: 'http://ops/go' } });
    expect(answer).toMatchObject({ outcome: 'done' });
    expect(answer?.message).toBe('The limits are now: rowsPerSecondMax 500, httpCheck http://ops/go.');
    expect(driver.stopping).toBe(true);
    driver.endWell();
    expect(driver.running).toEqual({ kind: 'synchronise', goal: 'copied', throttleRevision: 2 });
    driver.send('setThrottle', { throttle: { lagMsMax: null } });
    expect(driver.stopping).toBe(false);
  });

  it('that pause say who, why and since when, also where the run before knew only who', () => {
    const driver = at('synchronise', 'copied');
    driver.send('pause');
    expect(reasonOf(driver.state)).toBe('Paused by the operator.');
    const { paused } = driver.state;
    driver.send('pause', { reason: 'backup' });
    expect(driver.state.paused).toEqual({ ...paused, reason: 'backup' });
    expect(reasonOf(driver.state)).toBe('Paused by the operator: backup');
    expect(reasonOf({ ...driver.state, paused: null })).toBe('Paused by the operator.');
    driver.send('unpause', { by: 'mira', reason: 'done' });
    expect(driver.state).toMatchObject({ paused: null, lastCommand: { by: 'mira', reason: 'done' } });
  });

  it('that come too late say how it ended and since when', () => {
    expect(inPhase.completed().send('postpone')?.message).toContain('completed at 2026-11-21T01:00:00.000Z');
    expect(inPhase.failed().send('resume')?.message).toContain('SOME_terminal');
    expect(inPhase.cancelled().send('verify')?.message).toContain('cancelled at 2026-11-21T00:00:00.000Z');
  });

  it("that are Temporal's own Cancel are on record, also where they come too late", () => {
    const driver = at('finish');
    driver.happen({ kind: 'cancelRequested' });
    expect(driver.audit.at(-1)).toMatchObject({ command: 'cancel', via: 'system', answer: { outcome: 'tooLate' } });
    expect([driver.phase, driver.state.stop]).toEqual(['completed', null]);
    const open = at('synchronise', 'copied');
    open.happen({ kind: 'cancelRequested' });
    expect(open.audit.at(-1)).toMatchObject({ command: 'cancel', via: 'system', answer: { outcome: 'accepted' } });
    expect(open.state.stop).toMatchObject({ kind: 'cancelled', by: 'temporal' });
  });

  it('merge limits of the cut-over, before and after they are known', () => {
    const driver = new Driver();
    driver.send('setLimits', { limits: { maxAttempts: 5 } });
    driver.runUntil('synchronise', 'copied');
    expect(driver.send('setLimits', { limits: { lockTimeoutMs: 300 } })?.message).toContain(
      'lockTimeoutMs 300, maxAttempts 5, backoffMs 0, 10000, 30000',
    );
  });
});
