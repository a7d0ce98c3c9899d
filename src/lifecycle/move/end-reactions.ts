/** What the commands that end a move do: `complete`, `forceComplete`, `cancel`. */
import type { Outage, Sight } from '../../domain/servers.js';
import type { FactsOf } from '../../errors/switchyard-error.js';
import { cancelling } from '../operation/answers.js';
import { attemptStarted } from '../operation/attempt-end.js';
import * as kernel from '../operation/cancel.js';
import { hasReached, isoTime } from '../operation/state.js';
import type { Skipped } from './activity.js';
import { components } from './command.js';
import { forcedEnd } from './attempts.js';
import {
  attemptInFlight,
  isLookedAt,
  isRouted,
  lostSwitch,
  routerFails,
  untried,
  targetOutage,
  withdrawn,
  withTraffic,
  writesOnTarget,
  writesRefusedSince,
} from './facts.js';
import { move } from './kind.js';
import type { Moment, Reacted, Reaction } from './reaction.js';
import { isAccepted, isRefused, withReason } from '../operation/reactions.js';
import { comesTooLate, refusal, writesNotSwitched } from './reaction.js';
import type { Completion, MoveState, MoveStop } from './state.js';

/** Ends the move in good order. The source is asked first: whoever waits hears at once when it is gone. */
export const complete: Reaction = (state, command, moment) => {
  if (command.options.force === true && (command.reason ?? '').trim() === '') {
    return isRefused(state, moment, 'REASON_MISSING', { command: command.name });
  }
  const forced = command.options.force === true && routerFails(state);
  if (state.traffic.reads === 'source' && !forced)
    return isRefused(state, moment, 'READS_NOT_SWITCHED', { command: command.name });
  // What a person decides with a reason comes before what was asked for and has not begun, and before a pause.
  if (!forced && state.wish?.direction === 'reverse') return reverseAsked(state, command, moment);
  if (!forced && state.pauseReasons.includes('operator')) return pausedFirst(state, command, moment);
  if (lostSwitch(state) !== null) return lastCopy(state, command, moment);
  const { sight } = moment;
  const gone = missedTarget(state, sight);
  if (gone !== null) return isRefused(state, moment, 'TARGET_UNREACHABLE', gone);
  if (sight === null) return { state, waitsFor: 'probe' };
  if (sight.source !== null) {
    const since = sinceOf(state, sight.source);
    return isRefused(state, moment, 'SOURCE_UNREACHABLE', { ...sight.source, since, command: command.name });
  }
  return completing(state, moment, forced);
};

/** A router that is left out was told nothing: it is a residual, for somebody to correct its rules. */
function completing(before: MoveState, moment: Moment, skipsRouter: boolean): Reacted {
  // An end that was to give way to a reverse goes on from where it was.
  const state = withdrawn(before);
  if (state.completion?.kind === 'force') {
    return isAccepted({ ...state, trouble: null, retrying: null }, moment, `Forced since ${state.completion.at}.`);
  }
  const begun = state.completion;
  const at = isoTime(moment.atMs);
  const completion: Completion = begun ?? { kind: 'complete', by: 'operator', at, done: false };
  const freed = { trouble: null, retrying: null, wish: null, pauseReasons: [], paused: null } as const;
  const next: MoveState = { ...state, ...freed, completion };
  if (!skipsRouter) return isAccepted(next, moment, 'Completing: the source answers. Its end is in the status.');
  const routed = withTraffic(next, { reads: 'target', writes: 'target' });
  if (isRouted(routed)) return isAccepted(next, moment, 'Completing: the router knows where all traffic goes.');
  const routerNotTold = `at the router, which is left out: version ${routed.version} of the rules. Correct them by hand`;
  const residuals = [...new Set([...routed.residuals, routerNotTold])];
  const left: MoveState = {
    ...{ ...routed, ...untried, residuals, routerNotTold },
    completion: { ...completion, skipRouter: true },
  };
  return isAccepted(left, moment, `Completing: the source answers. Left behind: ${routerNotTold}.`);
}

const lastCopy = refusal(
  'the target that answers does not have what was switched, and rows that only the source has would be given up; reverseTraffic with acceptLoss gives the source the writes',
);

/** What is known may be old: then the probe has the word on the target, too. */
function missedTarget(state: MoveState, sight: Sight | null): FactsOf<'TARGET_UNREACHABLE'> | null {
  if (isLookedAt(state)) return targetOutage(state);
  const seen = sight?.target ?? null;
  return seen === null ? null : { ...seen, position: state.lastReversedPosition ?? 'none is known' };
}

/** The outage may have been seen before this probe. */
function sinceOf({ unreachable }: MoveState, seen: Outage): string {
  return unreachable.source?.since ?? seen.since;
}

const reverseAsked = refusal('reverseTraffic was asked for; switchTraffic withdraws that');
const pausedFirst = refusal('it is paused; send unpause first');

/** A router that has failed meanwhile can still be left out. */
export const isCompleting: Reaction = (state, command, moment) => {
  if (command.options.force === true && routerFails(state)) return complete(state, command, moment);
  const since = state.completion?.at ?? 'now';
  return isAccepted(state, moment, `Completing already, since ${since}; its end is in the status.`);
};

/** Where a person is waited for; also because an earlier one could not end. */
export const completeInTrouble: Reaction = (state, command, moment) => {
  const other = state.stop !== null || state.unresolved !== null || state.completion?.kind === 'force';
  if (other) return retryFirst(state, command, moment);
  return writesOnTarget(state) ? complete(state, command, moment) : writesNotSwitched(state, command, moment);
};

const retryFirst = refusal('a person is waited for; send retry first');

/** Ends a switched move without its source. A second one joins the first; parts that are done are done again. */
export const forceComplete: Reaction = withReason((state, command, moment) => {
  const { completion } = state;
  const wanted = command.options.components ?? components;
  if (completion?.kind === 'force') {
    const runs = state.running.main?.kind === 'forceComplete' || state.trouble !== null;
    const again = runs ? completion.done : completion.done.filter((part) => !wanted.includes(part));
    const joined = { ...completion, wanted: [...new Set([...completion.wanted, ...wanted])], done: again };
    const next = { ...state, trouble: null, completion: joined };
    return isAccepted(next, moment, `Forced since ${completion.at}; this one joins it. Its end is in the status.`);
  }
  const { sight, atMs } = moment;
  const gone = missedTarget(state, sight);
  if (gone !== null) return isRefused(state, moment, 'TARGET_UNREACHABLE', gone);
  const acceptsLoss = command.options.acceptLoss === true;
  if (mayLose(state) && !acceptsLoss) return isRefused(state, moment, 'LOSS_NOT_ACCEPTED', {});
  if (sight === null) return { state, waitsFor: 'probe' };
  const override = command.options.overrideReachableSource === true;
  if (sight.source === null && !override && lostSwitch(state) !== 'source') {
    return isRefused(state, moment, 'SOURCE_ANSWERS', { problem: 'the probes reached it' });
  }
  const reason = command.reason ?? '';
  if (state.unresolved !== null || !writesOnTarget(state))
    return { state: givingSourceUp(state, reason, atMs), waitsFor: 'attempt' };
  const seen =
    sight.source === null
      ? 'the source answers, which was overridden'
      : `the source cannot be reached since ${sinceOf(state, sight.source)} (${sight.source.problem})`;
  const next = forcedEnd(state, { at: isoTime(atMs), reason, wanted });
  return isAccepted(next, moment, `Completing without the source: ${seen}. What stays behind will be in the status.`);
});

/** Whether the source may have what the target lacks, so that giving it up is a decision about data. */
function mayLose(state: MoveState): boolean {
  return state.unresolved !== null || !writesOnTarget(state) || lostSwitch(state) !== null;
}

/** The resolution gives the target the writes, and has the word on what the attempt came to. */
function givingSourceUp(state: MoveState, reason: string, atMs: number): MoveState {
  const wish = { direction: 'forward', reads: true, writes: true } as const;
  const since = writesRefusedSince(state) ?? isoTime(atMs);
  const fresh = { wish, failure: null, problem: 'the source is given up', since };
  const unresolved = { ...(state.unresolved ?? fresh), acceptLoss: null, sourceGivenUp: { reason }, againAtMs: atMs };
  // The resolution decides under a number of its own where there was no attempt.
  const attempt = state.unresolved === null ? attemptStarted(state, atMs) : {};
  // An end that was to give way to a reverse goes on where the source is not given up after all.
  return { ...withdrawn(state), ...attempt, trouble: null, retrying: null, unresolved };
}

/** While the writes are on the source, which is gone: the copy gets them, where it is one. */
export const promote: Reaction = (state, command, moment) =>
  command.options.acceptLoss === true && hasReached(state, 'indexed')
    ? forceComplete(state, command, moment)
    : writesNotSwitched(state, command, moment);

/** Where a person is waited for; the source is among what can be given up. */
export const forceCompleteInTrouble: Reaction = (state, command, moment) => {
  if (state.unresolved !== null) return forceComplete(state, command, moment);
  if (state.stop !== null) return comesTooLate(state, command, moment);
  return (writesOnTarget(state) ? forceComplete : promote)(state, command, moment);
};

const stopForGood: Reaction = kernel.cancel(move);

/** Stops for good, before the writes are switched. */
export const cancel: Reaction = (state, command, moment) => {
  if (state.completion !== null) return comesTooLate(state, command, moment);
  if (writesOnTarget(state)) return notOnTarget(state, command, moment);
  if (lostSwitch(state) === 'source') return onlyTargetHas(state, command, moment);
  if (command.options.force === true && state.terms !== null) return forceCancel(state, command, moment);
  return stopForGood(state, command, moment);
};

const onlyTargetHas = refusal(
  'the source that answers does not have what came back to it, and the target would be removed that has it; forceComplete with acceptLoss gives the target the writes',
);

export const notOnTarget: Reaction = (state, command, moment) =>
  isRefused(state, moment, 'WRITES_ON_TARGET', { command: command.name, since: state.switchedAt ?? 'now' });

/** Leaves out what does not answer: servers that the probe did not reach, and a router that failed. */
const forceCancel: Reaction = withReason((state, command, moment) => {
  if (attemptInFlight(state) !== null || state.unresolved !== null) return attemptFirst(state, command, moment);
  const { sight, atMs } = moment;
  if (sight === null) return { state, waitsFor: 'probe' };
  const skip: Skipped[] = (['source', 'target'] as const).filter((side) => sight[side] !== null);
  if (state.routeTrouble !== null || state.routeRetrying !== null || skip.length > 0) skip.push('router');
  if (skip.length === 0) return isRefused(state, moment, 'SERVERS_ANSWER', {});
  const { reason } = command;
  const stop: MoveStop = state.stop ?? { kind: 'cancelled', by: 'operator', reason, at: isoTime(atMs), skip: [] };
  const cleared = { ...untried, trouble: null, retrying: null } as const;
  const next: MoveState = { ...state, ...cleared, stop: { ...stop, skip } };
  return isAccepted(next, moment, `${cancelling} Left out, and listed as residuals: ${skip.join(', ')}.`);
});

const attemptFirst = refusal('an attempt to switch is under way; send cancel without force, or pause');

/** A clean-up that hangs on a dead server can still be told to leave it out. */
export const whileCleaningUp =
  (repeated: Reaction): Reaction =>
  (state, command, moment) =>
    command.options.force === true && !state.closed && state.terms !== null
      ? forceCancel(state, command, moment)
      : repeated(state, command, moment);
