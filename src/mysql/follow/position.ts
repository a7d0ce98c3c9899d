/** Whether the feed can still go on from a position (design 5.4): asked at every connect, and now and then while paused. */
import { GtidSet } from '../../binlog/gtid-set.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { loadPosition } from '../sidecar/progress.js';

/**
 * @throws POSITION_PURGED when binlogs that are needed are gone, POSITION_UNKNOWN when the server has not executed what
 *   the position contains (another server, or one that lost transactions).
 */
export async function checkPosition(session: Session, position: GtidSet): Promise<void> {
  const text = position.toString();
  const { missing, unknown } = await session.row<{ missing: string; unknown: string }>(
    `SELECT GTID_SUBTRACT(@@GLOBAL.gtid_purged, ?) AS missing, GTID_SUBTRACT(?, @@GLOBAL.gtid_executed) AS unknown`,
    [text, text],
  );
  const cluster = session.cluster.name;
  if (missing !== '') throw new SwitchyardError('POSITION_PURGED', { cluster, missing });
  if (unknown !== '') throw new SwitchyardError('POSITION_UNKNOWN', { cluster, missing: unknown });
}

/** The same for an operation's stored position. */
export function checkStoredPosition(cluster: ClusterSettings, operationId: string): Promise<void> {
  return withSession(cluster, controlVariables, async (session) => {
    await checkPosition(session, GtidSet.parse(await loadPosition(session, operationId)));
  });
}
