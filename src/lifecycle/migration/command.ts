/** The commands of a migration, as the lifecycle knows them. */
import { operationCommandNames, type OperationCommand } from '../operation/command.js';

export const commandNames = [...operationCommandNames, 'postpone', 'resume', 'forceCutOver'] as const;
export type CommandName = (typeof commandNames)[number];

/** A command that was understood. */
export interface Command extends OperationCommand<CommandName> {
  /** Only of `resume`. */
  readonly ignoreWindow: boolean;
  /** Fields that the design has and that are not built: the command is refused by their names. */
  readonly notBuilt: readonly string[];
}
