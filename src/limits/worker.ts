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
/** Time that running activities get to end at a checkpoint when the worker is asked to stop. */
export const workerShutdownGraceMs = 2_000;
