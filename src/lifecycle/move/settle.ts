/** What follows from a state whatever led to it: what happens by itself, and the answers that were waited for. */
import { accepted, done, lastAttemptSentence } from '../operation/answers.js';
import { answered, recorded } from '../operation/outbox.js';
import { isoTime } from '../operation/state.js';
import { answerAfterAttempt } from './answers.js';
import { attemptsUsedUp, countedFrom } from './back-off.js';
import { react } from './commands.js';
import {
  attemptInFlight,
  isAttemptRetried,
  isReady,
  isReverseCaughtUp,
  isRouted,
  withdrawn,
  withTraffic,
  writesOnTarget,
} from './facts.js';
import { withoutPast } from '../operation/complete-at.js';
import { isPaused } from '../operation/facts.js';
import type { MoveState } from './state.js';

/** Takes the time in milliseconds since 1970. */
export function settle(state: MoveState, atMs: number): MoveState {
  const settled = completedBySystem(
    switchedBySystem(gaveUp(lapsed(home(withoutPast(state, atMs)), atMs), atMs), atMs),
    atMs,
  );
  return withoutAttempt(answerPending(settled, atMs));
}

/** An attempt that failed is not tried again where none is wanted any more. */
function withoutAttempt(state: MoveState): MoveState {
  const { wish, unresolved, stop, completion } = state;
  if (!isAttemptRetried(state) || unresolved !== null) return state;
  const isWanted = wish !== null && stop === null && completion === null && !isPaused(state);
  return isWanted ? state : { ...state, retrying: null };
}

/** A move that ends before its writes are switched leaves no reads on the target. */
function home(state: MoveState): MoveState {
  if (state.stop === null || state.unresolved !== null || attemptInFlight(state) !== null) return state;
  return withTraffic({ ...state, wish: null }, { reads: 'source', writes: 'source' });
}

/** Who gave the target up thought that it was gone. It answers again before anything was done, so that nothing is lost. */
function lapsed(state: MoveState, atMs: number): MoveState {
  const { wish, unreachable, terms } = state;
  if (wish?.direction !== 'reverse' || !wish.acceptLoss || wish.isLost || unreachable.target !== null) return state;
  if (attemptInFlight(state) !== null || state.unresolved !== null) return state;
  const ends = wish.completion !== undefined;
  const goesOn = !ends && terms?.reverseReplication !== false;
  const instead = ends ? 'it is completed' : 'without reverse replication nothing is reversed';
  const what = goesOn ? 'it is reversed without any loss' : instead;
  const why = ends ? 'The target answers again, or has had its end' : 'The target answers again';
  const answer = done(atMs, `${why}: acceptLoss has lapsed, and ${what}.`);
  const next: MoveState = goesOn ? { ...state, wish: { ...wish, acceptLoss: false } } : withdrawn(state);
  return recorded(next, 'reverseTraffic', 'the target answers again', answer);
}

/** Attempts are used up: off, with the last reason and the blockers named, until somebody asks again (P3). */
function gaveUp(state: MoveState, atMs: number): MoveState {
  const { wish, unresolved, trouble } = state;
  const busy = attemptInFlight(state) !== null || unresolved !== null || trouble !== null;
  if (wish === null || busy || !attemptsUsedUp(state)) return state;
  const reason = `${state.attemptsSinceAsked} attempts are used up; ${lastAttemptSentence(state)}`;
  const command = wish.direction === 'forward' ? 'switchTraffic' : 'reverseTraffic';
  const given = { direction: wish.direction, reason, since: isoTime(atMs) };
  const answer = done(atMs, `No further attempt until ${command}: ${reason}`);
  return recorded({ ...withdrawn(state), gaveUp: given }, command, reason, answer);
}

/** Whether nothing and nobody stands in the way of what happens by itself. */
function unattended(state: MoveState): boolean {
  const ending = state.stop !== null || state.completion !== null;
  const trouble = state.trouble !== null || state.routeTrouble !== null || state.unresolved !== null;
  return state.wish === null && !ending && !trouble;
}

function switchedBySystem(state: MoveState, atMs: number): MoveState {
  if (state.terms?.autoSwitch !== true || state.autoSwitchOver) return state;
  if (writesOnTarget(state) || !isReady(state) || !unattended(state)) return state;
  const wish = { direction: 'forward', reads: true, writes: true } as const;
  const next: MoveState = { ...countedFrom(state, atMs), wish, autoSwitchOver: true };
  return recorded(next, 'switchTraffic', 'started with autoSwitch', accepted(atMs, 'Attempts start now.'));
}

/** Only where the move could still be taken back, and the source can be left in good order. */
function completedBySystem(state: MoveState, atMs: number): MoveState {
  if (state.terms?.autoComplete !== true || state.autoCompleteOver) return state;
  const all = writesOnTarget(state) && state.traffic.reads === 'target' && isRouted(state);
  const reverseRuns = isReverseCaughtUp(state) || !state.terms.reverseReplication;
  const answers = state.unreachable.source === null && state.unreachable.target === null;
  if (!all || !reverseRuns || !answers || isPaused(state) || !unattended(state)) return state;
  const completion = { kind: 'complete', by: 'system', at: isoTime(atMs), done: false } as const;
  const next: MoveState = { ...state, completion, autoCompleteOver: true };
  return recorded(next, 'complete', 'started with autoComplete', accepted(atMs, 'Completing.'));
}

/** A command that waits for an attempt has its word now; one that waits for a probe may have become pointless. */
function answerPending(state: MoveState, atMs: number): MoveState {
  let next = state;
  const inFlight = attemptInFlight(state) !== null;
  for (const entry of state.pending) {
    const { command, waitsFor } = entry;
    if (waitsFor === 'attempt' && inFlight) continue;
    const without: MoveState = { ...next, pending: next.pending.filter((other) => other !== entry) };
    if (waitsFor === 'attempt') {
      next = answered(without, command, answerAfterAttempt(without, entry, atMs));
      continue;
    }
    const reacted = react(without, command, { atMs, sight: null });
    if ('answer' in reacted) next = answered(reacted.state, command, reacted.answer);
  }
  return next;
}
