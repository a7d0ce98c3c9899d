import { describe, expect, it } from 'vitest';
import { apply } from '../../../src/lifecycle/move/apply.js';
import { reasonOf, nextStep } from '../../../src/lifecycle/move/next-step.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { answers, failure, outage, sourceSilent, switched } from './outcomes.js';
import { writesRefusedSince } from '../../../src/lifecycle/move/facts.js';
import type { Driver } from './driver.js';
import { at, inFollowing, inSwitched, reversing, switching } from './histories.js';

const sourceGone = { source: outage, target: null };

function withoutSource(): Driver {
  const driver = inSwitched();
  driver.happen({ kind: 'reverseFollowed', outcome: 'unreachable', position: 'gtid:7', ...sourceGone });
  return driver;
}

describe('a source that is gone', () => {
  it('is shown before anybody asks, since when and what to do, and watched', () => {
    const driver = withoutSource();
    expect([driver.phase, driver.main]).toEqual(['switched', { kind: 'watchServers', answering: ['target'] }]);
    expect(reasonOf(driver.state)).toContain('cannot be reached since 2026-11-21T02:00:00.000Z');
    expect(nextStep(driver.state)).toMatchObject({ command: { name: 'forceComplete', input: { reason: '' } } });
    driver.endWell();
    expect(driver.main?.kind).toBe('followReverse');
    expect(driver.state.unreachable.source).toBeNull();
  });

  it('does not begin anew with each look', () => {
    const driver = withoutSource();
    driver.happen({ kind: 'watchedServers', source: { ...outage, since: '2026-11-21T03:00:00.000Z' }, target: null });
    expect(driver.state.unreachable.source?.since).toBe(outage.since);
    const later = { source: { ...outage, since: '2026-11-21T04:00:00.000Z' }, target: null };
    for (const command of ['complete', 'forceComplete'] as const)
      expect(driver.ask(command, {}, 'it burned', later)?.message).toContain(`since ${outage.since}`);
  });

  it('and was seen by a probe stays so whatever the stream says that is stopped for it', () => {
    const driver = inSwitched();
    driver.ask('complete', {}, null, sourceGone);
    expect(driver.stoppingIn.main).toBe(true);
    driver.endWell();
    expect(driver.state.unreachable.source).toEqual(outage);
    expect(driver.main).toEqual({ kind: 'watchServers', answering: ['target'] });
  });

  it('and was seen by a probe is watched as such, also where there is no reverse replication', () => {
    const driver = inSwitched({ reverseReplication: false });
    expect(driver.main).toEqual({ kind: 'watchServers', answering: ['source', 'target'] });
    driver.ask('complete', {}, null, sourceGone);
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'watchServers', answering: ['target'] });
    driver.endWell();
    expect(driver.state.unreachable.source).toBeNull();
  });

  it('makes complete say since when, what it means and which choices there are', () => {
    const driver = withoutSource();
    expect(driver.send('complete')).toBeUndefined();
    expect(driver.state.running.probe).toMatchObject({ sides: ['source'], thorough: false });
    driver.happen({ kind: 'probed', ...sourceGone });
    const answer = [...driver.answers.values()].at(-1);
    expect(answer).toMatchObject({ outcome: 'refused', code: 'SOURCE_UNREACHABLE' });
    expect(answer?.message).toContain('since 2026-11-21T02:00:00.000Z');
    expect(answer?.message).toContain('wait until the source is back');
    expect(answer?.message).toContain('forceComplete with a reason');
    expect(driver.send('reverseTraffic')).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  });

  it('makes a complete that could not end say the same when it is sent again, and go on when it is back', () => {
    const driver = inSwitched();
    driver.ask('complete');
    driver.endWell();
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('terminal') });
    const { completion } = driver.state;
    expect(driver.phase).toBe('needsOperator');
    expect(driver.ask('complete', {}, null, sourceGone)).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(driver.ask('complete')).toMatchObject({ outcome: 'accepted' });
    expect([driver.state.completion, driver.main]).toEqual([completion, { kind: 'complete' }]);
  });

  it('lets forceComplete end the move, with reads on the target and what stays behind listed', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { writes: true });
    driver.runUntil('followReverse');
    expect(driver.ask('forceComplete', {}, 'it burned', sourceGone)).toMatchObject({ outcome: 'accepted' });
    expect(driver.state.traffic).toEqual({ reads: 'target', writes: 'target' });
    driver.runUntil('forceComplete');
    expect(driver.main).toMatchObject({ components: ['streams', 'fences', 'routing', 'sidecar'] });
    expect(driver.state.completion).toMatchObject({ kind: 'force', reason: 'it burned' });
    driver.endWell();
    driver.endWell();
    expect([driver.phase, driver.ended]).toEqual(['completed', true]);
    expect(driver.state.residuals).toEqual(['source: fences']);
  });

  it('stays forced where autoComplete would have completed it', () => {
    const driver = switching({ autoComplete: true });
    driver.endWell();
    driver.endWell();
    driver.ask('forceComplete', { components: ['streams', 'routing'] }, 'it burned', sourceGone);
    driver.endWell('route');
    driver.endWell();
    driver.endWell();
    expect([driver.phase, driver.state.completion?.kind]).toEqual(['forceCompleting', 'force']);
  });

  it('lets forceComplete take over from a complete that hangs', () => {
    const driver = inSwitched();
    driver.ask('complete');
    driver.endWell();
    driver.ask('forceComplete', {}, 'it died meanwhile', sourceGone);
    expect([driver.phase, driver.stoppingIn.main]).toEqual(['forceCompleting', true]);
    driver.endWell();
    expect(driver.main?.kind).toBe('forceComplete');
  });

  it('may leave parts of a forced completion for later, and parts can be repeated', () => {
    const driver = inSwitched();
    driver.ask('forceComplete', { components: ['streams'] }, 'test', sourceGone);
    driver.endWell();
    driver.endWell();
    expect([driver.phase, driver.main]).toEqual(['forceCompleting', null]);
    expect(nextStep(driver.state).command?.input['components']).toEqual(['fences', 'routing', 'sidecar']);
    driver.send('forceComplete', { components: ['streams', 'fences'] }, 'again');
    expect(driver.main).toMatchObject({ components: ['streams', 'fences'] });
    driver.send('forceComplete', {}, 'all');
    driver.endWell();
    expect(driver.main).toMatchObject({ components: ['routing', 'sidecar'] });
  });

  it('is what forceComplete is for: refused without a reason, before the switch, and while the source answers', () => {
    const driver = inSwitched();
    expect(driver.send('forceComplete')).toMatchObject({ code: 'REASON_MISSING' });
    expect(driver.send('forceComplete', {}, '  ')).toMatchObject({ code: 'REASON_MISSING' });
    expect(inFollowing().send('forceComplete', {}, 'x')).toMatchObject({ code: 'WRITES_NOT_SWITCHED' });
    expect(driver.ask('forceComplete', {}, 'x', answers)).toMatchObject({ code: 'SOURCE_ANSWERS' });
    const override = { overrideReachableSource: true };
    expect(driver.ask('forceComplete', override, 'x', answers)).toMatchObject({ outcome: 'accepted' });
  });

  it('lets cancel be forced before the switch, with a reason, and leaves the source alone', () => {
    const driver = inFollowing();
    expect(driver.send('cancel', { force: true })).toMatchObject({ code: 'REASON_MISSING' });
    expect(driver.ask('cancel', { force: true }, 'x', answers)).toMatchObject({ code: 'SERVERS_ANSWER' });
    expect(driver.ask('cancel', { force: true }, 'gone', sourceGone)).toMatchObject({ outcome: 'accepted' });
    driver.endWell();
    expect(driver.main).toMatchObject({ kind: 'cleanUp', skip: ['source', 'router'] });
  });

  it('lets a clean-up that hangs on it be forced', () => {
    const driver = at('synchronise', 'copied');
    driver.send('cancel');
    driver.endWell();
    driver.ask('cancel', { force: true }, 'gone', sourceGone);
    expect([driver.phase, driver.stoppingIn.main]).toEqual(['cancelled', true]);
    driver.endWell();
    expect(driver.main).toMatchObject({ kind: 'cleanUp', skip: ['source', 'router'] });
  });
});

describe('a source that is gone in an attempt to reverse', () => {
  const lost = { kind: 'activityLost', lane: 'main', cancelled: false, problem: 'heartbeat' } as const;

  /** Nobody can tell whether the source had got the writes. */
  function unclear(): Driver {
    const driver = reversing();
    driver.happen(lost);
    driver.happen({ kind: 'resolved', result: sourceSilent });
    return driver;
  }

  it('is what the next step is about, and forceComplete gives the target the writes, on word', () => {
    const driver = unclear();
    expect(writesRefusedSince(driver.state)).not.toBeNull();
    expect(nextStep(driver.state)).toMatchObject({ command: { name: 'forceComplete', input: { acceptLoss: true } } });
    expect(nextStep(driver.state).sentence).not.toContain('the target is gone');
    expect(driver.ask('forceComplete', {}, 'it burned', sourceGone)).toMatchObject({ code: 'LOSS_NOT_ACCEPTED' });
    expect(driver.ask('forceComplete', { acceptLoss: true }, 'it burned', answers)).toMatchObject({
      code: 'SOURCE_ANSWERS',
    });
    expect(driver.ask('forceComplete', { acceptLoss: true }, 'it burned', sourceGone)).toBeUndefined();
    expect(driver.main).toMatchObject({ kind: 'resolveSwitch', direction: 'reverse', sourceGivenUp: true });
    driver.endWell();
    expect([...driver.answers.values()].at(-1)).toMatchObject({ outcome: 'accepted' });
    expect(writesRefusedSince(driver.state)).toBeNull();
    driver.runUntil('finish');
    driver.endWell();
    expect(driver.state.completion).toMatchObject({ kind: 'force', reason: 'it burned' });
    expect(driver.state.residuals.filter((one) => one.includes('read_only'))).toHaveLength(1);
    expect([driver.phase, driver.state.traffic, driver.ended]).toEqual([
      'completed',
      { reads: 'target', writes: 'target' },
      true,
    ]);
  });

  it('and is back before that is not given up: the journal has the word', () => {
    const driver = unclear();
    driver.ask('forceComplete', { acceptLoss: true }, 'it burned', sourceGone);
    driver.happen({ kind: 'resolved', result: { ...switched, lossAccepted: false } });
    expect([...driver.answers.values()].at(-1)).toMatchObject({ outcome: 'done' });
    expect([driver.phase, driver.state.completion, driver.state.traffic.writes]).toEqual(['following', null, 'source']);
  });
});

describe('a source that is gone before the switch', () => {
  it('can be given up once the copy is complete: the target gets the writes, on word', () => {
    const driver = inFollowing();
    expect(driver.send('forceComplete', {}, 'it burned')).toMatchObject({ code: 'WRITES_NOT_SWITCHED' });
    const lossy = { acceptLoss: true };
    expect(at('synchronise', 'copied').send('forceComplete', lossy, 'x')).toMatchObject({
      code: 'WRITES_NOT_SWITCHED',
    });
    expect(driver.ask('forceComplete', lossy, 'it burned', answers)).toMatchObject({ code: 'SOURCE_ANSWERS' });
    expect(driver.ask('forceComplete', lossy, 'it burned', sourceGone)).toBeUndefined();
    driver.endWell();
    expect(driver.main).toMatchObject({ kind: 'resolveSwitch', direction: 'forward', sourceGivenUp: true });
    driver.runUntil('finish');
    driver.endWell();
    expect([driver.phase, driver.state.traffic.writes]).toEqual(['completed', 'target']);
  });
});

describe('a router that is gone', () => {
  it('does not hold up the end: complete with force leaves it out, and lists its rules', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { writes: true });
    driver.runUntil('followReverse');
    driver.send('switchTraffic', { reads: true });
    driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('needsOperator') });
    driver.ask('complete');
    expect([driver.phase, driver.main?.kind]).toEqual(['needsOperator', 'followReverse']);
    expect(nextStep(driver.state).sentence).toContain('complete with force');
    expect(driver.send('complete', { force: true })).toMatchObject({ code: 'REASON_MISSING' });
    expect(driver.ask('complete', { force: true }, 'it burned')).toMatchObject({ outcome: 'accepted' });
    driver.endWell();
    expect(driver.main).toEqual({ kind: 'complete' });
    driver.runUntil('finish');
    driver.endWell();
    expect([driver.phase, driver.ended]).toEqual(['completed', true]);
    expect(driver.state.residuals.join()).toContain('at the router');
  });

  it.each(['pause', 'reverseTraffic'] as const)('is left out also after %s, which comes to nothing then', (name) => {
    const driver = inFollowing();
    driver.send('switchTraffic', { writes: true });
    driver.runUntil('followReverse');
    driver.send('switchTraffic', { reads: true });
    driver.happen({ kind: 'activityFailed', lane: 'route', failure: failure('needsOperator') });
    driver.send(name);
    expect(nextStep(driver.state).sentence).toContain('complete with force');
    expect(driver.ask('complete')).toMatchObject({ outcome: 'refused' });
    expect(driver.ask('complete', { force: true }, 'it burned')).toMatchObject({ outcome: 'accepted' });
    expect(driver.state).toMatchObject({ wish: null, pauseReasons: [], completion: { kind: 'complete' } });
  });
});

describe('probes', () => {
  it('that fail refuse the command, which has changed nothing', () => {
    const driver = inSwitched();
    driver.send('complete');
    driver.happen({ kind: 'activityFailed', lane: 'probe', failure: failure('retryable') });
    expect([...driver.answers.values()].at(-1)).toMatchObject({ outcome: 'refused', code: 'WORK_LOST' });
    expect(driver.phase).toBe('switched');
  });

  it('of one name are joined, and what happened meanwhile counts', () => {
    const driver = inSwitched();
    driver.send('complete');
    driver.send('complete');
    driver.send('reverseTraffic');
    expect([...driver.answers.values()].slice(-2).map(({ code }) => code)).toEqual([
      'COMMAND_NOT_ALLOWED',
      'COMMAND_NOT_ALLOWED',
    ]);
    expect(driver.stoppingIn.probe).toBe(true);
  });
});

describe('a forced completion whose router was not told', () => {
  const notRouted = 'at the router, which was not told (ROUTER_NOT_TOLD): version 2 of the rules of orders';

  it('says so in what stays behind and on record, and takes it back once a later try has told it', () => {
    const state = { ...withoutSource().state, outbox: [] };
    const completion = { kind: 'force', at: 'then', reason: 'it burned down', wanted: [], done: [] } as const;
    const ended = { kind: 'forceCompleted', components: ['routing'], residuals: ['source: fences'] } as const;
    const forced: MoveState = { ...state, completion };
    const left = apply(forced, { ...ended, routed: false, notRouted, atMs: 0 });
    expect(left.residuals).toEqual(['source: fences', notRouted]);
    expect(left.outbox).toMatchObject([{ command: 'forceComplete', via: 'system', reason: 'it burned down' }]);
    expect(left.outbox[0]?.answer.message).toContain(notRouted);
    const told = apply({ ...left, outbox: [] }, { ...ended, routed: true, atMs: 1 });
    expect(told).toMatchObject({ residuals: ['source: fences'], routerNotTold: null, outbox: [] });
    // As the first versions told it: their histories have no such record.
    expect(apply(forced, { ...ended, routed: false, atMs: 0 }).outbox).toEqual([]);
  });
});
