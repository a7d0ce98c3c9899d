/**
 * A workflow of your own that changes the same table on several clusters, one after the other, and stops at the first that
 * fails. The migrations outlive it: whatever becomes of this workflow, they go on, or are cancelled by their command.
 */
import { startChild } from '@temporalio/workflow';
import {
  onlineDdlWorkflowId,
  operationChild,
  type OnlineDdlResult,
  type OnlineDdlWorkflow,
} from 'switchyard/workflows';

export interface RollOut {
  readonly clusters: readonly string[];
  readonly database: string;
  readonly table: string;
  /** What stands behind ALTER TABLE and the name. */
  readonly change: string;
  readonly taskQueue?: string;
}

export async function rollOut({ clusters, database, table, change, taskQueue }: RollOut): Promise<OnlineDdlResult[]> {
  const results: OnlineDdlResult[] = [];
  for (const cluster of clusters) {
    const input = { cluster, database, statement: `ALTER TABLE \`${table}\` ${change}` };
    const workflowId = onlineDdlWorkflowId(cluster, database, table);
    const options = operationChild(input, { workflowId, ...(taskQueue === undefined ? {} : { taskQueue }) });
    const child = await startChild<OnlineDdlWorkflow>('onlineDdl', options);
    results.push(await child.result());
  }
  return results;
}
