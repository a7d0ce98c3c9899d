/** What workflows of every kind ask of activities, and what activities tell while they run. */
import type { Blocker, SynchroniseGoal } from '../../lifecycle/operation/state.js';

export type { Blocker, SynchroniseGoal };

/** Which operation, where, and by which right. */
export interface OperationRef {
  readonly cluster: string;
  readonly operationId: string;
  readonly grant: number;
}

export interface PrepareRequest {
  /** The workflow's input as it was given: it is validated here, so that a stricter schema never breaks a replay. */
  readonly input: unknown;
  readonly grant: number;
}

/** One line of the audit log (P9). */
export interface AuditRequest {
  readonly cluster: string;
  readonly operationId: string;
  readonly command: string;
  readonly via: 'update' | 'signal' | 'system';
  /** Who gave the command and why, in their own words; null where they did not say. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly outcome: string;
  readonly message: string;
  readonly at: string;
}

interface DropRetainedRequest {
  readonly cluster: string;
  readonly operationId: string;
  /** Absent in histories of earlier versions, whose operations have one. */
  readonly retainedTable?: string;
}

interface DropRetainedResult {
  readonly outcome: 'dropped' | 'alreadyGone';
}

/** Activities that belong to no kind of operation. */
export interface OperationActivities {
  recordAudit(request: AuditRequest): Promise<void>;
  dropRetainedTable(request: DropRetainedRequest): Promise<DropRetainedResult>;
}

/** What activities heartbeat, from their first moment on: flat and ordered for reading, since the UI shows it as it is. */
export interface ProgressHeartbeat {
  readonly stage:
    | 'preparing'
    | 'copying'
    | 'indexing'
    | 'verifying'
    | 'following'
    | 'paused'
    | 'cuttingOver'
    | 'switching'
    | 'reversing'
    | 'completing'
    | 'routing'
    | 'probing'
    | 'closing'
    | 'cleaningUp'
    | 'dropping';
  readonly percent?: number;
  readonly rows?: number;
  readonly rowsEstimated?: number;
  readonly rowsPerSecond?: number;
  readonly etaSeconds?: number;
  readonly lagMs?: number;
  readonly detail?: string;
  /** What the throttle waits for, and since when; absent while it lets the work go on. */
  readonly throttled?: string;
}
