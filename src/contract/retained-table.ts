import { z } from 'zod';
import type { TableCleanupPhase } from '../lifecycle/retained-table.js';
import type { LastCommand } from './operation/commands.js';
import type { RetryingStatus } from './operation/status.js';
import { plain } from './operation/commands.js';

/** What starts the clean-up of one retained table; `onlineDdl` starts it when it has completed. */
export const tableCleanupInputSchema = z.object({
  cluster: z.string().min(1),
  database: z.string().min(1),
  operationId: z.string().min(1),
  retainedTable: z.string().min(1),
  retainForMs: z.number().int().min(0),
  /** ISO time of the swap: the retention counts from here. */
  completedAt: z.iso.datetime({ offset: true }),
});

export type TableCleanupInput = z.infer<typeof tableCleanupInputSchema>;

/** How the retained table ended. */
export interface TableCleanupResult {
  readonly outcome: 'dropped' | 'alreadyGone' | 'kept';
  readonly retainedTable: string;
}

/** The answer of the `status` query of `tableCleanup`: one JSON object, versioned, additive. */
export interface TableCleanupStatus {
  readonly version: 1;
  readonly phase: TableCleanupPhase;
  readonly cluster: string;
  readonly database: string;
  readonly operationId: string;
  readonly retainedTable: string;
  /** When it is dropped unless somebody decides otherwise (ISO time). */
  readonly dropAt: string;
  readonly lastCommand: LastCommand | null;
  /** Why it could not be dropped, and when that is tried again; null where all goes well. */
  readonly retrying: RetryingStatus | null;
  readonly nextStep: string;
}

/** The payload of each command of `tableCleanup`. */
export const tableCleanupCommandSchemas = { dropRetained: plain, keepRetained: plain } as const;

export type TableCleanupCommandName = keyof typeof tableCleanupCommandSchemas;

export const tableCleanupCommandDescriptions: Readonly<Record<TableCleanupCommandName, string>> = {
  dropRetained: 'Drops the retained table now. Example: {}',
  keepRetained: 'Keeps the retained table for good; it is yours to drop. Example: {"reason":"audit"}',
};
