import { z } from 'zod';
import type { TableCleanupPhase } from '../lifecycle/retained-table.js';
import type { LastCommand } from './operation/commands.js';
import type { RetryingStatus } from './operation/status.js';
import { commonFields, plain } from './operation/commands.js';

/**
 * What starts the clean-up of the retained tables of one operation on one cluster; `onlineDdl`, `moveTables` and `reconcile`
 * start it. Read by `readCleanupInput`, in the workflow: a history that has begun with it replays by that.
 */
export interface TableCleanupInput {
  readonly cluster: string;
  readonly database: string;
  readonly operationId: string;
  /** The first one, where there are several: all that earlier versions know of. */
  readonly retainedTable: string;
  /** All of a move; absent of a migration, which has one. */
  readonly tables?: readonly string[];
  readonly retainForMs: number;
  /** ISO time of the swap, or of the completion: the retention counts from here. */
  readonly completedAt: string;
}

/** How the retained table ended. */
export interface TableCleanupResult {
  /** Of several: `dropped` where one was, `kept` where all are. */
  readonly outcome: 'dropped' | 'alreadyGone' | 'kept';
  readonly retainedTable: string;
  /** Where there are several. */
  readonly tables?: CleanedTables;
}

/** What has become of the tables of one clean-up. */
export interface CleanedTables {
  readonly dropped: number;
  readonly alreadyGone: number;
  readonly kept: readonly string[];
}

/** The answer of the `status` query of `tableCleanup`: one JSON object, versioned, additive. */
export interface TableCleanupStatus {
  readonly version: 1;
  readonly phase: TableCleanupPhase;
  readonly cluster: string;
  readonly database: string;
  readonly operationId: string;
  readonly retainedTable: string;
  /** Those that are still to be dropped, and what became of the others. */
  readonly tables: CleanedTables & { readonly left: readonly string[] };
  /** When it is dropped unless somebody decides otherwise (ISO time). */
  readonly dropAt: string;
  readonly lastCommand: LastCommand | null;
  /** Why it could not be dropped, and when that is tried again; null where all goes well. */
  readonly retrying: RetryingStatus | null;
  readonly nextStep: string;
}

/** The payload of each command of `tableCleanup`. */
export const tableCleanupCommandSchemas = {
  dropRetained: plain,
  keepRetained: z.strictObject({ ...commonFields, tables: z.array(z.string().min(1)).min(1).optional() }).optional(),
} as const;

export type TableCleanupCommandName = keyof typeof tableCleanupCommandSchemas;

export const tableCleanupCommandDescriptions: Readonly<Record<TableCleanupCommandName, string>> = {
  dropRetained: 'Drops the retained tables now. Example: {}',
  keepRetained:
    'Keeps the retained tables, or those that are named, for good; they are yours to drop. Example: {"reason":"audit"}',
};
