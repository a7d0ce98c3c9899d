/** What the page of one operation is made of, as it was read: nothing of it is judged yet. */
import type { OnlineDdlPlan, OnlineDdlStatus } from '../../contract/migration/status.js';
import type { MoveTablesPlan, MoveTablesStatus } from '../../contract/move/status.js';
import type { ProgressHeartbeat } from '../../domain/progress.js';
import type { OperationKind } from '../../domain/residual.js';
import type { OperationRecords } from '../../mysql/server/sidecar/records.js';
import type { HistoryEvent } from '../history/events.js';

/** An activity that is under way, as Temporal describes it. */
export interface Pending {
  readonly activity: string;
  readonly tries: number;
  /** Whether a worker has taken it. */
  readonly isTaken: boolean;
  readonly heartbeat: Partial<ProgressHeartbeat>;
  readonly problem: string | null;
}

export interface ClusterRecords extends OperationRecords {
  readonly cluster: string;
}

type Answer<Status, Plan> = { readonly status: Status | null; readonly plan: Plan | null };

export interface Sources {
  readonly madeAt: string;
  readonly kind: OperationKind;
  readonly workflowId: string;
  readonly runId: string;
  readonly namespace: string;
  /** Of each run, from the first one that could be read on. */
  readonly runs: readonly (readonly HistoryEvent[])[];
  /** The answers of the workflow, which are missing where no worker is there. */
  readonly migration: Answer<OnlineDdlStatus, OnlineDdlPlan>;
  readonly move: Answer<MoveTablesStatus, MoveTablesPlan>;
  readonly pending: readonly Pending[];
  /** Of each cluster that could be asked; null where nobody was to ask. */
  readonly records: readonly ClusterRecords[] | null;
  /** What could not be read, one sentence each. */
  readonly gaps: readonly string[];
}
