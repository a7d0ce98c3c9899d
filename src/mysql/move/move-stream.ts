/**
 * One direction of a move: `forward` from source to target, `reverse` back. Everything that copies, follows or switches
 * knows only from where to where; on `to` are the copies, the position and the epoch of the stream.
 */
import type { Place } from '../../domain/routing.js';
import type { Direction } from '../../domain/servers.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { Session, type SessionVariables } from '../server/session/session.js';
import {
  controlVariables,
  dataVariables,
  moveConversion,
  transferSourceVariables,
  transferTargetVariables,
} from '../server/session/variables.js';
import type { OpenSessions } from '../server/session/open-sessions.js';
import type { Connections } from '../table/synchronise/copy-work.js';
import { fencePassHash, letPass } from './traffic/fence-pass.js';
import { raiseFences, type Fence, type FenceWaits } from './traffic/fence.js';
import { ensureGate, findPass } from './traffic/gate.js';
import type { MoveClusters, MovePlan } from './move-plan.js';

export type { MoveClusters };

export interface MoveStream {
  readonly direction: Direction;
  readonly plan: MovePlan;
  readonly from: ClusterSettings;
  readonly to: ClusterSettings;
  /** In this direction: `source` is on `from`, `copy` on `to`. */
  readonly tables: readonly TablePlan[];
}

/** The move in one direction. */
export function streamOf(plan: MovePlan, direction: Direction, { source, target }: MoveClusters): MoveStream {
  if (direction === 'forward') return { direction, plan, from: source, to: target, tables: plan.tables };
  return { direction, plan, from: target, to: source, tables: plan.tables.map(turned) };
}

/** The same pair of tables the other way round: both have the same definition. */
export function turned(table: TablePlan): TablePlan {
  const pairs = table.pairs.map(({ source, target, conversion }) => ({ source: target, target: source, conversion }));
  const { unwritten } = table;
  const computed = unwritten?.computed.map(({ source, target }) => ({ source: target, target: source })) ?? [];
  const sides = { source: table.copy, copy: table.source, pairs };
  return { ...table, ...sides, ...(unwritten === undefined ? {} : { unwritten: { ...unwritten, computed } }) };
}

/** The other direction. */
export function opposite(direction: Direction): Direction {
  return direction === 'forward' ? 'reverse' : 'forward';
}

const data: SessionVariables = dataVariables(moveConversion);

/** Connections of the stream, which may write behind the fences on its `to`. */
export function connectionsOf(stream: MoveStream, opened: OpenSessions): Connections {
  const open = async (side: 'source' | 'target', variables: SessionVariables): Promise<Session> =>
    opened.add(await Session.open(side === 'source' ? stream.from : stream.to, variables));
  const pair = async (source: SessionVariables, target: SessionVariables): Promise<SessionPair> => ({
    source: await open('source', source),
    target: await open('target', target),
  });
  return {
    control: (side) => open(side, controlVariables),
    rows: async () => {
      const sessions = await pair(transferSourceVariables, transferTargetVariables);
      // Without a gate there is no fence yet.
      const pass = await findPass(sessions.target, stream.plan.operationId);
      if (pass !== undefined) await letPass(sessions.target, pass);
      return sessions;
    },
    compared: () => pair(data, data),
    data: (side) => open(side, data),
  };
}

/** Which of the stream's sides a fence stands on. */
type FencedSide = 'from' | 'to';

/**
 * The fence of one side, on whose gate it depends; that is made where it is missing: open on the side that has the writes,
 * shut on the other.
 * @param session on that side.
 */
export async function fenceOn(stream: MoveStream, side: FencedSide, session: Session): Promise<Fence> {
  const { operationId, name: move } = stream.plan;
  const passHash = fencePassHash(await ensureGate(session, operationId, side === 'to'));
  const { definer } = await session.row<{ definer: string }>('SELECT CURRENT_USER() AS definer');
  const home = homesOf(stream)[side === 'from' ? 'to' : 'from'];
  return { operationId, move, home, passHash, definer };
}

/**
 * The side that does not have the traffic refuses everybody's writes but ours.
 * @param session on `to`; holds the operation's advisory lock there. @throws StillHeld, the driver's errors.
 */
export async function fenceTo(stream: MoveStream, session: Session, waits: FenceWaits): Promise<void> {
  const copies = stream.tables.map(({ copy }) => copy);
  await raiseFences(session, await fenceOn(stream, 'to', session), copies, waits);
}

/** Where the stream's tables are on its two servers. */
export function homesOf({ plan, direction }: MoveStream): {
  readonly from: Place;
  readonly to: Place;
} {
  return direction === 'forward' ? { from: plan.source, to: plan.target } : { from: plan.target, to: plan.source };
}
