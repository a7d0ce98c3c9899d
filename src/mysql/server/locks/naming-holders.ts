/** DDL on tables that somebody may hold: it waits shortly, since readers queue behind it, and says who was in its way. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { metadataLockWaitSeconds, shortLockWaitSeconds } from '../../../limits/mysql-server.js';
import { blockersNamedMax } from '../../../limits/shared.js';
import type { TableName } from '../../../schema/table-model.js';
import { errorNumbers, serverErrorNumber } from '../session/server-errors.js';
import type { Session } from '../session/session.js';
import { findLockHolders, holderWords } from './blockers.js';

/**
 * Runs `ddl` on a session with the settings for looking. @param tables that it needs.
 * @throws TABLE_HELD where their locks were not granted; what `ddl` throws.
 */
export async function namingHolders<Result>(
  session: Session,
  tables: readonly TableName[],
  ddl: () => Promise<Result>,
): Promise<Result> {
  await session.set({ lock_wait_timeout: shortLockWaitSeconds });
  try {
    return await ddl();
  } catch (error) {
    if (serverErrorNumber(error) !== errorNumbers.lockWaitTimeout || tables.length === 0) throw error;
    const holders = await findLockHolders(session, tables, [session.id]);
    const words = holders.slice(0, blockersNamedMax).map(holderWords);
    const problem = words.length === 0 ? 'nobody was found who holds it still' : words.join('; ');
    throw new SwitchyardError('TABLE_HELD', { cluster: session.cluster.name, problem }, { cause: error });
  } finally {
    if (!session.closed) await session.set({ lock_wait_timeout: metadataLockWaitSeconds });
  }
}
