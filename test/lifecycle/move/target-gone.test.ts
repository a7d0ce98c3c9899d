import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../src/lifecycle/move/next-step.js';
import { failureOf, writesRefusedSince } from '../../../src/lifecycle/move/facts.js';
import type { Driver } from './driver.js';
import { answers, blocked, failure, outage, probed, sourceSilent, switched } from './outcomes.js';
import { inSwitched, switching } from './histories.js';

const targetGone = { source: null, target: outage };

describe('a target that is gone', () => {
  it('after the switch needs a person, is watched all the same, and ends by itself when it is back', () => {
    const driver = inSwitched();
    driver.happen({ kind: 'reverseFollowed', outcome: 'unreachable', position: 'gtid:7', ...targetGone });
    expect([driver.phase, driver.main?.kind]).toEqual(['needsOperator', 'watchServers']);
    expect(nextStep(driver.state).sentence).toContain('last reversed position (gtid:7)');
    expect(driver.send('reverseTraffic')).toMatchObject({ code: 'TARGET_UNREACHABLE' });
    driver.endWell();
    expect([driver.phase, driver.main?.kind]).toEqual(['switched', 'followReverse']);
  });

  it('can be given up with a reason, once probes agree; the move ends and says what was lost', () => {
    const driver = inSwitched();
    driver.happen({ kind: 'reverseFollowed', outcome: 'unreachable', position: 'gtid:7', ...targetGone });
    const lossy = { acceptLoss: true };
    expect(driver.send('reverseTraffic', lossy)).toMatchObject({ code: 'REASON_MISSING' });
    expect(inSwitched().ask('reverseTraffic', lossy, 'x', answers)).toMatchObject({ code: 'TARGET_ANSWERS' });
    expect(driver.ask('reverseTraffic', lossy, 'disk gone', targetGone)).toMatchObject({ outcome: 'accepted' });
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'attemptReverse', acceptLoss: true });
    driver.endWell();
    expect(driver.state.loss).toMatchObject({ reason: 'disk gone', lastReversedPosition: 'gtid:7' });
    expect(driver.state.running.route).toMatchObject({ version: 3, writes: 'source' });
    expect(driver.main).toBeNull();
    driver.endWell('route');
    expect(driver.main).toMatchObject({ kind: 'cleanUp', skip: ['target'] });
  });

  it('can be given up while nobody can tell whether it was switched to: the resolution still has the word', () => {
    const driver = switching();
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('retryable') });
    const unknown = { outcome: 'unknown', problem: 'it does not answer', writesRefusedSince: null } as const;
    driver.happen({ kind: 'resolved', result: unknown });
    expect(driver.send('reverseTraffic')).toMatchObject({ outcome: 'refused' });
    expect(driver.ask('reverseTraffic', { acceptLoss: true }, 'dead', targetGone)).toBeUndefined();
    expect(driver.main).toEqual({ kind: 'resolveSwitch', direction: 'forward', acceptLoss: true });
    driver.endWell();
    expect([...driver.answers.values()].at(-1)).toMatchObject({ outcome: 'done' });
    expect([driver.phase, driver.main]).toMatchObject(['cancelled', { kind: 'cleanUp', skip: ['target'] }]);
  });

  it('that is back before the attempt to reverse starts is not given up', () => {
    const driver = inSwitched();
    driver.send('pause');
    driver.ask('reverseTraffic', { acceptLoss: true }, 'dead', targetGone);
    driver.ask('reverseTraffic', { acceptLoss: true }, 'dead', answers);
    expect(driver.audit.at(-1)?.answer.message).toContain('acceptLoss has lapsed');
    expect(driver.state.wish).toMatchObject({ direction: 'reverse', acceptLoss: false });
  });

  it('refuses to be completed, forced or not', () => {
    const driver = inSwitched();
    driver.happen({ kind: 'reverseFollowed', outcome: 'unreachable', position: null, ...targetGone });
    expect(driver.send('complete')).toMatchObject({ code: 'TARGET_UNREACHABLE' });
    expect(driver.send('forceComplete', {}, 'x')).toMatchObject({ code: 'TARGET_UNREACHABLE' });
  });

  it('that answers after all is not given up', () => {
    const driver = inSwitched();
    driver.ask('reverseTraffic', { acceptLoss: true }, 'dead', targetGone);
    driver.endWell();
    driver.happen({ kind: 'attempted', result: { ...switched, lossAccepted: false } });
    expect([driver.state.loss, driver.phase]).toEqual([null, 'following']);
  });

  it('while the move is completed can be given up, and the end goes on where it answers after all', () => {
    const driver = inSwitched();
    driver.ask('complete');
    driver.endWell();
    const { completion } = driver.state;
    expect(driver.ask('reverseTraffic', { acceptLoss: true }, 'dead', answers)).toMatchObject({
      code: 'TARGET_ANSWERS',
    });
    expect(driver.ask('reverseTraffic', { acceptLoss: true }, 'dead', targetGone)).toMatchObject({
      outcome: 'accepted',
    });
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'attemptReverse', acceptLoss: true });
    driver.happen({ kind: 'attempted', result: { ...blocked, reason: 'stopped' } });
    expect([driver.state.completion, driver.main, driver.state.wish]).toEqual([completion, { kind: 'complete' }, null]);
  });

  it('given up by two who wait for one probe, the end still goes on where it answers after all', () => {
    const driver = inSwitched();
    driver.ask('complete');
    const { completion } = driver.state;
    for (const reason of ['dead', 'dead, too']) driver.send('reverseTraffic', { acceptLoss: true }, reason);
    driver.happen(probed(targetGone));
    expect(driver.state).toMatchObject({ completion: null, wish: { completion } });
    // There may be no tables any more to go back to.
    driver.send('reverseTraffic');
    expect([...driver.answers.values()].at(-1)).toMatchObject({ outcome: 'refused' });
    expect(driver.state).toMatchObject({ completion: null, wish: { completion } });
    driver.endWell();
    driver.happen({ kind: 'attempted', result: { ...blocked, reason: 'stopped' } });
    expect(driver.state).toMatchObject({ completion, wish: null });
  });
});

describe('a target that was given up while the move was completed, and then the source', () => {
  const sourceGone = { source: outage, target: null };

  /** The attempt to give the target up had no word, and a person has given the source up instead. */
  function bothGivenUp(): Driver {
    const driver = inSwitched();
    driver.ask('complete');
    driver.endWell();
    driver.ask('reverseTraffic', { acceptLoss: true }, 'dead', targetGone);
    driver.endWell();
    driver.happen({ kind: 'activityLost', lane: 'main', cancelled: false, problem: 'it timed out' });
    driver.happen({ kind: 'resolved', result: sourceSilent });
    driver.ask('forceComplete', { acceptLoss: true }, 'dead, too', sourceGone);
    expect(driver.main).toMatchObject({ kind: 'resolveSwitch', sourceGivenUp: true });
    return driver;
  }

  it('goes on with its end where neither had to be given up: the source may have no tables to go back to', () => {
    const driver = bothGivenUp();
    driver.happen({ kind: 'resolved', result: { outcome: 'notSwitched' } });
    expect(driver.state).toMatchObject({ completion: { kind: 'complete' }, wish: null });
    expect([driver.phase, driver.main?.kind]).toEqual(['completing', 'complete']);
  });

  it('has no end to go on with where the source has got the writes', () => {
    const driver = bothGivenUp();
    driver.happen({ kind: 'resolved', result: { ...switched, outcome: 'switched' } });
    expect(driver.state).toMatchObject({ completion: null, traffic: { writes: 'source' } });
    expect(driver.phase).toBe('following');
  });
});

describe('a target that came back without the switch', () => {
  const side = { cluster: 'customer', side: 'target', since: outage.since };

  it('is refused an end, and the source gets the writes although it answers', () => {
    const driver = inSwitched();
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failureOf('SWITCH_LOST', side) });
    expect(driver.phase).toBe('needsOperator');
    expect(writesRefusedSince(driver.state)).toBe(outage.since);
    expect(nextStep(driver.state)).toMatchObject({ command: { name: 'reverseTraffic', input: { acceptLoss: true } } });
    expect(driver.ask('complete')).toMatchObject({ outcome: 'refused' });
    expect(driver.ask('reverseTraffic', { acceptLoss: true }, 'failover', answers)).toMatchObject({
      outcome: 'accepted',
    });
    driver.endWell();
    expect(driver.state.loss).toMatchObject({ reason: 'failover' });
    expect([driver.phase, driver.state.traffic.writes]).toEqual(['cancelled', 'source']);
  });
});
