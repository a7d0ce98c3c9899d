/** Answers on their way to their callers and to the audit log (P9). */
import type { Answer, OutboxEntry } from '../state.js';
import type { MoveCommand } from './command.js';
import type { MoveState } from './state.js';

/** The state in which `command` has its answer. */
export function answered(state: MoveState, command: MoveCommand, answer: Answer): MoveState {
  const { id, name, via, by, reason, options } = command;
  const entry: OutboxEntry = {
    id,
    command: options.dryRun === true ? `${name} (dry run)` : name,
    via,
    by,
    reason,
    answer,
  };
  return { ...state, outbox: [...state.outbox, entry], lastCommand: { ...answer, command: name, via } };
}

/** The state in which something that no command asked for is on record. */
export function recorded(state: MoveState, command: string, reason: string, answer: Answer): MoveState {
  const entry: OutboxEntry = { id: null, command, via: 'system', by: null, reason, answer };
  return { ...state, outbox: [...state.outbox, entry] };
}
