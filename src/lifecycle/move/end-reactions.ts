/** What the commands that end a move do: `complete`, `forceComplete`, `cancel`. */
import type { Outage } from '../../domain/servers.js';
import { cancelling } from '../operation/answers.js';
import * as kernel from '../operation/cancel.js';
import { isoTime } from '../operation/state.js';
import type { Skipped } from './activity.js';
import { components } from './command.js';
import { attemptInFlight, targetOutage, withTraffic, writesOnTarget } from './facts.js';
import { move } from './kind.js';
import type { Reaction } from './reaction.js';
import { isAccepted, isRefused, withReason } from '../operation/reactions.js';
import { comesTooLate, refusal, writesNotSwitched } from './reaction.js';
import type { Completion, MoveState, MoveStop } from './state.js';

/** Ends the move in good order. The source is asked first: whoever waits hears at once when it is gone. */
export const complete: Reaction = (state, command, moment) => {
  if (state.traffic.reads === 'source')
    return isRefused(state, moment, 'READS_NOT_SWITCHED', { command: command.name });
  if (state.wish?.direction === 'reverse') return reverseAsked(state, command, moment);
  if (state.pauseReasons.includes('operator')) return pausedFirst(state, command, moment);
  const gone = targetOutage(state);
  if (gone !== null) return isRefused(state, moment, 'TARGET_UNREACHABLE', gone);
  const { sight, atMs } = moment;
  if (sight === null) return { state, waitsFor: 'probe' };
  if (sight.source !== null) {
    const since = sinceOf(state, sight.source);
    return isRefused(state, moment, 'SOURCE_UNREACHABLE', { ...sight.source, since, command: command.name });
  }
  const begun = state.completion?.kind === 'complete' ? state.completion : null;
  const completion: Completion = begun ?? { kind: 'complete', by: 'operator', at: isoTime(atMs), done: false };
  const next: MoveState = { ...state, trouble: null, retrying: null, wish: null, completion };
  return isAccepted(next, moment, 'Completing: the source answers. Its end is in the status.');
};

/** The outage may have been seen before this probe. */
function sinceOf({ unreachable }: MoveState, seen: Outage): string {
  return unreachable.source?.since ?? seen.since;
}

const reverseAsked = refusal('reverseTraffic was asked for; switchTraffic withdraws that');
const pausedFirst = refusal('it is paused; send unpause first');

export const isCompleting: Reaction = (state, _command, moment) =>
  isAccepted(state, moment, `Completing already, since ${state.completion?.at ?? 'now'}; its end is in the status.`);

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
  const gone = targetOutage(state);
  if (gone !== null) return isRefused(state, moment, 'TARGET_UNREACHABLE', gone);
  const { sight, atMs } = moment;
  if (sight === null) return { state, waitsFor: 'probe' };
  const override = command.options.overrideReachableSource === true;
  if (sight.source === null && !override) {
    return isRefused(state, moment, 'SOURCE_ANSWERS', { problem: 'the probes reached it' });
  }
  const forced: Completion = { kind: 'force', at: isoTime(atMs), reason: command.reason ?? '', wanted, done: [] };
  const routed = withTraffic(state, { reads: 'target', writes: 'target' });
  const seen =
    sight.source === null
      ? 'the source answers, which was overridden'
      : `the source cannot be reached since ${sinceOf(state, sight.source)} (${sight.source.problem})`;
  const cleared = { trouble: null, routeTrouble: null, retrying: null, wish: null } as const;
  const next: MoveState = { ...routed, ...cleared, completion: forced };
  return isAccepted(next, moment, `Completing without the source: ${seen}. What stays behind will be in the status.`);
});

/** Where a person is waited for: possible as long as it is known that the target has the writes. */
export const forceCompleteInTrouble: Reaction = (state, command, moment) => {
  if (state.unresolved !== null || state.stop !== null) return retryFirst(state, command, moment);
  return writesOnTarget(state) ? forceComplete(state, command, moment) : writesNotSwitched(state, command, moment);
};

const stopForGood: Reaction = kernel.cancel(move);

/** Stops for good, before the writes are switched. */
export const cancel: Reaction = (state, command, moment) => {
  if (state.completion !== null) return comesTooLate(state, command, moment);
  if (writesOnTarget(state)) return notOnTarget(state, command, moment);
  if (command.options.force === true && state.terms !== null) return forceCancel(state, command, moment);
  return stopForGood(state, command, moment);
};

export const notOnTarget: Reaction = (state, command, moment) =>
  isRefused(state, moment, 'WRITES_ON_TARGET', { command: command.name, since: state.switchedAt ?? 'now' });

/** Leaves out what does not answer: servers that the probe did not reach, and a router that failed. */
const forceCancel: Reaction = withReason((state, command, moment) => {
  if (attemptInFlight(state) !== null || state.unresolved !== null) return attemptFirst(state, command, moment);
  const { sight, atMs } = moment;
  if (sight === null) return { state, waitsFor: 'probe' };
  const skip: Skipped[] = (['source', 'target'] as const).filter((side) => sight[side] !== null);
  if (state.routeTrouble !== null || skip.length > 0) skip.push('router');
  if (skip.length === 0) return isRefused(state, moment, 'SERVERS_ANSWER', {});
  const { reason } = command;
  const stop: MoveStop = state.stop ?? { kind: 'cancelled', by: 'operator', reason, at: isoTime(atMs), skip: [] };
  const cleared = { trouble: null, routeTrouble: null, retrying: null } as const;
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
