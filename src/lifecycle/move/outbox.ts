import { answered } from '../operation/outbox.js';
import type { Answer } from '../operation/state.js';
import type { MoveCommand } from './command.js';
import type { MoveState } from './state.js';

/** The state in which `command` has its answer; the audit log says where it was only a dry run. */
export function commandAnswered(state: MoveState, command: MoveCommand, answer: Answer): MoveState {
  const { name, options } = command;
  return answered(state, command, answer, options.dryRun === true ? `${name} (dry run)` : name);
}
