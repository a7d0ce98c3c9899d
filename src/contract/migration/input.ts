import type { WorkDone } from '../../domain/progress.js';
import { z } from 'zod';
import { sqlModeCharactersMax, statementCharactersMax } from '../../limits/contract.js';
import { throttleFields } from '../../throttle/limits.js';
import { cutOverFields } from '../operation/attempt-limits.js';
import { momentSchema } from '../operation/moment.js';
import { retainForSchema } from '../operation/duration.js';
import { verifyAgainSchema } from '../operation/verify-again.js';
import { readInput, type NotBuilt } from '../not-built.js';

export type { MigrationTerms } from '../../lifecycle/migration/state.js';

/** Built options of `onlineDdl`. Options that the design has and that are not built are refused by name before this. */
export const onlineDdlOptionsSchema = z.strictObject({
  postponeLaunch: z.boolean().optional(),
  postponeCompletion: z.boolean().optional(),
  /** Not before this moment is completion tried. */
  completeAt: momentSchema.optional(),
  /** Limits of attempts to swap, as `setLimits` changes them. */
  cutOver: z.strictObject(cutOverFields).optional(),
  retainFor: retainForSchema.optional(),
  /** Limits of the work itself, as `setThrottle` changes them. */
  throttle: z.strictObject(throttleFields).optional(),
  verify: z.boolean().optional(),
  verifyAgain: verifyAgainSchema.optional(),
  /** The sql_mode in which the statement is read and rows are converted, as a client's; absent: the server's own. */
  sqlMode: z.string().max(sqlModeCharactersMax).optional(),
  /** False: a statement that destroys or narrows something ends before anything is copied. */
  allowDestructive: z.boolean().optional(),
  context: z.string().max(1_000).optional(),
});

export const onlineDdlInputSchema = z.strictObject({
  cluster: z.string().min(1).max(100),
  database: z.string().min(1).max(64),
  statement: z.string().min(1).max(statementCharactersMax),
  options: onlineDdlOptionsSchema.optional(),
});

/** What starts a migration: `temporal workflow start --type onlineDdl --input '{"cluster":…}'`. */
export type OnlineDdlInput = z.infer<typeof onlineDdlInputSchema>;

export type OnlineDdlOptions = z.infer<typeof onlineDdlOptionsSchema>;

/** What the design has and that is refused by name until it is built. */
const notBuilt: readonly NotBuilt[] = [
  [['options', 'foreignKeys'], 'The option foreignKeys'],
  [['options', 'allowNonRevertible'], 'The option allowNonRevertible'],
  [['options', 'cutOver', 'forceAfter'], 'The option cutOver.forceAfter'],
  [['options', 'cutOver', 'backoff'], 'The option cutOver.backoff (cutOver.backoffMs is)'],
  [['options', 'algorithm'], 'The option algorithm (every migration copies its table)'],
];

/** Whether it fits. @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for all else. */
export function readOnlineDdlInput(input: unknown): OnlineDdlInput {
  return readInput(onlineDdlInputSchema, notBuilt, input);
}

/** How a migration ended, as the workflow's result. Errors fail the workflow instead, with the code as failure type. */
export interface OnlineDdlResult extends WorkDone {
  readonly outcome: 'completed' | 'cancelled';
  /** The old table under its owned name, or null where there is none. */
  readonly retainedTable: string | null;
  /** ISO time of the swap; null where none happened. */
  readonly completedAt: string | null;
  readonly attempts: number;
  /** Server-side time from lock to unlock of the attempt that swapped. */
  readonly blockedMs: number;
  /** What it has left on the server, one sentence each. Absent where nothing is. */
  readonly leftBehind?: readonly string[];
}
