/** What a server has executed, and has made visible to every transaction that begins now. */
import { GtidSet } from '../../../binlog/gtid-set.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { visibilityLookSeconds, visibilityWaitSeconds } from '../../../limits/mysql-table.js';
import type { Session } from '../../server/session/session.js';

/** The executed GTID set of the server. */
export async function executedGtids(session: Session): Promise<GtidSet> {
  const { gtids } = await session.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
  return GtidSet.parse(gtids);
}

/**
 * An event may arrive before its rows can be read (group commit, semi-sync): waits for the server to say that they can.
 * @param mayBecome asked now and then; throws where they cannot become visible any more.
 * @throws FEED_ENDED when they do not in time, what `mayBecome` throws.
 */
export async function waitUntilVisible(
  session: Session,
  gtids: GtidSet,
  mayBecome: () => Promise<void>,
): Promise<void> {
  if (gtids.isEmpty()) return;
  for (let waited = 0; waited < visibilityWaitSeconds; waited += visibilityLookSeconds) {
    const { timedOut } = await session.row<{ timedOut: number }>(
      'SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS timedOut',
      [gtids.toString(), visibilityLookSeconds],
    );
    if (Number(timedOut) === 0) return;
    await mayBecome();
  }
  throw new SwitchyardError('FEED_ENDED', { problem: `transactions not visible after ${visibilityWaitSeconds} s` });
}
