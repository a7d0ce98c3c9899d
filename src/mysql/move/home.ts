/**
 * Which side has the writes of a move, by the journals on both servers. A server that came back without its last switch
 * (a failover to a replica that was behind, a backup) is told by this from the one that had it (P1, P10).
 */
import type { Side } from '../../domain/servers.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { SessionPair } from '../server/session/session-pair.js';
import type { Session } from '../server/session/session.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import type { MovePlan } from './move-plan.js';
import type { MoveStream } from './move-stream.js';
import { lastSwitched } from './traffic/journal.js';
import { refusesAll } from './traffic/side.js';

/** The number of the last attempt that gave a server the writes; undefined for none, also where it has no records. */
export async function lastAttemptThatGave(
  session: Session,
  operationId: string,
  direction: 'forward' | 'reverse',
): Promise<number | undefined> {
  if (!(await sidecarExists(session))) return undefined;
  const entry = await lastSwitched(session, operationId, direction);
  return entry === undefined ? undefined : Number(entry.attempt);
}

/** Attempts of both directions are counted together, so that the higher number is the later one. */
export async function homeOf({ source, target }: SessionPair, operationId: string): Promise<Side> {
  const forward = await lastAttemptThatGave(target, operationId, 'forward');
  const reverse = await lastAttemptThatGave(source, operationId, 'reverse');
  return forward !== undefined && forward > (reverse ?? 0) ? 'target' : 'source';
}

/**
 * @param side which is to have the writes.
 * @throws SWITCH_LOST where the journals say otherwise, with since when nobody takes writes.
 */
export async function checkHome(sessions: SessionPair, plan: MovePlan, side: Side): Promise<void> {
  const { operationId, tables } = plan;
  if ((await homeOf(sessions, operationId)) === side) return;
  const refused =
    (await refusesAll(
      sessions.source,
      operationId,
      tables.map(({ source }) => source),
    )) &&
    (await refusesAll(
      sessions.target,
      operationId,
      tables.map(({ copy }) => copy),
    ));
  const { name: cluster } = sessions[side].cluster;
  throw new SwitchyardError('SWITCH_LOST', { cluster, side, since: refused ? new Date().toISOString() : '' });
}

/** Whether who gives the rows of a stream is who has the writes. @throws SWITCH_LOST. */
export async function checkGiving(
  { plan, direction }: Pick<MoveStream, 'plan' | 'direction'>,
  { from, to }: { readonly from: Session; readonly to: Session },
): Promise<void> {
  if (direction === 'forward') await checkHome({ source: from, target: to }, plan, 'source');
  else await checkHome({ source: to, target: from }, plan, 'target');
}
