/** Compares what is applied soon after it was (P6), for as long as it is followed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionKeptMs } from '../../../limits/mysql.js';
import { compareChangesIntervalMs } from '../../../limits/mysql-table.js';
import type { Session } from '../../server/session/session.js';
import { closePair, sessionsOf, type SessionPair } from '../../server/session/session-pair.js';
import { addChangesNotCompared } from '../../server/sidecar/verification.js';
import type { ChangedKeys } from '../follow/changed-keys.js';
import type { Follower } from '../follow/follower.js';
import type { TablePlan } from '../rows/table-plan.js';
import { compareChanges } from '../verify/compare-changes.js';

export interface ComparedWork {
  readonly follower: Pick<Follower, 'position' | 'comparedUpTo'>;
  /** With what is applied to each. */
  readonly tables: readonly { readonly plan: TablePlan; readonly changed: ChangedKeys }[];
  readonly openSessions: () => Promise<SessionPair>;
  readonly catchUp: () => Promise<void>;
  /** Writes to the sidecar while nobody newer has the operation. */
  readonly record: (write: (control: Session) => Promise<void>) => Promise<void>;
}

/** Until the signal. What is left then is what the stored position is behind. @throws VERIFICATION_FAILED, the driver's errors. */
export async function keepCompared(work: ComparedWork, ended: AbortSignal): Promise<void> {
  let sessions: SessionPair | undefined;
  let usedAt = -Infinity;
  while (!ended.aborted) {
    await sleep(compareChangesIntervalMs, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted) return;
    // Of before the first table is taken: what is applied meanwhile is compared in the next round.
    const { position } = work.follower;
    if (work.tables.some(({ changed }) => !changed.isEmpty)) {
      // Between two rounds a server may have ended its session.
      if (sessions === undefined || sessionsOf(sessions).some(({ closed }) => closed)) {
        sessions = await work.openSessions();
      }
      usedAt = performance.now();
      if (!(await compareOnce(work, sessions, ended))) continue;
    } else if (sessions !== undefined && performance.now() - usedAt > sessionKeptMs) {
      await closePair(sessions);
      sessions = undefined;
    }
    work.follower.comparedUpTo(position);
  }
}

/** @returns whether all of it is compared. */
async function compareOnce(
  { tables, catchUp, record }: ComparedWork,
  sessions: SessionPair,
  signal: AbortSignal,
): Promise<boolean> {
  let complete = true;
  for (const { plan, changed } of tables) {
    complete &&= await compareChanges(sessions, {
      ...{ plan, changed, catchUp, signal },
      recordGivenUp: (changes) => record((control) => addChangesNotCompared(control, plan, changes)),
    });
  }
  return complete;
}
