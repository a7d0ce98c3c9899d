/** What fails and is tried again, as of a migration (operation/ends.ts): seen until it works again, never called well. */
import { describe, expect, it } from 'vitest';
import type { MainActivity } from '../../../src/lifecycle/move/activity.js';
import { isReverseCaughtUp } from '../../../src/lifecycle/move/facts.js';
import { nextAttemptAt, nextStep, reasonOf } from '../../../src/lifecycle/move/next-step.js';
import { isoTime, type Failure } from '../../../src/lifecycle/operation/state.js';
import { Driver } from './driver.js';
import { at, inFollowing, inSwitched, reversing, switching } from './histories.js';
import { blocked, failure, outage, terms } from './outcomes.js';

const away: Failure = { ...failure('retryable'), code: 'SERVER_UNAVAILABLE' };
const unknown: Failure = { ...failure('retryable'), code: 'SERVER_ERROR', facts: { errno: 3752 } };

function fail(driver: Driver, error: Failure = away): void {
  driver.happen({ kind: 'activityFailed', lane: 'main', failure: error });
}

/** A move in which this kind of work runs. */
const inWork: Readonly<Record<string, () => Driver>> = {
  copied: () => at('synchronise', 'copied'),
  follow: () => inFollowing(),
  watchPaused: () => {
    const driver = inFollowing();
    driver.send('pause');
    driver.endWell();
    return driver;
  },
  followReverse: () => inSwitched(),
  watchServers: () => inSwitched({ reverseReplication: false }),
  complete: () => {
    const driver = inSwitched();
    driver.ask('complete');
    driver.endWell();
    return driver;
  },
  finish: () => {
    const driver = inWork['complete']?.() ?? new Driver();
    driver.endWell();
    return driver;
  },
  cleanUp: () => {
    const driver = inFollowing();
    driver.send('cancel');
    driver.endWell();
    return driver;
  },
};

describe('a way back that fails', () => {
  it('is not caught up until it works again, and completes nothing by itself', () => {
    const driver = inSwitched({ autoComplete: false });
    expect(isReverseCaughtUp(driver.state)).toBe(true);
    fail(driver);
    expect(isReverseCaughtUp(driver.state)).toBe(false);
    driver.send('retry');
    driver.happen({ kind: 'workedAgain' });
    expect(isReverseCaughtUp(driver.state)).toBe(true);
  });

  it('that is over leaves the target as it is: complete, and no second try', () => {
    const driver = inSwitched();
    fail(driver, { ...failure('terminal'), code: 'TABLE_CHANGED' });
    expect(driver.phase).toBe('needsOperator');
    expect(nextStep(driver.state)).toMatchObject({ command: { name: 'complete' } });
    expect(nextStep(driver.state).sentence).not.toContain('Start again');
  });
});

describe('an attempt that meets a server that is away', () => {
  const notSwitched = { kind: 'resolved', result: { outcome: 'notSwitched' } } as const;

  it('is made again more and more slowly, and the status names the way out until one has its own word', () => {
    const driver = switching({ switch: { ...terms.switch, backoffMs: [0], maxAttempts: 20 } });
    for (const [failures, waitMs] of [2_000, 5_000, 15_000].entries()) {
      fail(driver);
      driver.happen(notSwitched);
      expect(driver.state.retrying).toMatchObject({ failures: failures + 1, last: away });
      const { command, sentence } = nextStep(driver.state);
      expect(command?.name).toBe('retry');
      expect(sentence).toContain('where the target is gone for good cancel with force ends the move');
      expect(nextAttemptAt(driver.state)).toBe(isoTime(driver.nowMs + waitMs));
      driver.wait(waitMs - 1);
      expect(driver.main?.kind).toBe('synchronise');
      driver.wait(1);
      driver.endWell();
      expect(driver.main?.kind).toBe('attemptSwitch');
    }
    driver.happen({ kind: 'attempted', result: blocked });
    expect(driver.state.retrying).toBeNull();
  });

  it('is made at once where somebody asks for it, and not again where nobody wants it', () => {
    for (const ask of ['retry', 'switchTraffic'] as const) {
      const driver = switching({ switch: { ...terms.switch, backoffMs: [0, 60_000] } });
      fail(driver);
      driver.happen(notSwitched);
      driver.wait(10_000);
      expect(driver.main?.kind).toBe('synchronise');
      expect(driver.send(ask)).toMatchObject({ outcome: 'accepted' });
      driver.endWell();
      expect(driver.main?.kind).toBe('attemptSwitch');
    }
    for (const ask of ['reverseTraffic', 'pause'] as const) {
      const driver = switching();
      fail(driver);
      driver.happen(notSwitched);
      driver.send(ask);
      expect(driver.state.retrying).toBeNull();
    }
  });

  it('is not made while the source is missed after the switch: what is named is the way out of that', () => {
    const driver = reversing();
    fail(driver);
    driver.happen(notSwitched);
    expect(nextStep(driver.state).command?.name).toBe('retry');
    driver.runUntil('followReverse');
    driver.happen({
      kind: 'reverseFollowed',
      outcome: 'unreachable',
      position: 'gtid:9',
      source: outage,
      target: null,
    });
    expect(nextStep(driver.state)).toMatchObject({ command: { name: 'forceComplete' } });
  });

  it('can be left for good where the server is gone', () => {
    const driver = switching({ switch: { ...terms.switch, backoffMs: [0], maxAttempts: 20 } });
    fail(driver);
    driver.happen(notSwitched);
    driver.ask('cancel', { force: true }, 'it burned', { source: null, target: outage });
    expect(driver.state.stop).toMatchObject({ kind: 'cancelled', skip: ['target', 'router'] });
  });
});

describe('work of a move that fails', () => {
  it.each(Object.entries(inWork))(
    'is in the state while it is tried again, longer apart each time: %s',
    (name, make) => {
      const driver = make();
      const ran = driver.main;
      expect(ran?.kind === 'synchronise' ? ran.goal : ran?.kind).toBe(name);
      const phase = driver.phase;
      for (const [failures, waitMs] of [2_000, 5_000, 15_000].entries()) {
        fail(driver);
        expect(driver.state.retrying).toMatchObject({ failures: failures + 1, last: away });
        expect([driver.phase, driver.main, driver.state.stop?.kind ?? null]).toEqual([
          phase,
          null,
          name === 'cleanUp' ? 'cancelled' : null,
        ]);
        expect(reasonOf(driver.state)).toContain('Something retryable.');
        expect(nextStep(driver.state)).toMatchObject({ command: { name: 'retry', input: {} } });
        expect(nextStep(driver.state).sentence).not.toContain('Nothing');
        driver.wait(waitMs - 1);
        expect(driver.main).toBeNull();
        driver.wait(1);
        expect(driver.main).toEqual(ran);
      }
      fail(driver);
      expect(driver.send('retry')).toMatchObject({ outcome: 'accepted', message: 'It is tried again now.' });
      expect(driver.main).toEqual(ran);
    },
  );

  it('is over once it works: when it has its result, or has run for a minute where only time shows it', () => {
    const copying = at('synchronise', 'copied');
    fail(copying);
    copying.wait(2_000);
    copying.wait(59_999);
    expect(copying.state.retrying).not.toBeNull();
    copying.wait(1);
    expect(copying.state.retrying).toBeNull();
    const completing = inWork['complete']?.() ?? new Driver();
    fail(completing);
    completing.wait(2_000);
    completing.wait(3_600_000);
    expect(completing.state.retrying).not.toBeNull();
    completing.endWell();
    expect(completing.state.retrying).toBeNull();
  });

  it('waits for a person when nobody knows that it passes and it has come three times', () => {
    const driver = inSwitched();
    for (const waitMs of [2_000, 5_000]) {
      fail(driver, unknown);
      driver.wait(waitMs);
    }
    fail(driver, unknown);
    expect([driver.phase, driver.state.trouble?.code]).toEqual(['needsOperator', 'SERVER_ERROR']);
    driver.send('retry');
    expect(driver.main?.kind).toBe('followReverse');
  });

  it('is no failure where it was asked to stop, or something else is wanted', () => {
    const driver = inFollowing();
    driver.send('pause');
    fail(driver);
    expect([driver.state.retrying, driver.main?.kind]).toEqual([null, 'watchPaused']);
  });

  it('that lost its worker in each of its tries is tried again, too', () => {
    const driver = inSwitched();
    driver.happen({ kind: 'activityLost', lane: 'main', cancelled: false, problem: 'it timed out (HEARTBEAT)' });
    expect(driver.state.retrying?.last.code).toBe('WORK_LOST');
  });

  it('fails a preparation after some minutes, and no sooner', () => {
    const driver = new Driver();
    fail(driver);
    driver.wait(2_000);
    expect([driver.phase, driver.main?.kind]).toEqual(['preparing', 'prepare']);
    driver.wait(147_000);
    fail(driver);
    expect([driver.phase, driver.state.retrying?.failures]).toEqual(['preparing', 2]);
    driver.wait(5_000);
    fail(driver);
    expect([driver.phase, driver.state.stop?.kind]).toEqual(['failed', 'failed']);
  });

  it('does not hold up what comes instead: an end, forced or not', () => {
    const cancelled = inFollowing();
    fail(cancelled);
    cancelled.send('cancel');
    expect([cancelled.state.retrying, cancelled.main?.kind]).toEqual([null, 'cleanUp']);
    const forced = inWork['complete']?.() ?? new Driver();
    fail(forced);
    expect(nextStep(forced.state).sentence).toContain('forceComplete');
    forced.ask('forceComplete', {}, 'it burned', { source: outage, target: null });
    expect([forced.state.retrying, forced.main?.kind]).toEqual([null, 'forceComplete']);
    const silent = inWork['cleanUp']?.() ?? new Driver();
    fail(silent);
    expect(nextStep(silent.state).sentence).toContain('cancel with force');
    silent.ask('cancel', { force: true }, 'it burned', { source: null, target: outage });
    expect(silent.main).toMatchObject({ kind: 'cleanUp', skip: ['target', 'router'] });
  });

  it('lets a person take over from another run, by a grant that is far ahead', () => {
    const driver = inFollowing();
    const { grant } = driver.state;
    fail(driver, { ...failure('terminal'), code: 'FENCED' });
    expect([driver.phase, driver.state.stop, driver.state.trouble?.remedy]).toEqual([
      'needsOperator',
      null,
      expect.stringContaining('take over'),
    ]);
    driver.send('retry');
    expect(driver.state.grant).toBeGreaterThan(grant + 1_000);
    expect((driver.main as MainActivity).kind).toBe('synchronise');
  });

  it('is tried again at once with limits that were changed meanwhile', () => {
    const driver = new Driver(terms);
    driver.runUntil('synchronise', 'copied');
    fail(driver);
    driver.send('setThrottle', { throttle: { lagMsMax: 1_000 } });
    expect(driver.main?.kind).toBe('synchronise');
  });
});
