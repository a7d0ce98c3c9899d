/**
 * The only word on an attempt that ended without one of its own (docs/design/moves.md, "Resolving a switch"): ends what
 * is left of it, commits `aborted` in the journal unless it has switched, and only then undoes it; or goes forward.
 * Where one of the servers does not answer, nobody guesses.
 */
import type { Direction } from '../../domain/servers.js';
import type { SwitchResolution } from '../../domain/attempt.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { isUnavailable, serverMessage } from '../server/session/server-errors.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { dropAllFences } from './traffic/fence.js';
import { Journal } from './traffic/journal.js';
import { giveTargetUp } from './give-target-up.js';
import type { MoveClusters } from './move-stream.js';
import { probeServers } from './probe-servers.js';

export interface ResolveSwitchOptions extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
  readonly direction: Direction;
  /** The number of the attempt that is in doubt. */
  readonly attempt: number;
  /** A target that does not answer is given up: the source has the writes then. */
  readonly acceptLoss: boolean;
}

/** @throws FENCED, the driver's errors other than "does not answer". */
export async function resolveSwitch(options: ResolveSwitchOptions): Promise<SwitchResolution> {
  try {
    return await resolve(options);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    if (options.acceptLoss) return withoutTarget(options, serverMessage(error));
    return { outcome: 'unknown', problem: serverMessage(error), writesRefusedSince: null };
  }
}

function resolve(options: ResolveSwitchOptions): Promise<SwitchResolution> {
  const { operationId, direction, attempt, token } = options;
  const [from, to] = direction === 'forward' ? [options.source, options.target] : [options.target, options.source];
  return withSession(from, controlVariables, (giving) =>
    withSession(to, controlVariables, async (receiving) => {
      // First the locks: while their holders live on the servers, even without a client, fences may still be raised.
      await takeAdvisoryLockForSure(giving, operationId);
      await takeAdvisoryLockForSure(receiving, operationId);
      const journal = await Journal.open(to, { operationId, direction, attempt });
      const entry = await journal.commitAborted(token).finally(() => journal.close());
      const open = entry.outcome === 'switched' ? receiving : giving;
      await dropAllFences(open, operationId);
      if (entry.outcome === 'aborted') return { outcome: 'notSwitched' };
      return { outcome: 'switched', switchedAt: entry.at, blockedMs: 0 };
    }),
  );
}

/** Decided by a person. Where the source does not answer either, nobody knows anything. */
async function withoutTarget(options: ResolveSwitchOptions, problem: string): Promise<SwitchResolution> {
  const { source, target, direction, operationId } = options;
  const seen = await probeServers({ source, target, sides: ['source', 'target'], thorough: true });
  if (seen.source !== null || seen.target === null) return { outcome: 'unknown', problem, writesRefusedSince: null };
  return withSession(source, controlVariables, async (session) => {
    if (direction === 'reverse') return giveTargetUp(session, options);
    await takeAdvisoryLockForSure(session, operationId);
    await dropAllFences(session, operationId);
    return { outcome: 'notSwitched', lossAccepted: true, lastReversedPosition: null };
  });
}
