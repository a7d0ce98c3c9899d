/**
 * The only word on an attempt that ended without one of its own (docs/design/moves.md, "Resolving a switch"): ends what
 * is left of it, commits `aborted` in the journal unless it has switched, and only then undoes it; or goes forward.
 * Where a server is missed, the other one may know enough: the one that gets the writes has the journal, and one that
 * does not refuse all writes has not given them. Else nobody guesses: a person may give the one that is missed up.
 */
import type { Direction, Side } from '../../domain/servers.js';
import type { SwitchResolution } from '../../domain/attempt.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { isUnavailable, serverMessage } from '../server/session/server-errors.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { isCompletedOn } from './finish-move.js';
import { homeOf } from './home.js';
import { readMovePlan, type MoveClusters } from './move-plan.js';
import { probeServers } from './probe-servers.js';
import { seize } from './seize.js';
import { Journal } from './traffic/journal.js';
import { openSide, refusesAll } from './traffic/side.js';

export interface ResolveSwitchOptions extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
  readonly direction: Direction;
  /** The number of the attempt that is in doubt. */
  readonly attempt: number;
  /** Whom a person has given up, as far as it is missed. */
  readonly givenUp: Side | null;
}

/** Who gives the writes in a direction, and who gets them. */
interface Sides {
  readonly from: Side;
  readonly to: Side;
}

/** What is known without a server: it does not answer, or is not the one that had the last switch. */
interface Missing {
  readonly sides: readonly Side[];
  readonly problem: string;
}

/** @throws FENCED, the driver's errors other than "does not answer". */
export async function resolveSwitch(options: ResolveSwitchOptions): Promise<SwitchResolution> {
  const [from, to] =
    options.direction === 'forward' ? (['source', 'target'] as const) : (['target', 'source'] as const);
  const known = await withBoth(options, { from, to });
  if ('outcome' in known) return known;
  const { givenUp } = options;
  const kept = givenUp === 'source' ? 'target' : 'source';
  if (givenUp !== null && known.sides.includes(givenUp)) return giveUp(options, kept, to, known);
  const [missing, another] = known.sides;
  if (missing === undefined || another !== undefined) return unknown(known);
  return missing === from ? byJournal(options, to, known) : byRefusal(options, from, known);
}

function unknown({ sides, problem }: Missing): SwitchResolution {
  return { outcome: 'unknown', problem, writesRefusedSince: null, missing: sides };
}

/** What is missing where that does not lead to a word. */
async function withBoth(options: ResolveSwitchOptions, sides: Sides): Promise<SwitchResolution | Missing> {
  const { source, target } = options;
  try {
    return await resolve(options, sides);
  } catch (error) {
    const noRecords = error instanceof SwitchyardError && error.code === 'UNKNOWN_OPERATION';
    if (!noRecords && !isUnavailable(error)) throw error;
    const seen = await probeServers({ source, target, sides: ['source', 'target'], thorough: true });
    const silent = (['source', 'target'] as const).filter((side) => seen[side] !== null);
    const problem = serverMessage(error);
    return { sides: noRecords && silent.length === 0 ? [sides.to] : silent, problem };
  }
}

function resolve(options: ResolveSwitchOptions, { from, to }: Sides): Promise<SwitchResolution | Missing> {
  const { operationId, source, target } = options;
  return withSession(source, controlVariables, (onSource) =>
    withSession(target, controlVariables, async (onTarget) => {
      const sessions = { source: onSource, target: onTarget };
      // First the locks: while their holders live on the servers, even without a client, writes may still be refused.
      await takeAdvisoryLockForSure(sessions[from], operationId);
      await takeAdvisoryLockForSure(sessions[to], operationId);
      const switched = await decided(options, to);
      if (switched !== null) return goForward(sessions[to], operationId, switched);
      if ((await homeOf(sessions, operationId)) !== from) {
        const { name } = sessions[from].cluster;
        return {
          sides: [from],
          problem: `cluster ${name} does not know that it has the writes: it came back without that`,
        };
      }
      await openSide(sessions[from], operationId);
      return { outcome: 'notSwitched' };
    }),
  );
}

/** When it has switched; null where it has not, and never will. */
async function decided(options: ResolveSwitchOptions, to: Side): Promise<string | null> {
  const { operationId, direction, attempt, token } = options;
  const journal = await Journal.open(options[to], { operationId, direction, attempt });
  const entry = await journal.commitAborted(token).finally(() => journal.close());
  return entry.outcome === 'switched' ? entry.at : null;
}

async function goForward(receiving: Session, operationId: string, switchedAt: string): Promise<SwitchResolution> {
  await openSide(receiving, operationId);
  return { outcome: 'switched', switchedAt, blockedMs: 0 };
}

/** Only who gets the writes answers, and has the journal. What the other one refuses can only be undone there. */
function byJournal(options: ResolveSwitchOptions, to: Side, missing: Missing): Promise<SwitchResolution> {
  const { operationId } = options;
  return answering(options[to], missing, async (session) => {
    await takeAdvisoryLockForSure(session, operationId);
    const switched = await decided(options, to);
    if (switched !== null) return goForward(session, operationId, switched);
    const undone = 'it has not switched, and what refuses writes on the other side goes once that answers';
    return unknown({ ...missing, problem: `${missing.problem}; ${undone}` });
  });
}

/** Only who gives the writes answers: as long as it takes some, it has not given them. */
function byRefusal(options: ResolveSwitchOptions, from: Side, missing: Missing): Promise<SwitchResolution> {
  const { operationId } = options;
  return answering(options[from], missing, async (session) => {
    await takeAdvisoryLockForSure(session, operationId);
    const { tables } = await readMovePlan(session, operationId);
    const names = tables.map(({ source, copy }) => (from === 'source' ? source : copy));
    if (await refusesAll(session, operationId, names)) return unknown(missing);
    await openSide(session, operationId);
    return { outcome: 'notSwitched' };
  });
}

/** Decided by a person. */
function giveUp(options: ResolveSwitchOptions, kept: Side, to: Side, missing: Missing): Promise<SwitchResolution> {
  return answering(options[kept], missing, async (session) => {
    // The end has been reached without the one that is given up.
    if (kept === 'source' && (await isCompletedOn(session, options.operationId))) return { outcome: 'notSwitched' };
    const { switchedAt, lastReversedPosition } = await seize({ ...options, kept });
    const loss = { lossAccepted: true, lastReversedPosition };
    return kept === to
      ? { outcome: 'switched', switchedAt, blockedMs: 0, ...loss }
      : { outcome: 'notSwitched', ...loss };
  });
}

/** Where this server does not answer either, nobody knows anything. */
async function answering(
  cluster: MoveClusters['source'],
  missing: Missing,
  work: (session: Session) => Promise<SwitchResolution>,
): Promise<SwitchResolution> {
  try {
    return await withSession(cluster, controlVariables, work);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return unknown({ sides: ['source', 'target'], problem: serverMessage(error) });
  }
}
