/** What a server has executed, and has made visible to every transaction that begins now. */
import { GtidSet } from '../../../binlog/gtid-set.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { visibilityWaitSeconds } from '../../../limits/mysql-table.js';
import type { Session } from '../../server/session/session.js';

/** The executed GTID set of the server. */
export async function executedGtids(session: Session): Promise<GtidSet> {
  const { gtids } = await session.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
  return GtidSet.parse(gtids);
}

/**
 * An event may arrive before its rows can be read (group commit, semi-sync): waits for the server to say that they can.
 * @throws FEED_ENDED when it does not in time.
 */
export async function waitUntilVisible(session: Session, gtids: GtidSet): Promise<void> {
  if (gtids.isEmpty()) return;
  const { timedOut } = await session.row<{ timedOut: number }>('SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS timedOut', [
    gtids.toString(),
    visibilityWaitSeconds,
  ]);
  if (Number(timedOut) !== 0) {
    throw new SwitchyardError('FEED_ENDED', { problem: `transactions not visible after ${visibilityWaitSeconds} s` });
  }
}
