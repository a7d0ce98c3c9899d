/** The long work of a move in one direction, in one process: all tables by one feed. */
import type { Direction } from '../../domain/servers.js';
import type { Synchronised, VerifyAgain } from '../../domain/progress.js';
import type { ThrottleLimits } from '../../throttle/limits.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { Session, withSession } from '../server/session/session.js';
import { SessionOnDemand } from '../server/session/session-on-demand.js';
import { controlVariables } from '../server/session/variables.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { OpenSessions } from '../server/session/open-sessions.js';
import type { Waits } from '../server/waits.js';
import type { Goal, Progress } from '../table/synchronise/goal.js';
import type { Connections } from '../table/synchronise/copy-work.js';
import { Synchroniser } from '../table/synchronise/synchroniser.js';
import { betweenServers } from '../table/transfer/between-servers.js';
import { checkTables, readTables, rememberTables, type ComparisonAge, type Looking } from './compared-tables.js';
import { checkGiving } from './home.js';
import { readMovePlan } from './move-plan.js';
import { connectionsOf, fenceTo, streamOf, type MoveClusters, type MoveStream } from './move-stream.js';
import { ensureStream } from './stream-start.js';
import { withUpkeep } from './upkeep.js';

export interface SynchroniseMoveOptions extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
  readonly direction: Direction;
  readonly goal: Goal;
  readonly verifiesNext?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly waits?: Waits;
  readonly throttle: ThrottleLimits;
  readonly verifyAgain?: VerifyAgain | null | undefined;
  /** How often it is looked what both servers need, beside what is followed. */
  readonly upkeepEveryMs?: number | undefined;
}

/** @throws FENCED, data errors, TABLE_CHANGED, POSITION_PURGED, VERIFICATION_FAILED, the driver's errors. */
export async function synchroniseMove(options: SynchroniseMoveOptions): Promise<Synchronised> {
  const { operationId, direction, token, goal } = options;
  const opened = new OpenSessions();
  const to = direction === 'forward' ? options.target : options.source;
  const control = new SessionOnDemand(async () => opened.add(await Session.open(to, controlVariables)));
  try {
    const { stream, comparison } = await control.use(async (session) => {
      await takeOver(session, operationId, token);
      const taken = streamOf(await readMovePlan(session, operationId), direction, options);
      return { stream: taken, comparison: await lookBefore(taken, session, options) };
    });
    // From the end of the copy on: before it, every row would be looked at by a trigger.
    if (goal !== 'copied') await fenceSide(stream, options);
    const { tables } = stream;
    const connections = connectionsOf(stream, opened);
    const work = {
      ...{ operationId, tables, connections },
      way: betweenServers(),
      copies: [],
      readTables: onceRead(stream, connections),
      comparesAgain: comparison !== undefined && isDue(comparison),
      // A move between two databases of one server is on one.
      clusters: stream.from.name === stream.to.name ? [stream.to] : [stream.from, stream.to],
    };
    const run = (): Promise<Synchronised> => new Synchroniser(work, options, control).run();
    if (goal !== 'follow') return await run();
    return await withUpkeep(stream, { signal: options.signal, everyMs: options.upkeepEveryMs }, run);
  } finally {
    await Promise.all([control.close(), opened.close()]);
  }
}

/** @param control on `to`. @returns how old what was compared is; undefined where that is no matter yet. */
function lookBefore(
  stream: MoveStream,
  control: Session,
  { direction, goal, token }: SynchroniseMoveOptions,
): Promise<ComparisonAge | undefined> {
  return withSession(stream.from, controlVariables, async (from) => {
    const looking = { from, to: control };
    await checkGiving(stream, looking);
    await ensureStream(stream, control, token);
    return comparesOf(direction, goal) ? lookAtTables(looking, stream, token) : undefined;
  });
}

/** Whether what is followed is complete, so that nobody else may touch it. */
function comparesOf(direction: Direction, goal: Goal): boolean {
  return direction === 'reverse' || goal === 'verified' || goal === 'follow' || goal === 'caughtUp';
}

/** What fails for this reason is tried again, and comes by here. */
async function lookAtTables(looking: Looking, stream: MoveStream, token: string): Promise<ComparisonAge> {
  const comparison = await checkTables(looking, stream);
  if (comparison.kind === 'none') await rememberTables(looking, stream, token);
  return comparison;
}

/** Whether this stream has not compared all of them as a whole, although they were compared. */
function isDue(comparison: ComparisonAge): boolean {
  return comparison.kind === 'stale' || (comparison.kind === 'valid' && comparison.secondsAgo === null);
}

/** Read when the first table is compared: what becomes of another one until its turn comes is seen later. */
function onceRead(stream: MoveStream, connections: Connections): () => Promise<ReadonlyMap<number, string>> {
  let reading: Promise<ReadonlyMap<number, string>> | undefined;
  const read = async (): Promise<ReadonlyMap<number, string>> => {
    const looking: Looking = { from: await connections.control('source'), to: await connections.control('target') };
    try {
      return await readTables(looking, stream);
    } finally {
      await Promise.all([looking.from.close(), looking.to.close()]);
    }
  };
  return () => (reading ??= read());
}

/** Before anything is applied that nobody else may change any more. */
async function fenceSide(stream: MoveStream, { operationId, token, signal }: SynchroniseMoveOptions): Promise<void> {
  await withSession(stream.to, controlVariables, async (session) => {
    await takeAdvisoryLockForSure(session, operationId);
    await takeOver(session, operationId, token);
    await fenceTo(stream, session, { signal });
  });
}
