/** Makes tables free for a new operation, where the one that has them is left over from a workflow that is gone. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Session } from '../session/session.js';
import { describeElsewhere, lockHolders, ownerOf, type AskOwner, type TableHolder } from './operations.js';

/** Cleans up a migration whose workflow is gone, whatever it has made. */
export type RemoveAbandonedMigration = (session: Session, operationId: string) => Promise<unknown>;

export interface FreeTablesOptions {
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
export async function freeTables(
  session: Session,
  database: string,
  tables: readonly string[],
  options: FreeTablesOptions,
): Promise<void> {
  const settled = new Set([options.operationId]);
  for (const holder of await lockHolders(session, database, tables)) {
    if (settled.has(holder.operationId)) continue;
    settled.add(holder.operationId);
    await removeWhereGone(session, holder, options);
  }
}

async function removeWhereGone(
  session: Session,
  holder: TableHolder,
  { askOwner, removeAbandonedMigration }: FreeTablesOptions,
): Promise<void> {
  const owner = await ownerOf(session, holder);
  const state = await askOwner(owner);
  if (holder.kind !== 'onlineDdl' || state !== 'gone') {
    const words = state === 'elsewhere' ? describeElsewhere(owner) : owner.workflowId;
    throw new SwitchyardError('TABLE_BUSY', { table: `${holder.database}.${holder.lockedTable}`, owner: words });
  }
  await removeAbandonedMigration(session, holder.operationId);
}
