/** Replication from the target back to the source while the target has the writes, so that traffic can go back (6.4). */
import { setTimeout as sleep } from 'node:timers/promises';
import { streamSilenceMs, watchIntervalMs } from '../../limits/probe.js';
import { isUnavailable } from '../session/server-errors.js';
import { withSession } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { loadPosition } from '../sidecar/progress.js';
import type { Progress } from '../synchronise/goal.js';
import type { MoveClusters } from './move-stream.js';
import { probeServers, type ServersSeen } from './probe.js';
import { synchroniseMove } from './synchronise-move.js';

export interface FollowReverseOptions extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
  /** `caughtUp`: until there is no lag left once. `follow`: until the signal. */
  readonly goal: 'caughtUp' | 'follow';
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export interface ReverseFollowed extends ServersSeen {
  readonly outcome: 'caughtUp' | 'stopped' | 'unreachable';
  /** Up to where the target's writes are on the source, as a GTID set; null where the source cannot be asked. */
  readonly position: string | null;
}

/** @throws FENCED, TABLE_CHANGED, POSITION_PURGED, data errors, the driver's errors while both servers answer. */
export async function followReverse(options: FollowReverseOptions): Promise<ReverseFollowed> {
  let silentSince: number | undefined;
  for (;;) {
    try {
      const { outcome } = await synchroniseMove({ ...options, direction: 'reverse' });
      const position = await positionOf(options);
      return { outcome: outcome === 'reached' ? 'caughtUp' : 'stopped', position, source: null, target: null };
    } catch (error) {
      if (options.signal.aborted) return { outcome: 'stopped', position: null, source: null, target: null };
      // A feed that ended by itself, too: the connection of one that is restarted says no more.
      const seen = await probeServers({ ...options, sides: ['source', 'target'], thorough: false });
      const silent = seen.source !== null || seen.target !== null;
      if (!silent && !isUnavailable(error)) throw error;
      silentSince ??= performance.now();
      if (silent && performance.now() - silentSince > streamSilenceMs) {
        const position = seen.source === null ? await positionOf(options).catch(() => null) : null;
        return { outcome: 'unreachable', position, ...seen };
      }
      if (!silent) silentSince = undefined;
      await sleep(watchIntervalMs, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

function positionOf({ source, operationId }: FollowReverseOptions): Promise<string> {
  return withSession(source, controlVariables, (session) => loadPosition(session, operationId));
}
