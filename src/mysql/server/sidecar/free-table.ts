/** Makes a table free for a new operation, where the one that has it is left over from a workflow that is gone. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';
import { describeElsewhere, lockHolder, ownerOf, type AskOwner } from './operations.js';

/** Cleans up a migration whose workflow is gone, whatever it has made. */
export type RemoveAbandonedMigration = (session: Session, operationId: string) => Promise<unknown>;

export interface FreeTableOptions {
  /** Of the new operation. */
  readonly operationId: string;
  /** What became of the workflow that holds a table's lock row. */
  readonly askOwner: AskOwner;
  readonly removeAbandonedMigration: RemoveAbandonedMigration;
}

/**
 * The rows of a migration whose workflow is gone are cleaned up. Those of a move are not: the rest of it is on another
 * server, and its traffic may be there.
 * @throws TABLE_BUSY.
 */
export async function freeTable(
  session: Session,
  { database, table }: TableName,
  { operationId, askOwner, removeAbandonedMigration }: FreeTableOptions,
): Promise<void> {
  const holder = await lockHolder(session, { database, table });
  if (holder === undefined || holder.operationId === operationId) return;
  const owner = await ownerOf(session, holder);
  const state = await askOwner(owner);
  if (holder.kind !== 'onlineDdl' || state !== 'gone') {
    const words = state === 'elsewhere' ? describeElsewhere(owner) : owner.workflowId;
    throw new SwitchyardError('TABLE_BUSY', { table: `${database}.${table}`, owner: words });
  }
  await removeAbandonedMigration(session, holder.operationId);
}
