/**
 * Replication from the target back to the source while the target has the writes, so that traffic can go back
 * (docs/design/moves.md, "The way back").
 */
import type { VerifyAgain } from '../../domain/progress.js';
import type { ReverseFollowed, Sight } from '../../domain/servers.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamSilenceMs, watchIntervalMs } from '../../limits/mysql-move.js';
import type { ThrottleLimits } from '../../throttle/limits.js';
import { withJointSignal } from '../server/session/joint-signal.js';
import { isUnavailable } from '../server/session/server-errors.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { loadPosition } from '../server/sidecar/progress.js';
import type { Waits } from '../server/waits.js';
import type { Progress } from '../table/synchronise/goal.js';
import type { MoveClusters } from './move-stream.js';
import { probeServers } from './probe-servers.js';
import { synchroniseMove } from './synchronise-move.js';
import { WatchedPair } from './watched-pair.js';

export interface FollowReverseOptions extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
  /** `caughtUp`: until there is no lag left once. `follow`: until the signal. */
  readonly goal: 'caughtUp' | 'follow';
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly waits?: Waits;
  /** Of what is compared again now and then. */
  readonly throttle: ThrottleLimits;
  readonly verifyAgain?: VerifyAgain | null | undefined;
}

/** @throws FENCED, TABLE_CHANGED, POSITION_PURGED, data errors, the driver's errors while both servers answer. */
export async function followReverse(options: FollowReverseOptions): Promise<ReverseFollowed> {
  let silentSince: number | undefined;
  for (;;) {
    const servers = new WatchedPair(options);
    const forget = options.waits?.add(() => servers.waits);
    const watched = { ...options, ...servers.clusters };
    try {
      // Where nobody writes, nothing is sent to a source that is silent, and no statement would end.
      const { outcome } = await withJointSignal([options.signal, ...servers.silenced], undefined, (signal) =>
        synchroniseMove({ ...watched, signal, direction: 'reverse' }),
      );
      if (!options.signal.aborted) for (const silenced of servers.silenced) silenced.throwIfAborted();
      const position = await positionOf(watched);
      return { outcome: outcome === 'reached' ? 'caughtUp' : 'stopped', position, source: null, target: null };
    } catch (error) {
      const { seen, isOver } = await look(options, servers);
      if (options.signal.aborted) return { outcome: 'stopped', position: null, ...servers.seen };
      const silent = isSilent(seen);
      if (!silent && !isUnavailable(error)) throw error;
      silentSince ??= performance.now();
      if (isOver || (silent && performance.now() - silentSince > streamSilenceMs)) {
        const position = seen.source === null ? await positionOf(watched).catch(() => null) : null;
        return { outcome: 'unreachable', position, ...seen };
      }
      if (!silent) silentSince = undefined;
      await sleep(watchIntervalMs, undefined, { signal: options.signal }).catch(() => undefined);
    } finally {
      servers.stop();
      forget?.();
    }
  }
}

/** What is silent now. `isOver`: it has been for so long that the stream was ended for it. */
async function look(
  { source, target, signal }: FollowReverseOptions,
  { seen }: WatchedPair,
): Promise<{ readonly seen: Sight; readonly isOver: boolean }> {
  if (signal.aborted || isSilent(seen)) return { seen, isOver: true };
  // A feed that ended by itself, too: the connection of one that is restarted says no more.
  return { seen: await probeServers({ source, target, sides: ['source', 'target'], thorough: false }), isOver: false };
}

function isSilent({ source, target }: Sight): boolean {
  return source !== null || target !== null;
}

function positionOf({ source, operationId }: FollowReverseOptions): Promise<string> {
  return withSession(source, controlVariables, (session) => loadPosition(session, operationId));
}
