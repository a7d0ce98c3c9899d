/** What workflows of every kind ask of activities, and what activities tell while they run. */
import type { AuditLine } from '../../domain/audit.js';

import type { AttemptWindow } from '../../lifecycle/operation/limits.js';
import type { WindowSight } from '../../lifecycle/operation/window.js';

import type { Notice } from './notices.js';
import type { Outside } from './outside.js';

export type { WindowSight };

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

/** One line of the audit log, and on which cluster it is written. */
export interface AuditRequest extends AuditLine {
  readonly cluster: string;
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

interface DropRetainedTablesRequest {
  readonly cluster: string;
  readonly operationId: string;
  readonly retainedTables: readonly string[];
}

/** How many there were. */
interface DropRetainedTablesResult {
  readonly dropped: number;
  readonly alreadyGone: number;
}

/** When an attempt may begin that lasts at most `attemptMs`. */
interface LookAtWindowsRequest {
  readonly windows: readonly AttemptWindow[];
  /** The workflow's time, in milliseconds since 1970. */
  readonly atMs: number;
  readonly attemptMs: number;
}

/** Activities that belong to no kind of operation. */
export interface OperationActivities {
  recordAudit(request: AuditRequest): Promise<void>;
  dropRetainedTable(request: DropRetainedRequest): Promise<DropRetainedResult>;
  /** Goes on after one that cannot be dropped, and fails then: what is dropped need not be dropped again. */
  dropRetainedTables(request: DropRetainedTablesRequest): Promise<DropRetainedTablesResult>;
  /** Asks no server. */
  lookAtWindows(request: LookAtWindowsRequest): Promise<WindowSight>;
  /** Asks Temporal, where it has not lately. */
  lookOutside(): Promise<Outside>;
  /** One request to the webhook of the configuration. */
  sendNotice(notice: Notice): Promise<void>;
}
