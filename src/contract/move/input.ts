import type { WorkDone } from '../../domain/progress.js';
import type { KeptTable } from '../../domain/retained.js';
import type { Place } from '../../domain/routing.js';
import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../../errors/schema-problem.js';
import { moveNameCharactersMax, moveTablesMax } from '../../limits/contract.js';
import { switchFields } from '../operation/attempt-limits.js';
import { momentSchema } from '../operation/moment.js';
import { retainForSchema } from '../operation/duration.js';
import { verifyAgainSchema } from '../operation/verify-again.js';
import { readInput, type NotBuilt } from '../not-built.js';
import type { MoveTerms } from '../../lifecycle/move/event.js';
import type { MoveState } from '../../lifecycle/move/state.js';
import { throttleFields } from '../../throttle/limits.js';

export type { MoveTerms };

const tableName = z.string().min(1).max(64);
const tableNames = z.array(tableName).min(1).max(moveTablesMax);

const nameProblem: { readonly error: (issue: SchemaIssue) => string } = {
  error: (issue) =>
    mustBe(issue, `at most ${moveNameCharactersMax} letters, digits, "-", "_" and ".", such as "orders-to-eu"`),
};

/** One side of a move. */
const placeSchema = z.strictObject({
  cluster: z.string().min(1).max(100),
  database: z.string().min(1).max(64),
}) satisfies z.ZodType<Place>;

/** Limits of attempts to move traffic, as `setLimits` changes them. */
const switchSchema = z.strictObject({
  ...switchFields,
});

/** Built options of `moveTables`. Options that the design has and that are not built are refused by name before this. */
export const moveTablesOptionsSchema = z.strictObject({
  postponeLaunch: z.boolean().optional(),
  autoSwitch: z.boolean().optional(),
  autoComplete: z.boolean().optional(),
  /** Not before this moment is traffic switched. */
  completeAt: momentSchema.optional(),
  reverseReplication: z.boolean().optional(),
  verifyBeforeSwitch: z.boolean().optional(),
  verifyAgain: verifyAgainSchema.optional(),
  sourceTables: z.enum(['rename', 'drop', 'keep']).optional(),
  /** How long renamed source tables are kept. */
  retainFor: retainForSchema.optional(),
  /** How documents travel: with the types of their values, or as their text, with what that changes counted. */
  json: z.enum(['exact', 'text']).optional(),
  switch: switchSchema.optional(),
  /** Limits of the work itself, as `setThrottle` changes them. */
  throttle: z.strictObject(throttleFields).optional(),
  deferSecondaryIndexes: z.boolean().optional(),
});

const fields = z.strictObject({
  name: z.string(nameProblem).regex(/^[\w.-]{1,64}$/, nameProblem),
  source: placeSchema,
  target: placeSchema,
  tables: tableNames.optional(),
  allTables: z.boolean().optional(),
  excludeTables: tableNames.optional(),
  options: moveTablesOptionsSchema.optional(),
});

/** What starts a move: `temporal workflow start --type moveTables --input '{"name":…}'`. */
export const moveTablesInputSchema = fields.superRefine((input, context) => {
  for (const message of contradictionsIn(input)) context.addIssue({ code: 'custom', message });
});

export type MoveTablesInput = z.infer<typeof moveTablesInputSchema>;
export type MoveTablesOptions = z.infer<typeof moveTablesOptionsSchema>;

/** What the design has and that is refused by name until it is built. */
const notBuilt: readonly NotBuilt[] = [
  [['options', 'router'], 'The option router (the configuration of the worker names the router)'],
  [['options', 'switch', 'backoff'], 'The option switch.backoff (switch.backoffMs is)'],
];

/** Whether it fits. @throws NOT_BUILT_YET for what the design has and this version has not, INVALID_INPUT for all else. */
export function readMoveTablesInput(input: unknown): MoveTablesInput {
  return readInput(moveTablesInputSchema, notBuilt, input);
}

/** What fits field by field and makes no sense together, each as the end of a sentence. */
function contradictionsIn({ source, target, tables, allTables, excludeTables }: z.infer<typeof fields>): string[] {
  const problems: string[] = [];
  const all = allTables === true;
  if (tables === undefined && !all) problems.push('tables is missing; name them, or say "allTables": true');
  if (tables !== undefined && all) problems.push('tables and allTables exclude each other');
  if (excludeTables !== undefined && !all) problems.push('excludeTables needs "allTables": true');
  const twice = (tables ?? []).find((table, index) => tables?.indexOf(table) !== index);
  if (twice !== undefined) problems.push(`tables names ${JSON.stringify(twice)} twice`);
  if (source.cluster === target.cluster && source.database === target.database) {
    problems.push('source and target are the same; rows move to another cluster or database');
  }
  return problems;
}

/** How a move ended, as the workflow's result. Errors fail the workflow instead, with the code as failure type. */
export interface MoveTablesResult extends WorkDone {
  readonly outcome: 'completed' | 'cancelled';
  /** It was completed although the source did not answer: see `residuals`. */
  readonly forced: boolean;
  readonly tables: readonly string[];
  /** ISO time at which the writes went to the target; null where they are on the source. */
  readonly switchedAt: string | null;
  readonly attempts: number;
  /** Server-side time for which the last attempt that moved writes held them up. */
  readonly blockedMs: number;
  /** What stays behind on a server that did not answer. */
  readonly residuals: readonly string[];
  /** What once had the writes and is kept for `retainFor`: after it, one `tableCleanup` drops all. */
  readonly retained: readonly KeptTable[];
  /** The target was given up: why, and what is known of the writes that are lost with it. */
  readonly loss: MoveState['loss'];
}
