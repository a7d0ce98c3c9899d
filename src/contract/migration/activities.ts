/**
 * What workflows ask of activities. Both sides meet here and nowhere else: a workflow knows no shadow table, no binlog
 * and no trigger, so that another engine can stand behind the same names (P8: no row, no secret in any of these types).
 *
 * Every request that touches data carries a `grant`: a number that the workflow raises each time it schedules such an
 * activity. Together with the attempt number of Temporal it is the fencing token (see src/mysql/server/sidecar/epoch.ts): what
 * an older activity still tries to do is refused by the database.
 */
import type { CutOverAttempt, CutOverResolution } from '../../domain/attempt.js';
import type { Copied, SynchroniseGoal, Synchronised, VerifyAgain } from '../../domain/progress.js';
import type { StatementPlan } from '../../domain/statement-plan.js';
import type { MigrationTerms } from '../../lifecycle/migration/state.js';
import type { AttemptLimits } from '../../lifecycle/operation/limits.js';
import type { ThrottleLimits } from '../../throttle/limits.js';
import type { Outside } from '../operation/outside.js';
import type { OperationActivities, OperationRef, PrepareRequest } from '../operation/activities.js';

/** What the workflow needs to know of a prepared migration; the plan itself stays in the sidecar. */
export interface PreparedMigration extends MigrationTerms {
  readonly operationId: string;
  readonly cluster: string;
  readonly database: string;
  readonly table: string;
  readonly retainedTable: string;
  readonly retainForMs: number;
  /** What the operator should know although it stops nothing, one sentence each. */
  readonly warnings: readonly string[];
  /** What was planned for a migration that waits for launch; absent for others, and in older runs. */
  readonly plan?: StatementPlan | undefined;
  /** Absent where nobody looks, and in older runs. */
  readonly outside?: Outside;
}

export interface SynchroniseRequest extends OperationRef {
  readonly goal: SynchroniseGoal;
  /** Whether `verified` comes after `indexed`: the comparison may begin beside the build. */
  readonly verifiesNext?: boolean;
  readonly throttle: ThrottleLimits;
  /** Of what was verified and is followed; absent: as by default. */
  readonly verifyAgain?: VerifyAgain | null;
}

interface WatchPausedResult {
  readonly outcome: 'stopped';
}

interface AttemptCutOverRequest extends OperationRef {
  readonly attempt: number;
  readonly cutOver: AttemptLimits;
  /** Past it (milliseconds since 1970) the attempt stops, where it has not swapped; absent where no window ends it. */
  readonly endsAtMs?: number;
}

interface CleanUpRequest {
  readonly cluster: string;
  /** Absent when the preparation failed before it told us. */
  readonly operationId?: string;
  readonly grant: number;
  readonly outcome: 'cancelled' | 'failed';
}

interface CleanUpResult {
  /** What is not dropped, since it may not be the operation's own: one sentence each. */
  readonly leftBehind: readonly string[];
}

/** All activities of the first engine, by name. `createActivities` implements it; fakes in tests are typed by it. */
export interface SwitchyardActivities extends OperationActivities {
  /** Checks, plans, takes the table's lock row and makes the shadow. Terminal errors mean that nothing is left behind. */
  prepareMigration(request: PrepareRequest): Promise<PreparedMigration>;
  /** Copies, follows, builds indexes and verifies, from the last checkpoint; heartbeats progress; cancel ends it cleanly. */
  synchronise(request: SynchroniseRequest): Promise<Synchronised>;
  /** While paused: watches that the position is still in the binlogs; fails when it is not; returns when cancelled. */
  watchPaused(request: OperationRef): Promise<WatchPausedResult>;
  /** One bounded attempt to swap; cancel stops it if it has not swapped yet, and its result says which. */
  attemptCutOver(request: AttemptCutOverRequest): Promise<CutOverAttempt>;
  /** The only word on an attempt that ended without a result of its own. */
  resolveCutOver(request: OperationRef): Promise<CutOverResolution>;
  /** After the swap: closes the sidecar rows and frees the table for the next operation. */
  finishMigration(request: OperationRef): Promise<Copied>;
  /** Removes what the operation made and frees the table; repeatable. Without a result in histories of earlier versions. */
  cleanUpMigration(request: CleanUpRequest): Promise<CleanUpResult | undefined>;
}
