/**
 * Whether the feed can still go on from a position (docs/design/copy-and-follow.md, "Position"): asked at every
 * connect, and now and then while paused.
 */
import { GtidSet } from '../../../binlog/gtid-set.js';
import { executedGtids } from './executed.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { FeedPosition } from './feed-position.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import { withSession, type Session } from '../../server/session/session.js';
import { controlVariables } from '../../server/session/variables.js';
import { takeOver } from '../../server/sidecar/epoch.js';
import { loadPosition } from '../../server/sidecar/progress.js';

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

/**
 * The same of a position as it is stored. @returns whether the server has transactions that are not in it, for which its
 * binlogs are needed.
 */
export async function checkStoredPosition(session: Session, text: string): Promise<{ readonly isBehind: boolean }> {
  const position = GtidSet.parse(text);
  await checkPosition(session, position);
  return { isBehind: !(await executedGtids(session)).subtract(position).isEmpty() };
}

/** A transaction of a position, by which the history that has it is known. */
export interface Witness {
  readonly gtid: string;
  /** It was committed then, or before. */
  readonly committedAtMs: number;
}

/**
 * The last transaction of the position that this server began itself. A history that was begun anew on the server (RESET)
 * has the same names again, for transactions that came later. @returns undefined where there is none, its binlog is gone,
 * or the feed begins behind it.
 */
export async function findWitness(
  session: Session,
  { gtids, place, committedAtMs }: FeedPosition,
  serverUuid: string,
): Promise<Witness | undefined> {
  const gtid = gtids.lastOf(serverUuid);
  // A place in a binlog file does not survive a new beginning: the server refuses it, and it is forgotten.
  if (gtid === undefined || place !== undefined || committedAtMs === null) return undefined;
  const { gone } = await session.row<{ gone: number }>('SELECT GTID_SUBSET(?, @@GLOBAL.gtid_purged) AS gone', [gtid]);
  return Number(gone) === 1 ? undefined : { gtid, committedAtMs };
}

/** @throws POSITION_UNKNOWN where the transaction of the witness's name is another one. */
export function checkWitness(cluster: string, { gtid, committedAtMs }: Witness, originatedAtMs: number): void {
  if (originatedAtMs <= committedAtMs) return;
  throw new SwitchyardError('POSITION_UNKNOWN', { cluster, missing: `${gtid} (another transaction has its name now)` });
}

/**
 * @param before what the server had executed at an earlier look. @returns what it has now.
 * @throws POSITION_UNKNOWN where it has not all of that any more.
 */
export async function checkHistory(session: Session, before: GtidSet): Promise<GtidSet> {
  const executed = await executedGtids(session);
  const missing = before.subtract(executed);
  if (missing.isEmpty()) return executed;
  throw new SwitchyardError('POSITION_UNKNOWN', { cluster: session.cluster.name, missing: missing.toString() });
}

/** Takes the operation over, so that nobody else goes on, and looks at its stored position. @throws FENCED, as `checkPosition`. */
export function holdPosition(cluster: ClusterSettings, operationId: string, token: string): Promise<void> {
  return withSession(cluster, controlVariables, async (session) => {
    await takeOver(session, operationId, token);
    await checkPosition(session, GtidSet.parse(await loadPosition(session, operationId)));
  });
}
