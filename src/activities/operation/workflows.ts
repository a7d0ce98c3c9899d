/** What activities ask Temporal about other workflows, and those that they start. */
import type { Called } from '../../domain/routing.js';
import { activityInfo, getClient } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { tableCleanupWorkflowId, tellRouterWorkflowId, workflowTypes } from '../../contract/names.js';
import type { TableCleanupInput } from '../../contract/retained-table.js';
import type { TellRouterInput } from '../../contract/tell-router.js';
import { tellRouterGraceMs } from '../../limits/activities.js';
import type { Owner, OwnerState, TemporalPlace } from '../../mysql/server/sidecar/operations.js';
import type { CallActivity } from '../../router/activity-driver.js';
import { execution } from './execution.js';

/** What has ended for good. Whatever else a server says, now or later (a paused one, say), is open: somebody goes on with it. */
const closedStatuses: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** @param status the name that the SDK has for it; of the latest run, so that one which was continued goes on. */
export function isClosed(status: string): boolean {
  return closedStatuses.includes(status);
}

/** What became of the workflow that an operation belongs to, over continue-as-new too. */
export async function askOwner(owner: Owner): Promise<OwnerState> {
  const { workflowId, runId } = owner;
  const latest = await describe(workflowId);
  const { firstRunId, execution: run } = latest?.raw.workflowExecutionInfo ?? {};
  if (latest !== undefined && [firstRunId, run?.runId].includes(runId)) {
    return isClosed(latest.status.name) ? 'gone' : 'open';
  }
  // Of one id there is one open workflow at a time: an earlier one that is known here has ended.
  if (latest !== undefined && (await describe(workflowId, runId)) !== undefined) return 'gone';
  const here = await temporalPlace();
  const differs = (one: string | null, other: string | null): boolean =>
    one !== null && other !== null && one !== other;
  const isElsewhere = differs(owner.namespace, here.namespace) || differs(owner.temporalCluster, here.temporalCluster);
  return isElsewhere ? 'elsewhere' : 'gone';
}

/** Whether a workflow of this id is open, whichever run it is. */
export async function isWorkflowRunning(workflowId: string): Promise<boolean> {
  const latest = await describe(workflowId);
  return latest !== undefined && !isClosed(latest.status.name);
}

/** Undefined where this Temporal does not know it, or not any more. */
async function describe(workflowId: string, runId?: string) {
  try {
    return await getClient().workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined;
    throw error;
  }
}

/** The workflow that has asked for this activity, as records name it. */
export async function currentOwner(): Promise<Owner> {
  return { ...execution(), ...(await temporalPlace()) };
}

const clusterIds = new WeakMap<object, string | null>();
/** gRPC's codes of what a caller may not ask, and of what a server does not know. */
const notTold: readonly unknown[] = [7, 12];

async function temporalPlace(): Promise<TemporalPlace> {
  const { connection } = getClient();
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
  return { namespace: activityInfo().namespace, temporalCluster };
}

/** Starts the clean-up of a table that an activity has retained, unless it is open already. */
export async function startTableCleanup(input: TableCleanupInput): Promise<void> {
  const { cluster, database, retainedTable } = input;
  try {
    await getClient().workflow.start(workflowTypes.tableCleanup, {
      taskQueue: activityInfo().taskQueue,
      workflowId: tableCleanupWorkflowId(cluster, database, retainedTable),
      args: [input],
      staticSummary: `keep ${retainedTable} for a while; then drop it`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Calls an activity of the user's own by a workflow; who repeats a call that still runs waits for that one. */
export const callRouterActivity: CallActivity = async (settings, ruleSet, signal) => {
  const { taskQueue, activityType, timeoutMs } = settings;
  const { operationId, move, version, rules } = ruleSet;
  const input: TellRouterInput = {
    ...{ taskQueue, activityType, timeoutMs },
    ruleSet: { operationId, move, version, rules: rules.map((rule) => ({ ...rule })) },
  };
  const handle = await getClient().workflow.start<(input: TellRouterInput) => Promise<Called>>(
    workflowTypes.tellRouter,
    {
      taskQueue: activityInfo().taskQueue,
      workflowId: tellRouterWorkflowId(operationId, version),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowExecutionTimeout: timeoutMs + tellRouterGraceMs,
      args: [input],
      staticSummary: `tell version ${version} of the rules of ${move}`,
    },
  );
  const result = handle.result();
  if (signal === undefined) return result;
  return Promise.race([result, rejectedBy(signal)]);
};

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
