import { describe, expect, it } from 'vitest';
import { failing, tableRoutes } from '../../../src/lifecycle/move/facts.js';
import { nextStep, reasonOf } from '../../../src/lifecycle/move/next-step.js';
import { isoTime } from '../../../src/lifecycle/operation/state.js';
import { Driver } from './driver.js';
import { blocked, failure, outage } from './outcomes.js';
import { at, inFollowing, inSwitched, switching } from './histories.js';

describe('a move', () => {
  it('goes to the end: copied, verified, switched, routed, reverse replication, completed', () => {
    const driver = inSwitched();
    driver.ask('complete');
    driver.runUntil('finish');
    driver.endWell();
    expect(driver.order).toEqual([
      ...['prepare', 'copied', 'route 1', 'indexed', 'verified', 'follow', 'attemptSwitch', 'startReverse', 'route 2'],
      ...['followReverse', 'probe', 'complete', 'finish'],
    ]);
    expect([driver.phase, driver.ended]).toEqual(['completed', true]);
  });

  it('says of each table where its reads and writes go', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { reads: true });
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'attemptSwitch', reads: true, writes: false });
    driver.endWell();
    expect(tableRoutes(driver.state)).toEqual([
      { table: 'customer', reads: 'target', writes: 'source' },
      { table: 'orders', reads: 'target', writes: 'source' },
    ]);
    expect(driver.phase).toBe('following');
  });

  it('that switched only its writes routes reads later without an attempt, and is not completed before', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { writes: true });
    driver.runUntil('followReverse');
    expect(driver.send('complete')).toMatchObject({ code: 'READS_NOT_SWITCHED' });
    expect(driver.send('switchTraffic', { reads: true })).toMatchObject({ outcome: 'accepted' });
    expect(driver.state.running.route).toEqual({ kind: 'route', version: 3, reads: 'target', writes: 'target' });
    expect(driver.main?.kind).toBe('followReverse');
  });

  it('with autoSwitch and autoComplete needs nobody, and says on record what it did', () => {
    const driver = at('finish', undefined, { autoSwitch: true, autoComplete: true });
    driver.endWell();
    expect(driver.ended).toBe(true);
    expect(driver.audit.map(({ command, via }) => `${command} ${via}`)).toEqual([
      'switchTraffic system',
      'complete system',
    ]);
  });

  it('with a waived verification switches without one, and has the waiver on record', () => {
    const driver = inFollowing({ verifyBeforeSwitch: false });
    expect(driver.order).not.toContain('verified');
    expect(driver.audit.map(({ command }) => command)).toEqual(['waiveVerification']);
    driver.send('switchTraffic');
    driver.endWell();
    expect(driver.main?.kind).toBe('attemptSwitch');
  });

  it('waits with an attempt until the router has confirmed the rules before', () => {
    const driver = new Driver();
    for (let ends = 0; ends < 4; ends += 1) driver.endWell();
    driver.send('switchTraffic');
    expect(driver.main).toMatchObject({ kind: 'synchronise', goal: 'follow' });
    expect(reasonOf(driver.state)).toContain('is told version 1');
    driver.endWell('route');
    driver.endWell();
    expect(driver.main?.kind).toBe('attemptSwitch');
  });

  it('completes only after the router has confirmed the switch, and follows back meanwhile', () => {
    const driver = switching();
    driver.endWell();
    driver.endWell();
    expect(driver.ask('complete')).toMatchObject({ outcome: 'accepted' });
    expect([driver.phase, driver.main?.kind, driver.stoppingIn.main]).toEqual(['completing', 'followReverse', false]);
    driver.endWell('route');
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'complete' });
  });

  it('without reverse replication watches the servers, and cannot be reversed', () => {
    const driver = inSwitched({ reverseReplication: false });
    expect(driver.order).not.toContain('startReverse');
    expect(driver.send('reverseTraffic')).toMatchObject({ code: 'COMMAND_NOT_ALLOWED' });
  });
});

describe('reversing', () => {
  it('waits for the reverse stream to catch up, goes back, and is verified again before the next switch', () => {
    const driver = switching();
    driver.endWell();
    expect(driver.send('reverseTraffic')?.message).toContain('once the reverse stream has caught up');
    expect(driver.main?.kind).toBe('startReverse');
    driver.runUntil('synchronise', 'follow');
    expect(driver.order.slice(-5)).toEqual(['route 2', 'attemptReverse', 'verified', 'route 3', 'follow']);
    expect(driver.state.traffic).toEqual({ reads: 'source', writes: 'source' });
  });

  it('ten times over keeps the versions in order', () => {
    const driver = inSwitched();
    for (let round = 1; round <= 10; round += 1) {
      driver.send('reverseTraffic');
      driver.runUntil('synchronise', 'follow');
      driver.send('switchTraffic');
      driver.runUntil('followReverse');
    }
    expect(driver.state).toMatchObject({ version: 22, routed: 22 });
  });

  it('is withdrawn by switchTraffic between attempts, and does not complete by itself afterwards', () => {
    const driver = inSwitched();
    driver.send('reverseTraffic');
    driver.endWell();
    driver.happen({ kind: 'attempted', result: blocked });
    expect(driver.send('switchTraffic')?.message).toContain('withdrawn');
    driver.wait(1e9);
    expect(driver.main?.kind).toBe('followReverse');
  });

  it('with an error waits for a person: nothing fails any more once writes are on the target', () => {
    const driver = inSwitched();
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('terminal') });
    expect(driver.phase).toBe('needsOperator');
    expect(driver.send('cancel')).toMatchObject({ outcome: 'refused', code: 'WRITES_ON_TARGET' });
    expect(driver.ask('complete')).toMatchObject({ outcome: 'accepted' });
    expect(driver.main).toEqual({ kind: 'complete' });
  });
});

describe('a fact of a worker', () => {
  it('ends no move that is prepared: it is tried again until another worker knows better', () => {
    for (const code of ['UNKNOWN_CLUSTER', 'NO_ROUTER', 'SIDECAR_TOO_NEW']) {
      const driver = inFollowing();
      driver.happen({ kind: 'activityFailed', lane: 'main', failure: { ...failure('terminal'), code } });
      expect([driver.phase, driver.main, driver.state.stop]).toEqual(['following', null, null]);
      expect(driver.state.retrying).toMatchObject({ failures: 1, last: { code } });
      expect(nextStep(driver.state)).toMatchObject({ command: { name: 'retry', input: {} } });
      driver.send('retry');
      expect(driver.main?.kind).toBe('synchronise');
    }
  });
});

describe('an error that passes', () => {
  it('ends nothing where it meets a request to stop, neither before the switch nor after it', () => {
    for (const driver of [inFollowing(), inSwitched()]) {
      const { phase } = driver;
      driver.send('pause');
      driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('retryable') });
      expect([driver.phase, driver.main?.kind]).toEqual([phase, 'watchPaused']);
    }
  });
});

describe('the router', () => {
  it('that fails for good needs a person, while the reverse stream goes on and commands are answered', () => {
    const driver = switching();
    driver.endWell();
    driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('terminal') });
    expect([driver.phase, driver.main?.kind]).toEqual(['needsOperator', 'startReverse']);
    expect(driver.send('reverseTraffic')).toMatchObject({ outcome: 'accepted' });
    driver.send('retry');
    expect(driver.state.running.route).toMatchObject({ version: 2 });
  });

  it('that does not answer is shown at once, told again more and more slowly, and told of to a person', () => {
    const driver = switching();
    driver.endWell();
    const since = isoTime(driver.nowMs);
    for (const [failures, waitMs] of [2_000, 5_000, 15_000, 30_000, 60_000, 120_000].entries()) {
      expect(driver.state.running.route).toMatchObject({ version: 2 });
      driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('retryable'), paced: true });
      expect(driver.state.running.route).toBeNull();
      expect(failing(driver.state)).toMatchObject({ isIdle: true, retrying: { since, failures: failures + 1 } });
      expect(driver.phase).toBe('switched');
      expect(nextStep(driver.state)).toMatchObject({ command: { name: 'retry' } });
      expect(nextStep(driver.state).sentence).toContain('where the router is gone for good complete with force');
      expect(reasonOf(driver.state)).toContain(`Since ${since} it has failed`);
      driver.wait(waitMs);
    }
    driver.happen({ kind: 'activityLost', lane: 'route', cancelled: false, problem: 'it timed out', paced: true });
    expect(driver.phase).toBe('switched');
    driver.wait(300_000);
    driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('retryable'), paced: true });
    expect([driver.phase, driver.state.running.route]).toEqual(['needsOperator', null]);
    expect(driver.send('retry')).toMatchObject({ outcome: 'accepted' });
    expect(driver.state.running.route).toMatchObject({ version: 2 });
    driver.endWell('route');
    expect([driver.phase, failing(driver.state), driver.state.routed]).toEqual(['switched', null, 2]);
  });

  it('that refuses is not told again by itself, also where it failed before', () => {
    const driver = switching();
    driver.endWell();
    driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('retryable'), paced: true });
    driver.wait(2_000);
    driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('terminal'), paced: true });
    driver.wait(600_000);
    expect([driver.phase, failing(driver.state), driver.state.running.route]).toEqual(['needsOperator', null, null]);
  });

  it('that fails after a forced end has begun is no matter of its own: that one tells it', () => {
    const driver = switching();
    driver.endWell();
    driver.ask('forceComplete', { components: ['streams'] }, 'it burned', { source: outage, target: null });
    driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('retryable'), paced: true });
    expect([failing(driver.state), driver.state.running.route]).toEqual([null, null]);
  });

  it('whose answer is lost is told again', () => {
    const driver = switching();
    driver.endWell();
    driver.happen({ kind: 'activityLost', lane: 'route', cancelled: false, problem: 'worker died' });
    expect(driver.order.slice(-2)).toEqual(['route 2', 'route 2']);
  });

  it('is told only the newest version when it is late', () => {
    const driver = switching();
    driver.endWell();
    driver.send('reverseTraffic');
    driver.endWell();
    driver.endWell();
    driver.endWell();
    expect([driver.state.version, driver.stoppingIn.route]).toEqual([3, true]);
    driver.endWell('route');
    expect(driver.state.running.route).toMatchObject({ version: 3, writes: 'source' });
  });
});
