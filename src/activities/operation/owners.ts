/** What Temporal says of the workflows that operations belong to: asked by activities, and by whoever looks from outside. */
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { cleanupWorkflowId, workflowTypes } from '../../contract/names.js';
import type { TableCleanupInput } from '../../contract/retained-table.js';
import type { Owner, OwnerState, TemporalPlace } from '../../mysql/server/sidecar/operations.js';

export interface AskedTemporal {
  readonly client: Pick<Client, 'workflow' | 'connection'>;
  readonly namespace: string;
}

/** What has ended for good. Whatever else a server says, now or later (a paused one, say), is open: somebody goes on with it. */
const closedStatuses: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** @param status the name that the SDK has for it; of the latest run, so that one which was continued goes on. */
export function isClosed(status: string): boolean {
  return closedStatuses.includes(status);
}

/** What became of the workflow that an operation belongs to, over continue-as-new too. @throws the SDK's errors. */
export async function ownerStateIn(asked: AskedTemporal, owner: Owner): Promise<OwnerState> {
  const { workflowId, runId } = owner;
  const latest = await describe(asked.client, workflowId);
  const { firstRunId, execution: run } = latest?.raw.workflowExecutionInfo ?? {};
  if (latest !== undefined && [firstRunId, run?.runId].includes(runId)) {
    return isClosed(latest.status.name) ? 'gone' : 'open';
  }
  // Of one id there is one open workflow at a time: an earlier one that is known here has ended.
  if (latest !== undefined && (await describe(asked.client, workflowId, runId)) !== undefined) return 'gone';
  const here = await temporalPlace(asked);
  const differs = (one: string | null, other: string | null): boolean =>
    one !== null && other !== null && one !== other;
  const isElsewhere = differs(owner.namespace, here.namespace) || differs(owner.temporalCluster, here.temporalCluster);
  return isElsewhere ? 'elsewhere' : 'gone';
}

/** Whether a workflow of this id is open, whichever run it is. @throws the SDK's errors. */
export async function isWorkflowOpen(client: AskedTemporal['client'], workflowId: string): Promise<boolean> {
  const status = await workflowStatus(client, workflowId);
  return status !== undefined && !isClosed(status);
}

/** How the latest run of it stands: undefined where this Temporal does not know it, or not any more. @throws the SDK's errors. */
export async function workflowStatus(client: AskedTemporal['client'], workflowId: string): Promise<string | undefined> {
  return (await describe(client, workflowId))?.status.name;
}

/** Starts the clean-up of retained tables, unless it is open already. @throws the SDK's errors. */
export async function startTableCleanupOn(
  { workflow }: AskedTemporal['client'],
  taskQueue: string,
  input: TableCleanupInput,
): Promise<void> {
  const { retainedTable, tables = [] } = input;
  const [what, then] = tables.length > 1 ? [`${tables.length} old tables`, 'drop them'] : [retainedTable, 'drop it'];
  try {
    await workflow.start(workflowTypes.tableCleanup, {
      taskQueue,
      workflowId: cleanupWorkflowId(input),
      args: [input],
      staticSummary: `keep ${what} for a while; then ${then}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Undefined where this Temporal does not know it, or not any more. */
async function describe({ workflow }: AskedTemporal['client'], workflowId: string, runId?: string) {
  try {
    return await workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined;
    throw error;
  }
}

const clusterIds = new WeakMap<object, string | null>();
/** gRPC's codes of what a caller may not ask, and of what a server does not know. */
const notTold: readonly unknown[] = [7, 12];

/** Where the workflows that are asked about run. @throws the SDK's errors. */
export async function temporalPlace({ client: { connection }, namespace }: AskedTemporal): Promise<TemporalPlace> {
  let temporalCluster = clusterIds.get(connection);
  if (temporalCluster === undefined) {
    try {
      temporalCluster = (await connection.workflowService.getClusterInfo({})).clusterId || null;
    } catch (error) {
      if (!notTold.includes((error as { readonly code?: unknown }).code)) throw error;
      temporalCluster = null;
    }
    clusterIds.set(connection, temporalCluster);
  }
  return { namespace, temporalCluster };
}
