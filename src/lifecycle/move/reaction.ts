/** What a command does to a move: the types, and the reactions that only answer. */
import type { Sight } from '../../domain/servers.js';
import * as kernel from '../operation/reactions.js';
import type { MoveCommand } from './command.js';
import { move } from './kind.js';
import type { MoveState } from './state.js';

/** When a command is judged, and what a probe for it has just seen; null where none was made. */
export interface Moment extends kernel.Moment {
  readonly sight: Sight | null;
}

export type Reacted = kernel.Reacted<MoveState>;
export type Reaction = kernel.Reaction<MoveState, MoveCommand, Moment>;

export const refusal = (problem: string): Reaction => kernel.refusal(move, problem);
export const comesTooLate: Reaction = kernel.comesTooLate(move);
export const unlessEnding = (reaction: Reaction): Reaction => kernel.unlessEnding(move, reaction);

/** Refused while the writes go to the source. */
export const writesNotSwitched: Reaction = (state, command, moment) =>
  kernel.isRefused(state, moment, 'WRITES_NOT_SWITCHED', { command: command.name });
