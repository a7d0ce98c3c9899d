/** Time-outs, retries and summaries of activities, by the kind of their work (DESIGN.md, "Who does what"). */
import type { SynchroniseGoal } from '../../domain/progress.js';
import type { ActivityOptions } from '@temporalio/workflow';
import { ActivityCancellationType, workflowInfo } from '@temporalio/workflow';
import { queueOf } from '../../domain/work-kinds.js';
import { attemptBoundMs, type AttemptLimits } from '../../lifecycle/operation/limits.js';
import {
  attemptHeartbeatTimeoutMs,
  attemptTakenWithinMs,
  closingHeartbeatTimeoutMs,
  closingTimeoutMs,
  closingUnpreparedAttemptsMax,
  followHeartbeatTimeoutMs,
  lookTimeoutMs,
  prepareHeartbeatTimeoutMs,
  prepareTimeoutMs,
  resolveHeartbeatTimeoutMs,
  resolveTimeoutMs,
  retryIntervalMs,
  retryIntervalMsMax,
  summaryBytesMax,
  triesInARowMax,
  synchroniseHeartbeatTimeoutMs,
  synchroniseTimeoutMs,
} from '../../limits/workflows.js';
import { cutToBytes } from './text.js';

/** What `synchronise` does until it has reached a goal, for summaries. */
export const goalSummaries: Readonly<Record<SynchroniseGoal, string>> = {
  copied: 'copy',
  indexed: 'build indexes of',
  verified: 'verify',
  follow: 'follow',
};

export const retry = { initialInterval: retryIntervalMs, maximumInterval: retryIntervalMsMax } as const;

/** Its failure comes back after a few tries: the lifecycle shows it, and tries it again itself (P11). */
const shownWhenItFails = { ...retry, maximumAttempts: triesInARowMax } as const;

/** Checks and plans: somebody waits for the answer to a mistake. */
export const preparing: ActivityOptions = {
  startToCloseTimeout: prepareTimeoutMs,
  heartbeatTimeout: prepareHeartbeatTimeoutMs,
  retry: shownWhenItFails,
};

const lasting: ActivityOptions = {
  startToCloseTimeout: synchroniseTimeoutMs,
  heartbeatTimeout: synchroniseHeartbeatTimeoutMs,
  retry: shownWhenItFails,
};

/**
 * Follows or watches, as long as is wanted: its checkpoint is in the sidecar.
 * @param heartbeatTimeout shorter where it is to reach something first, and should not be missed for long.
 */
export function following(heartbeatTimeout = followHeartbeatTimeoutMs): ActivityOptions {
  return { ...lasting, heartbeatTimeout, taskQueue: queueOf(workflowInfo().taskQueue, 'follow') };
}

/** One bounded attempt. Whether there is another one is decided by the lifecycle, never by a retry (P3). */
export function attempting(limits: AttemptLimits): ActivityOptions {
  return {
    scheduleToStartTimeout: attemptTakenWithinMs,
    startToCloseTimeout: attemptBoundMs(limits),
    heartbeatTimeout: attemptHeartbeatTimeoutMs,
    retry: { maximumAttempts: 1 },
  };
}

/** Works up to a goal, as long as it needs: its checkpoint is in the sidecar. */
function working(): ActivityOptions {
  return { ...lasting, taskQueue: queueOf(workflowInfo().taskQueue, 'work') };
}

/** By what `synchronise` is asked for. */
export function synchronising(goal: SynchroniseGoal): ActivityOptions {
  return goal === 'follow' ? following() : working();
}

/** Looks at a clock. */
export const looking: ActivityOptions = { startToCloseTimeout: lookTimeoutMs, retry };

/** Finds out what became of an attempt. */
export const resolving: ActivityOptions = {
  startToCloseTimeout: resolveTimeoutMs,
  heartbeatTimeout: resolveHeartbeatTimeoutMs,
  retry: shownWhenItFails,
};

/** Work that has to succeed for the operation to end. */
export const closing: ActivityOptions = {
  startToCloseTimeout: closingTimeoutMs,
  heartbeatTimeout: closingHeartbeatTimeoutMs,
  retry: shownWhenItFails,
};

/** The same after a preparation that told nothing: it may have nothing to close. */
export const closingUnprepared: ActivityOptions = {
  ...closing,
  retry: { ...retry, maximumAttempts: closingUnpreparedAttemptsMax },
};

/** Options with what the UI shows; a cancelled activity is awaited, since its word counts. */
export function shownAs(summary: string, options: ActivityOptions): ActivityOptions {
  return {
    ...options,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: cutToBytes(summary, summaryBytesMax),
  };
}
