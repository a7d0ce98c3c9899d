import type { CommandName } from '../../lifecycle/migration/command.js';
import type { MigrationPhase } from '../../lifecycle/migration/phase.js';
import type { AttemptLimits } from '../../lifecycle/operation/limits.js';
import type { StatementPlan } from '../../domain/statement-plan.js';
import type { OperationStatus } from '../operation/status.js';

/** The answer of the `status` query of `onlineDdl`: one JSON object, versioned, additive. */
export interface OnlineDdlStatus extends OperationStatus<MigrationPhase, CommandName> {
  readonly cluster: string;
  readonly database: string;
  readonly table: string | null;
  readonly statement: string;
  readonly retainedTable: string | null;
  readonly attemptsSinceResume: number;
  /** Who holds the completion back, why and since when; null where nobody does. */
  readonly postponed: { readonly by: 'operator' | 'system'; readonly reason: string; readonly since: string } | null;
  /** When copy, indexes and verification were done for the first time. */
  readonly readyAt: string | null;
  readonly completedAt: string | null;
  readonly blockedMs: number | null;
  /** What an ended migration has left on the server, one sentence each; empty as a rule. */
  readonly leftBehind: readonly string[];
}

/** The answer of the `plan` query of `onlineDdl`: what is done and in which order. */
export interface OnlineDdlPlan {
  readonly version: 1;
  readonly cluster: string;
  readonly database: string;
  readonly table: string | null;
  readonly statement: string;
  readonly operationId: string | null;
  /** The name that the old table gets at the cut-over; null before the preparation. */
  readonly retainedTable: string | null;
  readonly retainForMs: number | null;
  /** The limits that the next attempt gets; null before the preparation. */
  readonly cutOver: AttemptLimits | null;
  readonly steps: readonly string[];
  /** As `planDdl` plans the statement; null where it did not wait for launch. */
  readonly planned: StatementPlan | null;
}
