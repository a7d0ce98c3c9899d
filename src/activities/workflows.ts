/** What activities ask Temporal about other workflows, and those that they start. */
import { activityInfo, getClient } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { tableCleanupWorkflowId, tellRouterWorkflowId, workflowTypes } from '../contract/names.js';
import type { TableCleanupInput } from '../contract/table-cleanup.js';
import type { TellRouterInput, TellRouterResult } from '../contract/tell-router.js';
import { tellRouterGraceMs } from '../limits/router.js';
import type { CallActivity } from '../router/activity-driver.js';

/** Whether the workflow that owns an operation is still open, over continue-as-new too. */
export async function isWorkflowOpen(workflowId: string, firstRunId: string): Promise<boolean> {
  try {
    const { status, raw } = await getClient().workflow.getHandle(workflowId).describe();
    const { firstRunId: first, execution: latest } = raw.workflowExecutionInfo ?? {};
    return status.name === 'RUNNING' && (first === firstRunId || latest?.runId === firstRunId);
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
    throw error;
  }
}

/** Whether a workflow of this id is open, whichever run it is. */
export async function isWorkflowRunning(workflowId: string): Promise<boolean> {
  try {
    return (await getClient().workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
    throw error;
  }
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
  const handle = await getClient().workflow.start<(input: TellRouterInput) => Promise<TellRouterResult>>(
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
