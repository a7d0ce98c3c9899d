import { describe, expect, it } from 'vitest';
import { moveCommandNames } from '../../../src/lifecycle/move/command.js';
import type { MovePhase } from '../../../src/lifecycle/move/phase.js';
import { movePhases } from '../../../src/lifecycle/move/phase.js';
import { Driver } from './driver.js';
import { failure, outage, switched, terms } from './outcomes.js';
import { at, inFollowing, inSwitched, reversing, switching } from './histories.js';
import { reasonOf } from '../../../src/lifecycle/move/next-step.js';

/** A move in each phase. */
const inPhase: Readonly<Record<MovePhase, () => Driver>> = {
  queued: () => {
    const driver = new Driver({ ...terms, postponeLaunch: true });
    driver.endWell();
    return driver;
  },
  preparing: () => new Driver(),
  copying: () => at('synchronise', 'copied'),
  indexing: () => at('synchronise', 'indexed'),
  following: () => inFollowing(),
  switching: () => switching(),
  switched: () => inSwitched(),
  reversing: () => reversing(),
  completing: () => {
    const driver = inSwitched();
    driver.ask('complete');
    driver.runUntil('complete');
    return driver;
  },
  forceCompleting: () => {
    const driver = inSwitched();
    driver.ask('forceComplete', {}, 'it burned', { source: outage, target: null });
    driver.runUntil('forceComplete');
    return driver;
  },
  needsOperator: () => {
    const driver = at('synchronise', 'indexed');
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('needsOperator') });
    return driver;
  },
  completed: () => {
    const driver = inSwitched();
    driver.ask('complete');
    driver.runUntil('finish');
    driver.endWell();
    return driver;
  },
  cancelled: () => {
    const driver = at('synchronise', 'copied');
    driver.send('cancel');
    driver.runUntil('cleanUp');
    driver.endWell();
    return driver;
  },
  failed: () => {
    const driver = at('synchronise', 'copied');
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('terminal') });
    driver.runUntil('cleanUp');
    driver.endWell();
    return driver;
  },
};

/**
 * d done, a accepted, r refused, t too late, w waits for the attempt's word, p waits for a probe. In the order of
 * `moveCommandNames`: launch pause unpause retry verify cancel setLimits setThrottle switchTraffic reverseTraffic complete forceComplete
 */
const expected: Readonly<Record<MovePhase, string>> = {
  queued: 'd d d r a a d d r d r r',
  preparing: 'd a d r a a a d r d r r',
  copying: 'd a d r a a d d r d r r',
  indexing: 'd a d r a a d d r d r r',
  following: 'd a d r a a d d a d r r',
  switching: 'd w d r r w a d a r r r',
  switched: 'd a d r r r d d d a p p',
  reversing: 'd w d r r r a d r a r r',
  completing: 'd r d r r t d d d r a p',
  forceCompleting: 'd r d r r t d d d r r a',
  needsOperator: 'd d d a a a d d r d r r',
  completed: 't t t t t t t t t t t t',
  cancelled: 't t t t t d t t t t t t',
  failed: 't t t t t t t t t t t t',
};

const letters = { done: 'd', accepted: 'a', refused: 'r', tooLate: 't' } as const;

describe('commands of a move', () => {
  it.each(movePhases)('are all answered as decided in phase %s', (phase) => {
    expect(inPhase[phase]().phase).toBe(phase);
    const given = moveCommandNames.map((name) => {
      const driver = inPhase[phase]();
      const answer = driver.send(name, {}, 'because');
      if (answer !== undefined) return letters[answer.outcome];
      return driver.state.pending[0]?.waitsFor === 'probe' ? 'p' : 'w';
    });
    expect(given.join(' ')).toBe(expected[phase]);
  });

  it.each(movePhases)('given twice in phase %s decide the same as given once', (phase) => {
    for (const name of moveCommandNames) {
      const once = inPhase[phase]();
      once.ask(name, {}, 'because');
      const twice = inPhase[phase]();
      twice.ask(name, {}, 'because');
      const between = { phase: twice.phase, wanted: twice.wanted, traffic: twice.state.traffic };
      twice.ask(name, {}, 'because');
      const after = { phase: twice.phase, wanted: twice.wanted, traffic: twice.state.traffic };
      expect({ name, ...after }).toEqual({ name, ...between });
      expect(twice.order.filter((word) => word !== 'probe')).toEqual(once.order.filter((word) => word !== 'probe'));
    }
  });

  it.each(movePhases)('with dryRun change nothing in phase %s, and have the outcome of the real one', (phase) => {
    for (const name of moveCommandNames) {
      const driver = inPhase[phase]();
      const before = { ...driver.state, lastCommand: null };
      const answer = driver.ask(name, { dryRun: true }, 'because');
      expect({ ...driver.state, lastCommand: null }, name).toEqual(before);
      // Who stops an attempt waits for its word.
      const real = inPhase[phase]().ask(name, {}, 'because')?.outcome ?? 'accepted';
      expect([name, answer?.outcome]).toEqual([name, real]);
      if (real === 'done' || real === 'accepted') expect(answer?.message).toContain('nothing was changed');
    }
  });

  it('before the start and before the options are known are kept', () => {
    const driver = new Driver({ ...terms, postponeLaunch: true });
    driver.send('launch');
    driver.send('setThrottle', { throttle: { rowsPerSecondMax: 500 } });
    driver.send('verify');
    driver.runUntil('synchronise', 'copied');
    expect(driver.main).toEqual({ kind: 'synchronise', goal: 'copied', throttleRevision: 1 });
    expect(driver.order).toEqual(['prepare', 'copied', 'route 1']);
  });

  it('setThrottle merges limits, and what runs starts again with them', () => {
    const driver = at('synchronise', 'copied');
    driver.send('setThrottle', { throttle: { rowsPerSecondMax: 500 } });
    const answer = driver.send('setThrottle', { throttle: { lagMsMax: 2_000 } });
    expect(answer?.message).toBe('The limits are now: rowsPerSecondMax 500, lagMsMax 2000.');
    expect(driver.stoppingIn.main).toBe(true);
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'synchronise', goal: 'copied', throttleRevision: 2 });
    driver.send('setThrottle', { throttle: { lagMsMax: null } });
    expect(driver.state.throttle.limits).toEqual({ rowsPerSecondMax: 500, lagMsMax: null });
    driver.endWell();
    driver.send('setThrottle', { throttle: { lagMsMax: null } });
    expect(driver.stoppingIn.main).toBe(false);
  });

  it('a dry run of switchTraffic says its steps, and of complete asks the source first', () => {
    const driver = inFollowing();
    const text = driver.send('switchTraffic', { dryRun: true })?.message ?? '';
    expect(text).toContain(
      '2. shut the gate of the source (writers wait: for the lock at most 1000 ms, for the drain at most 5000 ms)',
    );
    expect(text).toContain('tell the router (version 2): reads and writes to the target');
    const gone = inSwitched().ask('complete', { dryRun: true }, null, { source: outage, target: null });
    expect(gone).toMatchObject({ outcome: 'refused', code: 'SOURCE_UNREACHABLE' });
  });

  it('that pause say who, why and since when, until unpause or a switch takes that away', () => {
    const driver = inFollowing();
    driver.send('pause', {}, 'backup');
    const { paused } = driver.state;
    expect(paused).toEqual({ by: 'operator', reason: 'backup', since: '2026-11-21T00:00:00.000Z' });
    expect(reasonOf(driver.state)).toBe('Paused by the operator: backup');
    driver.wait(1_000);
    driver.send('pause');
    expect(driver.state.paused).toEqual(paused);
    driver.send('unpause');
    expect(driver.state).toMatchObject({ pauseReasons: [], paused: null });
    const late = switching();
    late.send('pause', {}, 'too late');
    late.happen({ kind: 'attempted', result: switched });
    expect(late.state).toMatchObject({ pauseReasons: [], paused: null });
  });

  it('that come too late say how it ended and since when', () => {
    expect(inPhase.completed().send('cancel')?.message).toContain('completed since 2026-11-21T00:00:00.000Z');
    expect(inPhase.failed().send('launch')?.message).toContain('SOME_terminal');
  });

  it('that switchTraffic gets while an attempt runs join it, and the rest follows', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { reads: true });
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'attemptSwitch', reads: true, writes: false });
    expect(driver.send('switchTraffic', { writes: true })).toMatchObject({ outcome: 'accepted' });
    driver.happen({ kind: 'attempted', result: switched });
    driver.runUntil('attemptSwitch');
    expect(driver.main).toEqual({ kind: 'attemptSwitch', reads: false, writes: true });
    expect(driver.state.traffic).toEqual({ reads: 'target', writes: 'source' });
  });

  it('switchTraffic that asks for nothing is refused', () => {
    const answer = inFollowing().send('switchTraffic', { reads: false, writes: false });
    expect(answer).toMatchObject({ outcome: 'refused', code: 'COMMAND_NOT_ALLOWED' });
  });
});
