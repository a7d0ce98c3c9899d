/** What commands do. Which of these applies in which phase is the table in commands.ts. */
import { grantsToTakeOver } from '../../limits/lifecycle.js';
import { notAllowed, tooLate } from './answers.js';
import { accepted, cancelling, done, refused } from '../operation/answers.js';
import { attemptsUsedUp } from './back-off.js';
import type { Command } from './command.js';
import type { MigrationState } from './state.js';
import type { Answer } from '../operation/state.js';
import { attemptInFlight, cutOverSettings, isReady } from './facts.js';
import { isoTime } from '../operation/state.js';

/** The state after a command, and its answer; null when the answer waits for the attempt in flight. */
export interface Reacted {
  readonly state: MigrationState;
  readonly answer: Answer | null;
}

export type Reaction = (state: MigrationState, command: Command, atMs: number) => Reacted;

/** For phases that may come after the decision to end: too late then, else `reaction`. */
export function unlessEnding(reaction: Reaction): Reaction {
  return (state, command, atMs) => {
    const answer = tooLate(state, command.name, atMs);
    return answer === undefined ? reaction(state, command, atMs) : { state, answer };
  };
}

/** The migration has ended, or is about to. */
export const comesTooLate: Reaction = (state, command, atMs) => ({
  state,
  answer: tooLate(state, command.name, atMs) ?? notAllowed(state, command, atMs, 'the migration has ended'),
});

export const isNotBuilt: Reaction = (state, command, atMs) => ({
  state,
  answer: refused(atMs, 'NOT_BUILT_YET', { what: `Command ${command.name}` }),
});

export const launch: Reaction = (state, _command, atMs) => ({
  state: { ...state, launchAsked: true },
  answer: done(atMs, state.launchAsked ? 'Launched already.' : 'Launched: it starts now.'),
});

export const isLaunched: Reaction = (state, _command, atMs) => ({
  state,
  answer: done(atMs, 'Launched already; nothing was changed.'),
});

export const holdBack: Reaction = (state, command, atMs) => {
  const already = state.postponed?.by === 'operator';
  const postponed = {
    by: 'operator',
    reason: command.reason ?? (already ? state.postponed.reason : 'asked by an operator'),
    since: already ? state.postponed.since : isoTime(atMs),
  } as const;
  const what = already ? `Held back since ${postponed.since}` : 'Held back';
  const message = isReady(state)
    ? `${what}: no cut-over attempt starts until resume. Following goes on.`
    : `${what} once ready: the work goes on, and no cut-over attempt starts until resume.`;
  return { state: { ...state, postponed }, answer: done(atMs, message) };
};

export const allow: Reaction = (state, _command, atMs) => {
  const was = state.postponed === null ? 'It was not held back' : 'The completion is allowed';
  const next: MigrationState = {
    ...state,
    resumeAsked: true,
    postponed: null,
    attemptsSinceResume: 0,
    backOffSinceMs: state.backOffSinceMs === null ? null : atMs,
  };
  const when = isReady(state) ? 'the attempts are counted from here' : 'attempts start once it is ready';
  return { state: next, answer: done(atMs, `${was}; ${when}.`) };
};

export const pause: Reaction = (state, command, atMs) => {
  const already = state.pauseReasons.length > 0;
  const paused = {
    by: 'operator',
    reason: command.reason ?? state.paused?.reason ?? null,
    since: state.paused?.since ?? isoTime(atMs),
  } as const;
  const next: MigrationState = { ...state, pauseReasons: ['operator'], paused };
  if (already) return { state: next, answer: done(atMs, 'Paused already; unpause goes on.') };
  const answer =
    state.running === null
      ? done(atMs, 'Paused; unpause goes on.')
      : accepted(atMs, 'Pausing: what runs ends at its next safe point, and nothing else starts until unpause.');
  return { state: next, answer };
};

export const unpause: Reaction = (state, _command, atMs) => ({
  state: { ...state, pauseReasons: [], paused: null },
  answer: done(atMs, state.pauseReasons.length > 0 ? 'It goes on.' : 'It was not paused; nothing was changed.'),
});

export const changeCutOver: Reaction = (state, command, atMs) => {
  if (command.notBuilt.length > 0) {
    const what = `setCutOver with ${command.notBuilt.join(', ')}`;
    return { state, answer: refused(atMs, 'NOT_BUILT_YET', { what }) };
  }
  const given = Object.fromEntries(Object.entries(command.change).filter(([, value]) => value !== undefined));
  const next: MigrationState = { ...state, cutOverChange: { ...state.cutOverChange, ...given } };
  if (next.terms === null) return { state: next, answer: accepted(atMs, 'Recorded: it applies to every attempt.') };
  const { lockTimeoutMs, maxAttempts, backoffMs } = cutOverSettings(next.terms, next.cutOverChange);
  const limits = `lockTimeoutMs ${lockTimeoutMs}, maxAttempts ${maxAttempts}, backoffMs ${backoffMs.join(', ')}`;
  const held = next.postponed?.by === 'system' && !attemptsUsedUp(next) ? ' It stays postponed until resume.' : '';
  const answer = attemptInFlight(state)
    ? accepted(atMs, `From the next attempt on: ${limits}.`)
    : done(atMs, `The limits are now: ${limits}.${held}`);
  return { state: next, answer };
};

/** From the last safe point. Whoever says so after another run has taken over takes over from that one. */
export const goOnFromTrouble: Reaction = (state, _command, atMs) => ({
  state: {
    ...state,
    grant: state.trouble?.code === 'FENCED' ? state.grant + grantsToTakeOver : state.grant,
    trouble: null,
    attemptsSinceResume: 0,
    backOffSinceMs: state.backOffSinceMs === null ? null : atMs,
    lastAttempt: null,
  },
  answer: accepted(atMs, triedAgainWords(state)),
});

function triedAgainWords({ unresolved, swap, stop }: MigrationState): string {
  if (unresolved !== null) return 'It is looked again whether the last attempt swapped.';
  if (swap !== null) return 'It is tried again to close the records.';
  if (stop !== null) return 'It is tried again to remove what was made.';
  return 'Tried again from the last safe point; the attempts are counted from here.';
}

/** Now instead of at its time; `otherwise` where nothing has failed. */
export function retryNow(otherwise: Reaction): Reaction {
  return (state, command, atMs) => {
    const { retrying, running } = state;
    if (retrying === null) return otherwise(state, command, atMs);
    const answer = accepted(atMs, running === null ? 'It is tried again now.' : 'It is being tried again already.');
    return { state: { ...state, retrying: { ...retrying, nextAtMs: Math.min(retrying.nextAtMs, atMs) } }, answer };
  };
}

export const nothingToRetry: Reaction = (state, command, atMs) => ({
  state,
  answer: notAllowed(state, command, atMs, 'nothing waits for an operator'),
});

/**
 * Stops for good. With an attempt in flight (also one that a person looks into) the answer waits for its word. What ends
 * already and cannot be ended properly ends as it is.
 */
export const cancel: Reaction = (state, command, atMs) => {
  if (cannotBeEnded(state)) return leaveBehind(state, atMs);
  if (state.swap !== null) return comesTooLate(state, command, atMs);
  const stop = state.stop ?? { kind: 'cancelled', by: 'operator', reason: command.reason, at: isoTime(atMs) };
  const next: MigrationState = { ...state, stop, trouble: null, retrying: null };
  if (attemptInFlight(next)) return { state: next, answer: null };
  if (stop.kind === 'failed') return { state: next, answer: tooLate(next, command.name, atMs) ?? null };
  return { state: next, answer: accepted(atMs, cancelling) };
};

/** The same for what has ended or is about to: `otherwise` where it ends well. */
export function cancelOr(otherwise: Reaction): Reaction {
  return (state, command, atMs) => (cannotBeEnded(state) ? leaveBehind(state, atMs) : otherwise(state, command, atMs));
}

/** Whether what ends it (after a swap or a stop) fails; what is merely unclear is looked into once more first. */
function cannotBeEnded({ swap, stop, trouble, retrying, unresolved }: MigrationState): boolean {
  if (swap === null && stop === null) return false;
  const isUnclear = unresolved !== null && trouble?.code === 'OUTCOME_UNCLEAR';
  return (trouble !== null && !isUnclear) || retrying !== null;
}

/** Ends although the server cannot be reached: whose workflow is gone is cleaned up after by the next one (P4). */
function leaveBehind(state: MigrationState, atMs: number): Reacted {
  const why = (state.trouble ?? state.retrying?.last)?.message ?? 'it was given up';
  const sentence = `${leftWords(state)} (${why}): the next operation on the table sees to that, or reconcile.`;
  const next = { ...state, closed: true, trouble: null, retrying: null, unresolved: null, leftBehind: [sentence] };
  return { state: next, answer: accepted(atMs, `It ends as it is. ${sentence}`) };
}

function leftWords({ swap, unresolved }: MigrationState): string {
  if (swap !== null) return 'The records of the migration are still open';
  if (unresolved !== null) return 'It was not found out whether the last attempt swapped, and nothing was removed';
  return 'What was made for the migration was not removed';
}

export const isCancelled: Reaction = (state, _command, atMs) => ({
  state,
  answer: done(atMs, `Cancelled already, at ${state.stop?.at ?? isoTime(atMs)}.`),
});

export const verifyAgain: Reaction = (state, _command, atMs) => {
  const when = isReady(state) ? 'now' : 'when the copy and its indexes are done, before any attempt';
  const hold = state.pauseReasons.length > 0 ? ', once it goes on after unpause' : '';
  const trouble = state.trouble === null ? '' : ', after retry';
  return {
    state: { ...state, verifyRequested: true },
    answer: accepted(atMs, `Verification runs ${when}${hold}${trouble}; its end is in the status.`),
  };
};

export const noVerificationNow: Reaction = (state, command, atMs) => ({
  state,
  answer: notAllowed(state, command, atMs, 'a cut-over attempt runs; postpone it first'),
});

/** Stops the attempt: does what `reaction` does, and leaves the answer to the attempt's word. */
export function stoppingTheAttempt(reaction: Reaction): Reaction {
  return (state, command, atMs) => ({ state: reaction(state, command, atMs).state, answer: null });
}
