/** What `switchTraffic` and `reverseTraffic` do. */
import { countedFrom } from './back-off.js';
import {
  isReady,
  isRouted,
  lostSwitch,
  needsWindow,
  openWish,
  targetOutage,
  waitsForMoment,
  withdrawn,
  withTraffic,
} from './facts.js';
import { mayBegin } from '../operation/window.js';
import { isPaused } from '../operation/facts.js';
import type { Moment, Reacted, Reaction } from './reaction.js';
import { isAccepted, isDone, isRefused, withReason } from '../operation/reactions.js';
import { comesTooLate, refusal } from './reaction.js';
import type { MoveState, Wish } from './state.js';

const nothingAsked = refusal('neither reads nor writes were asked for');

/** Both where neither is given. */
function forwardWish(options: { readonly reads?: boolean | undefined; readonly writes?: boolean | undefined }): Wish {
  const neither = options.reads === undefined && options.writes === undefined;
  return { direction: 'forward', reads: options.reads ?? neither, writes: options.writes ?? neither };
}

/** Before writes are switched: attempts are made until it is done, or they are used up. */
export const askSwitch: Reaction = (state, command, moment) => {
  const asked = forwardWish(command.options);
  if (asked.direction !== 'forward' || !(asked.reads || asked.writes)) return nothingAsked(state, command, moment);
  const open = openWish(state, asked);
  if (open === null) return isDone(state, moment, 'Switched already; nothing was changed.');
  const before = state.wish?.direction === 'forward' ? state.wish : null;
  const wish: Wish = {
    direction: 'forward',
    reads: asked.reads || before?.reads === true,
    writes: asked.writes || before?.writes === true,
    ...(command.options.ignoreWindow === true || before?.ignoreWindow === true ? { ignoreWindow: true } : {}),
  };
  const next: MoveState = {
    ...countedFrom(state, moment.atMs),
    wish: openWish(state, wish),
    autoSwitchOver: true,
  };
  const joined = before === null ? '' : 'It was asked for already, and both are one now. ';
  return isAccepted(next, moment, `${joined}${whenItStarts(next, moment)} Its end is in the status.`);
};

function whenItStarts(state: MoveState, { atMs }: Moment): string {
  if (state.running.main?.kind === 'attemptSwitch' || state.running.main?.kind === 'attemptReverse') {
    return 'An attempt runs.';
  }
  if (isPaused(state)) return 'Attempts start after unpause.';
  if (state.wish?.direction === 'forward' && !isReady(state)) return 'Attempts start once it is verified.';
  if (state.wish?.direction === 'reverse' && !state.wish.acceptLoss && !state.reverseCaughtUp) {
    return 'Attempts start once the reverse stream has caught up.';
  }
  if (state.wish?.direction === 'forward' && !isRouted(state)) {
    return 'Attempts start once the router has confirmed where traffic goes now.';
  }
  if (waitsForMoment(state)) {
    return `Attempts start at ${state.completeAt ?? ''} (completeAt); ignoreWindow does not wait for it.`;
  }
  if (!mayBegin(state, needsWindow(state), atMs))
    return 'Attempts start in the window; ignoreWindow does not wait for it.';
  return 'Attempts start now, and are counted from here.';
}

/** While the target has the writes: its rows are the newest, so that reads only have to be routed. */
export const switchReads: Reaction = (state, command, moment) => {
  const asked = forwardWish(command.options);
  if (asked.direction !== 'forward' || !(asked.reads || asked.writes)) return nothingAsked(state, command, moment);
  const isWithdrawn = state.wish?.direction === 'reverse';
  const kept: MoveState = isWithdrawn ? withdrawn(state) : state;
  const note = isWithdrawn ? 'The reverse that was asked for is withdrawn. ' : '';
  if (openWish(state, asked) === null) {
    return isDone(kept, moment, `${note}Switched already, at ${state.switchedAt ?? 'the start'}.`);
  }
  const next = withTraffic(kept, { reads: 'target', writes: 'target' });
  return isAccepted(next, moment, `${note}Reads go to the target now: the router is told (version ${next.version}).`);
};

/** While the target has all traffic for good. */
export const switchedForGood: Reaction = (state, _command, moment) =>
  isDone(state, moment, `Switched already, at ${state.switchedAt ?? 'the start'}; the move is being completed.`);

/** While the source has the writes: a switch that was asked for is withdrawn, and reads go back at once. */
export const takeBack: Reaction = (state, _command, moment) => {
  const nothing = state.wish === null && state.traffic.reads === 'source';
  const back = withTraffic(state, { reads: 'source', writes: 'source' });
  // Who takes traffic back does not want it to be switched by itself; before it is ready there is nothing to take back.
  const next: MoveState = { ...back, wish: null, autoSwitchOver: state.autoSwitchOver || isReady(state) };
  if (nothing) return isDone(next, moment, 'Reads and writes go to the source; nothing had to be moved.');
  const withdrawn = state.wish === null ? '' : 'The switch that was asked for is withdrawn. ';
  if (state.traffic.reads === 'source') return isDone(next, moment, `${withdrawn}Reads and writes go to the source.`);
  const told = `Reads go to the source again: the router is told (version ${next.version}).`;
  return isAccepted(next, moment, `${withdrawn}${told}`);
};

export const notWhileSwitching = refusal(
  'an attempt to switch runs; pause stops it, and once it has ended this is possible',
);

const withoutReverse = refusal(
  'it was started without reverse replication, so that the source does not have the newest rows',
);

/** While the target has the writes. */
export const askReverse: Reaction = (state, command, moment) => {
  if (command.options.acceptLoss === true) return givingUpTarget(state, command, moment);
  // Where the target that is being given up was having its end, the source may have no tables any more to go back to.
  if (state.wish?.direction === 'reverse' && state.wish.completion !== undefined) {
    return notKeptUp(state, command, moment);
  }
  const gone = targetOutage(state);
  if (gone !== null) return isRefused(state, moment, 'TARGET_UNREACHABLE', gone);
  const { source } = state.unreachable;
  if (source !== null) return isRefused(state, moment, 'SOURCE_UNREACHABLE', { ...source, command: command.name });
  if (state.terms?.reverseReplication === false) {
    return withoutReverse(state, command, moment);
  }
  const wish: Wish = { direction: 'reverse', acceptLoss: false, reason: command.reason };
  return wished(state, wish, moment);
};

function wished(state: MoveState, wish: Wish, moment: Moment, note = ''): Reacted {
  const counted = countedFrom(state, moment.atMs);
  const next: MoveState = { ...counted, trouble: null, wish, autoSwitchOver: true, autoCompleteOver: true };
  return isAccepted(next, moment, `${note}Reads and writes go back to the source. ${whenItStarts(next, moment)}`);
}

/** A decision about data, so that the target is asked first. */
const givingUpTarget: Reaction = withReason((state, command, moment) => {
  const { sight, atMs } = moment;
  if (sight === null) return { state, waitsFor: 'probe' };
  const isLost = lostSwitch(state) === 'target' || state.unresolved?.missing?.includes('target') === true;
  if (sight.target === null && !isLost) {
    return isRefused(state, moment, 'TARGET_ANSWERS', { problem: 'the probe reached it' });
  }
  const reason = command.reason ?? '';
  const { unresolved } = state;
  if (unresolved === null) {
    // A decision comes before a pause, and before an end that the target can have no part in any more.
    const freed: MoveState = { ...state, completion: null, pauseReasons: [], paused: null, retrying: null };
    const lost = isLost ? { isLost } : {};
    // Asked for twice, it still takes the place of the same end.
    const { completion } = withdrawn(state);
    const instead = completion === null ? {} : { completion };
    const wish: Wish = { direction: 'reverse', acceptLoss: true, reason, ...lost, ...instead };
    return wished(freed, wish, moment, isPaused(state) ? 'The pause ends with it. ' : '');
  }
  const { sourceGivenUp: _before, ...rest } = unresolved;
  const given = { ...rest, acceptLoss: { reason }, againAtMs: atMs };
  return { state: { ...state, trouble: null, unresolved: given }, waitsFor: 'attempt' };
});

export const notKeptUp = refusal('the move is being completed, and the source is not kept up to date any more');

/** A target that is gone before it has ended can be given up as long as the tables of the source are there. */
export const reverseWhileCompleting: Reaction = (state, command, moment) =>
  command.options.acceptLoss === true ? givingUpTarget(state, command, moment) : notKeptUp(state, command, moment);

export const reverseRuns: Reaction = (state, command, moment) =>
  command.options.acceptLoss === true
    ? refusal('an attempt to reverse runs; acceptLoss is possible once it has ended')(state, command, moment)
    : isAccepted(state, moment, 'An attempt to reverse runs already; its end is in the status.');

/** Where a person is waited for: giving the target up is among the choices, and so is taking reads back. */
export const reverseInTrouble: Reaction = (state, command, moment) => {
  const lost = command.options.acceptLoss === true;
  if (lost && (state.unresolved !== null || state.traffic.writes === 'target')) {
    return givingUpTarget(state, command, moment);
  }
  if (state.completion !== null || state.stop !== null) return comesTooLate(state, command, moment);
  if (state.unresolved === null && state.traffic.writes === 'source') return takeBack(state, command, moment);
  return refusal('a person is waited for; send retry first')(state, command, moment);
};
