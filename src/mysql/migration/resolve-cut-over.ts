/**
 * The only word on an attempt that ended without one of its own (docs/design/cut-over.md, "Resolving an attempt"): ends
 * what is left of it, raises the epoch, and then looks at the tables.
 */
import type { CutOverResolution } from '../../domain/attempt.js';
import { underLockMs } from '../../limits/mysql.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { readPlan } from './migration-plan.js';
import { endCutOver, lastLockedCutOver } from '../server/sidecar/cut-overs.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { readSwapState } from './swap-state.js';

export interface ResolveOptions {
  readonly cluster: ClusterSettings;
  readonly operationId: string;
  readonly token: string;
}

/** @throws FENCED, OUTCOME_UNCLEAR, the driver's errors (to be repeated). */
export async function resolveCutOver({ cluster, operationId, token }: ResolveOptions): Promise<CutOverResolution> {
  return withSession(cluster, controlVariables, async (session) => {
    const plan = await readPlan(session, operationId);
    // First the lock: while its holder lives on the server, even without a client, a RENAME may still happen.
    await takeAdvisoryLockForSure(session, operationId);
    await takeOver(session, operationId, token);
    const outcome = await readSwapState(session, plan);
    const last = await lastLockedCutOver(session, operationId);
    // The attempt's own measurement, or, where it died with it, the longest time it can have been.
    const blockedMs = last?.blockedMs ?? underLockMs;
    const completedAt = last?.endedAt ?? last?.lockedAt ?? new Date().toISOString();
    // Kept, since nobody can tell later from the tables alone.
    if (last?.endedAt === null) await endCutOver(session, operationId, last.attempt, outcome, blockedMs);
    return outcome === 'notSwapped' ? { outcome } : { outcome, completedAt, blockedMs };
  });
}
