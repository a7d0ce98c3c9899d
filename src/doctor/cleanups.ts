/** The workflows that drop retained tables when their time has come, as the activities start them. */
import { isWorkflowOpen, startTableCleanupOn, workflowStatus } from '../activities/operation/owners.js';
import { tableCleanupWorkflowId, tablesCleanupWorkflowId } from '../contract/names.js';
import { retainForMsDefault } from '../limits/shared.js';
import type { RetainedTable } from '../mysql/reconcile/judgement.js';
import type { ReachedTemporal } from './reached-temporal.js';

interface Retained {
  readonly cluster: string;
  readonly database: string;
  readonly table: string;
  readonly operationId: string;
}

/** Whether one of them is open for this table. @throws the SDK's errors. */
export async function isCleanupOpen(
  { client }: ReachedTemporal,
  { cluster, database, table, operationId }: Retained,
): Promise<boolean> {
  return (
    (await isWorkflowOpen(client, tableCleanupWorkflowId(cluster, database, table))) ||
    isWorkflowOpen(client, tablesCleanupWorkflowId(cluster, database, operationId))
  );
}

/**
 * Whether its clean-up was certainly ended from outside. One that has ended by itself, or by a Cancel, has left the table
 * because somebody wanted that; of one that nobody knows any more nobody can tell.
 */
export async function isCleanupLost(
  { client }: ReachedTemporal,
  cluster: string,
  { database, retainedTable }: RetainedTable,
): Promise<boolean> {
  const status = await workflowStatus(client, tableCleanupWorkflowId(cluster, database, retainedTable));
  return status !== undefined && ['TERMINATED', 'TIMED_OUT', 'FAILED'].includes(status);
}

/** Lets the table be dropped after the usual time from now on. @returns what was done. @throws the SDK's errors. */
export async function startCleanup(
  { client }: ReachedTemporal,
  taskQueue: string,
  cluster: string,
  { operationId, database, retainedTable }: RetainedTable,
): Promise<string> {
  await startTableCleanupOn(client, taskQueue, {
    ...{ cluster, database, operationId, retainedTable },
    retainForMs: retainForMsDefault,
    completedAt: new Date().toISOString(),
  });
  const workflowId = tableCleanupWorkflowId(cluster, database, retainedTable);
  return `Started ${workflowId}; the command keepRetained to it keeps the table.`;
}
