/** Starts the workflow of one retained table, which outlives the one that has retained it. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { log, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { tableCleanupWorkflowId, workflowTypes } from '../../contract/names.js';
import type { TableCleanupInput } from '../../contract/retained-table.js';
import { summaryBytesMax } from '../../limits/workflows.js';
import { cutToBytes } from './text.js';

/** @param of the table that it was, for people. */
export async function startTableCleanup(input: TableCleanupInput, of: string): Promise<void> {
  const { cluster, database, retainedTable } = input;
  try {
    await startChild(workflowTypes.tableCleanup, {
      workflowId: tableCleanupWorkflowId(cluster, database, retainedTable),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: cutToBytes(`keep ${retainedTable}, the old ${of}, for a while; then drop it`, summaryBytesMax),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    log.info('The clean-up of the retained table runs already', { retainedTable });
  }
}
