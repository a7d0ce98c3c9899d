/** Starts the workflow of retained tables, which outlives the one that has retained them. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { log, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { cleanupWorkflowId, workflowTypes } from '../../contract/names.js';
import type { TableCleanupInput } from '../../contract/retained-table.js';
import { summaryBytesMax } from '../../limits/workflows.js';
import { cutToBytes } from './text.js';

/** @param of the table that it was, or the move that has kept it, for people. */
export async function startTableCleanup(input: TableCleanupInput, of: string): Promise<void> {
  const { retainedTable, tables } = input;
  const what = tables === undefined ? `${retainedTable}, the old ${of},` : `${tables.length} old tables of ${of}`;
  const then = tables === undefined ? 'drop it' : 'drop them';
  try {
    await startChild(workflowTypes.tableCleanup, {
      workflowId: cleanupWorkflowId(input),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: cutToBytes(`keep ${what} for a while; then ${then}`, summaryBytesMax),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    log.info('The clean-up of the retained table runs already', { retainedTable });
  }
}
