/** Makes a table free for a new operation, where the one that has it is left over from a workflow that is gone. */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { TableName } from '../../schema/table-model.js';
import type { Session } from '../session/session.js';
import { lockHolder } from '../sidecar/operations.js';
import { removeOperation } from './clean-up.js';

export interface FreeTableOptions {
  /** Of the new operation. */
  readonly operationId: string;
  /** Whether the workflow that holds a table's lock row is still open. */
  readonly isOpen: (workflowId: string, runId: string) => Promise<boolean>;
}

/**
 * The rows of a migration whose workflow is gone are cleaned up. Those of a move are not: the rest of it is on another
 * server, and its traffic may be there.
 * @throws TABLE_BUSY.
 */
export async function freeTable(
  session: Session,
  { database, table }: TableName,
  { operationId, isOpen }: FreeTableOptions,
): Promise<void> {
  const holder = await lockHolder(session, { database, table });
  if (holder === undefined || holder.operationId === operationId) return;
  if (holder.kind !== 'onlineDdl' || (await isOpen(holder.workflowId, holder.runId))) {
    throw new SwitchyardError('TABLE_BUSY', { table: `${database}.${table}`, owner: holder.workflowId });
  }
  await removeOperation(session, holder.operationId, 'abandoned');
}
