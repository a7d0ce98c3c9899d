/** What workflows of every kind ask of activities, and what activities tell while they run. */
import type { AuditLine } from '../../domain/audit.js';

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

/** Activities that belong to no kind of operation. */
export interface OperationActivities {
  recordAudit(request: AuditRequest): Promise<void>;
  dropRetainedTable(request: DropRetainedRequest): Promise<DropRetainedResult>;
}
