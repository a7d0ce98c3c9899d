/** Limits of the process of a worker (files directly under src), each with its unit in its name and its reason. */
import { workerCheckpointMs } from './shared.js';

/**
 * The SDK sends at most one heartbeat in this time, by kind of work: how quickly a running activity hears of a cancel (P2).
 * `work`: long enough that hundreds do not count, short enough for a pause. `follow`: four to its time-out.
 */
export const heartbeatThrottleMs = { control: 300, follow: 15_000, work: 1_000 } as const;
/** Where clusters have limits: for each place of work, how many may have been taken from the queue, most of them to wait. */
export const waitingForClusterShare = 4;

/**
 * Workflows kept in memory: each is more than a megabyte there. One that
 * is not kept is replayed when something happens to it, which takes milliseconds, and nothing happens to one that is held
 * back. As many as the SDK runs tasks at once, which may not be more.
 */
export const workerCachedWorkflowsMax = 40;
/**
 * How long a workflow task waits for the worker that has the workflow in memory before any other may take it. Replaying one
 * of ours takes milliseconds, and until then nobody decides for a workflow whose worker is dead.
 */
export const workerStickyTimeoutMs = 2_000;
/** After the grace of the configuration: the SDK waits no longer for what is still running. */
export const workerForceAfterGraceMs = workerCheckpointMs + 3_000;
/** After the grace of the configuration: the process ends, whatever runs. */
export const workerEndAfterGraceMs = workerForceAfterGraceMs + 2_000;
