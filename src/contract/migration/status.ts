import type { MigrationPhase } from '../../lifecycle/migration/phase.js';
import type { CutOverSettings } from '../../lifecycle/migration/state.js';
import type { Blocker } from '../operation/activities.js';
import type { LastCommand } from '../operation/commands.js';
import type { RetryingStatus } from '../operation/status.js';

/** The answer of the `status` query of `onlineDdl`: one JSON object, versioned, additive. */
export interface OnlineDdlStatus {
  readonly version: 1;
  readonly phase: MigrationPhase;
  readonly cluster: string;
  readonly database: string;
  readonly table: string | null;
  readonly statement: string;
  readonly operationId: string | null;
  readonly retainedTable: string | null;
  /** Attempts since the start, and since the last `resume`. */
  readonly attempts: number;
  readonly attemptsSinceResume: number;
  /** Who kept the last attempt from its lock. */
  readonly blockers: readonly Blocker[];
  /** Why it is in this phase, in one sentence; null where the phase says it all. */
  readonly reason: string | null;
  /** Who holds the completion back, why and since when; null where nobody does. */
  readonly postponed: { readonly by: 'operator' | 'system'; readonly reason: string; readonly since: string } | null;
  readonly pauseReasons: readonly string[];
  /** Who has paused it, why and since when; null where nobody has, or where the pause is older than this field. */
  readonly paused: { readonly by: 'operator'; readonly reason: string | null; readonly since: string } | null;
  /** When copy, indexes and verification were done for the first time. */
  readonly readyAt: string | null;
  /** When the next attempt starts, while one is waited for. */
  readonly nextAttemptAt: string | null;
  readonly completedAt: string | null;
  readonly blockedMs: number | null;
  readonly rowsCopied: number;
  readonly verified: boolean;
  readonly notCompared: readonly string[];
  readonly warnings: readonly string[];
  /** The last command and its answer, also of signals, which have no other way to answer. */
  readonly lastCommand: LastCommand | null;
  /** What has failed and is tried again by itself: since when, how often, why, and when next; null where all goes well. */
  readonly retrying: RetryingStatus | null;
  /** What an ended migration has left on the server, one sentence each; empty as a rule. */
  readonly leftBehind: readonly string[];
  /** What a person can or should do next, as one sentence with the command's name. */
  readonly nextStep: string;
  /** The error that ended the migration, or that waits for a person. */
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
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
  readonly cutOver: CutOverSettings | null;
  readonly steps: readonly string[];
}
