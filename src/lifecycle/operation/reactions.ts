/**
 * What a command does to an operation: the types, and the reactions that every kind has. Which of these applies in which
 * phase is the table of each kind (its commands.ts).
 */
import { grantsToTakeOver } from '../../limits/lifecycle.js';
import type { ErrorCode, FactsOf } from '../../errors/switchyard-error.js';
import { changedThrottle, throttleWords } from '../../throttle/limits.js';
import { accepted, done, notAllowed, refused, tooLate } from './answers.js';
import type { OperationCommand } from './command.js';
import { isPaused } from './facts.js';
import type { Kind } from './kind.js';
import { changedLimits, limitsWords } from './limits.js';
import type { OperationState } from './operation.js';
import { joined } from './sentences.js';
import { isoTime, type Answer } from './state.js';
import { windowProblem } from './window.js';

/** When a command is judged. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** The state after a command, and its answer or what that waits for: the word on an attempt, or on a server. */
export type Reacted<State> =
  | { readonly state: State; readonly answer: Answer }
  | { readonly state: State; readonly waitsFor: 'attempt' | 'probe' };

export type Reaction<State, Command extends OperationCommand = OperationCommand, When extends Moment = Moment> = (
  state: State,
  command: Command,
  moment: When,
) => Reacted<State>;

/** Carried out. */
export function isDone<State>(state: State, { atMs }: Moment, message: string): Reacted<State> {
  return { state, answer: done(atMs, message) };
}

/** Recorded; the message says when it takes effect. */
export function isAccepted<State>(state: State, { atMs }: Moment, message: string): Reacted<State> {
  return { state, answer: accepted(atMs, message) };
}

/** Refused with an error of the catalogue; nothing is changed. */
export function isRefused<State, Code extends ErrorCode>(
  state: State,
  { atMs }: Moment,
  code: Code,
  facts: FactsOf<Code>,
): Reacted<State> {
  return { state, answer: refused(atMs, code, facts) };
}

/** Refused because of the phase; `problem` ends the sentence. */
export function refusal<State>(kind: Kind<State>, problem: string): Reaction<State> {
  return (state, { name }, { atMs }) => ({ state, answer: notAllowed(kind, state, name, atMs, problem) });
}

/** It has ended, or is about to. */
export function comesTooLate<State>(kind: Kind<State>): Reaction<State> {
  const ended = refusal(kind, `the ${kind.noun} has ended`);
  return (state, command, moment) => {
    const answer = tooLate(kind, state, command.name, moment.atMs);
    return answer === undefined ? ended(state, command, moment) : { state, answer };
  };
}

/** For phases that may come after the decision to end: too late then, else `reaction`. */
export function unlessEnding<State, Command extends OperationCommand, When extends Moment>(
  kind: Kind<State>,
  reaction: Reaction<State, Command, When>,
): Reaction<State, Command, When> {
  const late = comesTooLate(kind);
  return (state, command, moment) => (kind.ending(state) === undefined ? reaction : late)(state, command, moment);
}

/** Stops the attempt: does what `reaction` does, and leaves the answer to the attempt's word. */
export function stoppingTheAttempt<State, Command extends OperationCommand, When extends Moment>(
  reaction: Reaction<State, Command, When>,
): Reaction<State, Command, When> {
  return (state, command, moment) => ({ state: reaction(state, command, moment).state, waitsFor: 'attempt' });
}

/** `reaction` where a reason was given. */
export function withReason<State, Command extends OperationCommand, When extends Moment>(
  reaction: Reaction<State, Command, When>,
): Reaction<State, Command, When> {
  return (state, command, moment) =>
    (command.reason ?? '').trim() === ''
      ? isRefused(state, moment, 'REASON_MISSING', { command: command.name })
      : reaction(state, command, moment);
}

export function launch<State extends OperationState>(state: State, _command: unknown, moment: Moment): Reacted<State> {
  const message = state.launchAsked ? 'Launched already.' : 'Launched: it starts now, if it waited for that.';
  return isDone({ ...state, launchAsked: true }, moment, message);
}

export function isLaunched<State>(state: State, _command: unknown, moment: Moment): Reacted<State> {
  return isDone(state, moment, 'Launched already; nothing was changed.');
}

/** Said again it keeps its time, and takes the newer reason. */
export function pause<State extends OperationState>(kind: Kind<State>): Reaction<State> {
  return (state, command, moment) => {
    const paused = {
      by: 'operator',
      reason: command.reason ?? state.paused?.reason ?? null,
      since: state.paused?.since ?? isoTime(moment.atMs),
    } as const;
    const next: State = { ...state, pauseReasons: ['operator'], paused };
    if (isPaused(state)) return isDone(next, moment, 'Paused already; unpause goes on.');
    if (kind.isIdle(state)) return isDone(next, moment, 'Paused; unpause goes on.');
    const message = 'Pausing: what runs ends at its next safe point, and nothing else starts until unpause.';
    return isAccepted(next, moment, message);
  };
}

export function unpause<State extends OperationState>(state: State, _command: unknown, moment: Moment): Reacted<State> {
  const message = isPaused(state) ? 'It goes on.' : 'It was not paused; nothing was changed.';
  return isDone({ ...state, pauseReasons: [], paused: null }, moment, message);
}

export function verifyAgain<State extends OperationState>(kind: Kind<State>): Reaction<State> {
  return (state, _command, moment) => {
    const when = kind.isReady(state) ? 'now' : 'when the copy and its indexes are done, before any attempt';
    const hold = isPaused(state) ? ', once it goes on after unpause' : '';
    const trouble = state.trouble === null ? '' : ', after retry';
    const message = `Verification runs ${when}${hold}${trouble}; its end is in the status.`;
    return isAccepted({ ...state, verifyRequested: true }, moment, message);
  };
}

/** Now instead of at its time; `otherwise` where nothing has failed. */
export function retryNow<State extends OperationState, Command extends OperationCommand, When extends Moment>(
  kind: Kind<State>,
  otherwise: Reaction<State, Command, When>,
): Reaction<State, Command, When> {
  return (state, command, moment) => {
    const { retrying } = state;
    if (retrying === null) return otherwise(state, command, moment);
    const message = kind.isIdle(state) ? 'It is tried again now.' : 'It is being tried again already.';
    const nextAtMs = Math.min(retrying.nextAtMs, moment.atMs);
    return isAccepted({ ...state, retrying: { ...retrying, nextAtMs } }, moment, message);
  };
}

/** From the last safe point: whoever says so after another run has taken over takes over from that one. */
export function goneOn<State extends OperationState>(state: State): State {
  const grant = state.trouble?.code === 'FENCED' ? state.grant + grantsToTakeOver : state.grant;
  return { ...state, grant, trouble: null, lastAttempt: null };
}

export function isCancelled<State extends OperationState>(
  state: State,
  _command: unknown,
  moment: Moment,
): Reacted<State> {
  return isDone(state, moment, `Cancelled already, at ${state.stop?.at ?? isoTime(moment.atMs)}.`);
}

/** What is not given stays, and null takes a limit off. */
export function setThrottle<State extends OperationState>(
  state: State,
  command: Pick<OperationCommand, 'throttle'>,
  moment: Moment,
): Reacted<State> {
  const throttle = changedThrottle(state.throttle, command.throttle);
  return isDone({ ...state, throttle }, moment, `The limits are now: ${throttleWords(throttle.limits) ?? 'none'}.`);
}

/** What is not given stays. An attempt that runs keeps what it was given. @param note what else there is to say. */
export function setLimits<State extends OperationState>(
  kind: Kind<State>,
  note: (next: State) => string | null,
): Reaction<State> {
  return (state, { limits: given }, moment) => {
    // What was seen of the window was seen with the limits before.
    const next: State = { ...state, limitsChange: changedLimits(state.limitsChange, given), window: null };
    const limits = kind.limitsOf(next);
    if (limits === null) return isAccepted(next, moment, 'Recorded: it applies to every attempt.');
    const problem = windowProblem(limits);
    if (problem !== null) return isRefused(state, moment, 'INVALID_INPUT', { problem: `setLimits: ${problem}` });
    const words = limitsWords(limits);
    if (kind.isAttempting(state)) return isAccepted(next, moment, `From the next attempt on: ${words}.`);
    return isDone(next, moment, joined(`The limits are now: ${words}.`, note(next)) ?? '');
  };
}
