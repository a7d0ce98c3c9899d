/** What activities ask Temporal about other workflows, and the one that they start. */
import { activityInfo, getClient } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { tableCleanupWorkflowId, workflowTypes } from '../contract/names.js';
import type { TableCleanupInput } from '../contract/table-cleanup.js';

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
