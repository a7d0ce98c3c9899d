/** Limits of one worker process, with their reasons. */

/** Migrations at once on one worker: each has three copy lanes and a feed; the default of 100 would drown the server. */
export const workerConcurrentActivitiesMax = 40;
/** Workflows kept in memory; more would only be replayed when something happens to them. */
export const workerCachedWorkflowsMax = 100;
/**
 * How long a workflow task waits for the worker that has the workflow in memory before any other may take it. Replaying one
 * of ours takes milliseconds, and until then nobody decides for a workflow whose worker is dead.
 */
export const workerStickyTimeoutMs = 2_000;
/** Time that running activities get to end by themselves when the worker is asked to stop; then they are cancelled. */
export const workerShutdownGraceMs = 2_000;
/**
 * Time that they get from there on to end at a checkpoint. One that does not hear (a statement that waits on the server) is
 * left alone then, as it is by a worker that is killed, but Temporal is told: another worker goes on with it at once.
 */
export const workerCheckpointMs = 3_000;
/** From the signal on: the SDK waits no longer for what is still running. */
export const workerShutdownForceMs = workerShutdownGraceMs + workerCheckpointMs + 3_000;
/** From the signal on: the process ends, whatever runs. Well below the 30 s after which Kubernetes kills a pod. */
export const workerEndMsMax = workerShutdownForceMs + 2_000;
