/** The commands of a migration, as the lifecycle knows them. */
import { operationCommandNames, type OperationCommand } from '../operation/command.js';

/** What `setCutOver` changes; what is absent stays. */
export interface CutOverChange {
  readonly lockTimeoutMs?: number | undefined;
  readonly maxAttempts?: number | undefined;
  readonly backoffMs?: readonly number[] | undefined;
}

export const commandNames = [...operationCommandNames, 'postpone', 'resume', 'setCutOver', 'forceCutOver'] as const;
export type CommandName = (typeof commandNames)[number];

/** A command that was understood. */
export interface Command extends OperationCommand<CommandName> {
  /** Only of `setCutOver`. */
  readonly change: CutOverChange;
  /** Fields that the design has and that are not built: the command is refused by their names. */
  readonly notBuilt: readonly string[];
}
