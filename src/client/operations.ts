/** The handles of the workflows of ours: both kinds of operation, and what is left to drop after one. */
import type { z } from 'zod';
import { onlineDdlCommandSchemas } from '../contract/migration/commands.js';
import type { OnlineDdlResult } from '../contract/migration/input.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../contract/migration/status.js';
import { moveCommandSchemas } from '../contract/move/commands.js';
import type { MoveTablesResult } from '../contract/move/input.js';
import type { MoveTablesDoctor, MoveTablesPlan, MoveTablesStatus } from '../contract/move/status.js';
import {
  tableCleanupCommandSchemas,
  type TableCleanupResult,
  type TableCleanupStatus,
} from '../contract/retained-table.js';
import type { ProgressHeartbeat } from '../domain/progress.js';
import type { OperationKind } from '../domain/residual.js';
import { commandMethods, WorkflowOfOurs, type CommandMethods, type CommandSchemas, type HandleOf } from './handle.js';
import { readProgress } from './progress.js';
import { summaryOf, type OperationSummary } from './summary.js';

/** An operation, whatever its kind. */
class Operation<
  Kind extends OperationKind,
  Schemas extends CommandSchemas,
  Status extends { readonly phase: string },
  Plan,
  Result,
> extends WorkflowOfOurs<Kind, Schemas, Status, Result> {
  /** What is done, in which order and with which limits. */
  plan(): Promise<Plan> {
    return this.query<Plan>('plan');
  }

  /** What Temporal knows of it: no worker is asked. @throws UNKNOWN_WORKFLOW and others of the catalogue. */
  summary(): Promise<OperationSummary> {
    return this.about('the description', async (handle) => summaryOf(await handle.describe(), this.kind));
  }

  /** How far the work is that runs now; undefined where none does, or where a codec hides it. */
  progress(): Promise<ProgressHeartbeat | undefined> {
    return this.about('the progress', readProgress);
  }
}

class Move extends Operation<
  'moveTables',
  typeof moveCommandSchemas,
  MoveTablesStatus,
  MoveTablesPlan,
  MoveTablesResult
> {
  /** What stays behind, as far as the move knows. */
  doctor(): Promise<MoveTablesDoctor> {
    return this.query<MoveTablesDoctor>('doctor');
  }
}

/** `forceCutOver` is refused by name until it is built. */
type MigrationCommands = Omit<typeof onlineDdlCommandSchemas, 'forceCutOver'>;

/** A schema change: `status`, `plan`, `result`, `follow`, `waitFor`, and a method for each of its commands. */
export type MigrationHandle = Operation<
  'onlineDdl',
  typeof onlineDdlCommandSchemas,
  OnlineDdlStatus,
  OnlineDdlPlan,
  OnlineDdlResult
> &
  CommandMethods<MigrationCommands>;

/** A move of tables. */
export type MoveHandle = Move & CommandMethods<typeof moveCommandSchemas>;

/** The clean-up of retained tables. */
export type TableCleanupHandle = WorkflowOfOurs<
  'tableCleanup',
  typeof tableCleanupCommandSchemas,
  TableCleanupStatus,
  TableCleanupResult
> &
  CommandMethods<typeof tableCleanupCommandSchemas>;

export function migrationHandle(of: HandleOf<'onlineDdl'>): MigrationHandle {
  const { forceCutOver: _notBuilt, ...schemas } = onlineDdlCommandSchemas;
  const operation = new Operation<
    'onlineDdl',
    typeof onlineDdlCommandSchemas,
    OnlineDdlStatus,
    OnlineDdlPlan,
    OnlineDdlResult
  >(of);
  return Object.assign(operation, commandMethods<MigrationCommands>(schemas, operation));
}

export function moveHandle(of: HandleOf<'moveTables'>): MoveHandle {
  const operation = new Move(of);
  return Object.assign(operation, commandMethods(moveCommandSchemas, operation));
}

export function tableCleanupHandle(of: HandleOf<'tableCleanup'>): TableCleanupHandle {
  const cleanup = new WorkflowOfOurs<
    'tableCleanup',
    typeof tableCleanupCommandSchemas,
    TableCleanupStatus,
    TableCleanupResult
  >(of);
  return Object.assign(cleanup, commandMethods(tableCleanupCommandSchemas, cleanup));
}

/** What a command of a migration takes, by its name. */
export type MigrationCommandInput<Name extends keyof typeof onlineDdlCommandSchemas> = NonNullable<
  z.infer<(typeof onlineDdlCommandSchemas)[Name]>
>;

/** What a command of a move takes, by its name. */
export type MoveCommandInput<Name extends keyof typeof moveCommandSchemas> = NonNullable<
  z.infer<(typeof moveCommandSchemas)[Name]>
>;
