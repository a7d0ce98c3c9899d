/** An operation as Temporal lists it, without asking its workflow. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { SearchAttributeName } from '../contract/operation/search-attributes.js';
import type { OperationKind } from '../domain/residual.js';

export interface OperationSummary {
  readonly workflowId: string;
  readonly runId: string;
  readonly kind: OperationKind;
  /** Whether its workflow is open. */
  readonly open: boolean;
  /** How Temporal calls its state: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT, PAUSED. */
  readonly execution: string;
  /** ISO times. */
  readonly startedAt: string;
  readonly closedAt: string | null;
  readonly taskQueue: string;
  /** The rest is what search attributes say: null and empty where the namespace has none, or nobody has set them yet. */
  readonly phase: string | null;
  readonly clusters: readonly string[];
  readonly tables: readonly string[];
  readonly needsOperator: boolean | null;
}

/** What Temporal calls open: a workflow that is paused goes on one day. */
const openStates: readonly string[] = ['RUNNING', 'PAUSED'];

export function isOpen({ status }: Pick<WorkflowExecutionInfo, 'status'>): boolean {
  return openStates.includes(status.name);
}

/** @param info of a workflow that is an operation. */
export function summaryOf(info: Omit<WorkflowExecutionInfo, 'raw'>, kind: OperationKind): OperationSummary {
  const { workflowId, runId, status, startTime, closeTime, taskQueue, searchAttributes } = info;
  const values = (name: SearchAttributeName): readonly unknown[] => searchAttributes[name] ?? [];
  const [phase] = values('SwitchyardPhase');
  const [needsOperator] = values('SwitchyardNeedsOperator');
  return {
    ...{ workflowId, runId, kind, open: isOpen(info), execution: status.name, taskQueue },
    startedAt: startTime.toISOString(),
    closedAt: closeTime?.toISOString() ?? null,
    phase: typeof phase === 'string' ? phase : null,
    clusters: values('SwitchyardCluster').map(String),
    tables: values('SwitchyardTable').map(String),
    needsOperator: typeof needsOperator === 'boolean' ? needsOperator : null,
  };
}
