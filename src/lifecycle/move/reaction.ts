/** What a command does to a move: the types, and the reactions that only answer. */
import type { ErrorCode, ErrorFacts } from '../../errors/switchyard-error.js';
import { accepted, done, refused } from '../operation/answers.js';
import type { Answer } from '../operation/state.js';
import { notPossible, tooLateFor } from './answers.js';
import type { MoveCommand } from './command.js';
import type { Sight } from './event.js';
import type { MoveState, PendingCommand } from './state.js';

/** When a command is judged, and what a probe for it has just seen; null where none was made. */
export interface Moment {
  readonly atMs: number;
  readonly sight: Sight | null;
}

/** The state after a command, and its answer or what that waits for. */
export type Reacted =
  | { readonly state: MoveState; readonly answer: Answer }
  | { readonly state: MoveState; readonly waitsFor: PendingCommand['waitsFor'] };

export type Reaction = (state: MoveState, command: MoveCommand, moment: Moment) => Reacted;

/** Carried out. */
export function isDone(state: MoveState, { atMs }: Moment, message: string): Reacted {
  return { state, answer: done(atMs, message) };
}

/** Recorded; the message says when it takes effect. */
export function isAccepted(state: MoveState, { atMs }: Moment, message: string): Reacted {
  return { state, answer: accepted(atMs, message) };
}

/** Refused with an error of the catalogue; nothing is changed. */
export function isRefused(state: MoveState, { atMs }: Moment, code: ErrorCode, facts: ErrorFacts): Reacted {
  return { state, answer: refused(atMs, code, facts) };
}

/** Refused because of the phase; `problem` ends the sentence. */
export function refusal(problem: string): Reaction {
  return (state, command, { atMs }) => ({ state, answer: notPossible(state, command, atMs, problem) });
}

/** Refused while the writes go to the source. */
export const writesNotSwitched: Reaction = (state, command, moment) =>
  isRefused(state, moment, 'WRITES_NOT_SWITCHED', { command: command.name });

/** The move has ended, or is about to. */
export const comesTooLate: Reaction = (state, command, { atMs }) => ({
  state,
  answer: tooLateFor(state, command.name, atMs) ?? notPossible(state, command, atMs, 'the move has ended'),
});

/** For a trouble that may come after the decision to end: too late then, else `reaction`. */
export function unlessEnding(reaction: Reaction): Reaction {
  return (state, command, moment) =>
    state.completion !== null || state.stop !== null
      ? comesTooLate(state, command, moment)
      : reaction(state, command, moment);
}

/** Stops the attempt: does what `reaction` does, and leaves the answer to the attempt's word. */
export function stoppingTheAttempt(reaction: Reaction): Reaction {
  return (state, command, moment) => ({ state: reaction(state, command, moment).state, waitsFor: 'attempt' });
}

/** `reaction` where a reason was given. */
export function withReason(reaction: Reaction): Reaction {
  return (state, command, moment) =>
    (command.reason ?? '').trim() === ''
      ? isRefused(state, moment, 'REASON_MISSING', { command: command.name })
      : reaction(state, command, moment);
}
