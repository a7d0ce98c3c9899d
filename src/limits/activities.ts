/** Limits of src/activities, each with its unit in its name and its reason. */

/** Well below the shortest heartbeat time-out (5 s), so that one lost beat ends nothing and a cancel arrives quickly. */
export const heartbeatIntervalMs = 250;
/** How often a paused migration looks whether its position is still in the binlogs. */
export const pausedCheckIntervalMs = 60_000;

/** How long an attempt may wait for the table lock by default: what an application's own time-outs survive (P3). */
export const lockTimeoutMsDefault = 1_000;

/** Waiting before attempt n; the last one repeats. First at once, then long enough for a report to end. */
export const cutOverBackoffMsDefault: readonly number[] = [0, 10_000, 30_000, 60_000, 120_000, 300_000];

/** How long the drain under the locks may take by default: beside the lock wait, what applications survive (P3). */
export const drainTimeoutMsDefault = 2_000;

/** Past the time of its activity, for a worker to take up and end the workflow that calls it. */
export const tellRouterGraceMs = 15_000;

/** Where no window opens: a worker with another time zone database may know better; commands do not wait for this. */
export const windowLookAgainMs = 3_600_000;
/** What work waits for is told to its workflow once it has lasted so long: shorter than anybody looks for it (P11). */
export const waitToldAfterMs = 5_000;
/** Pause after it was told, twice as long after each further one: four events of a history stand for each. */
export const waitTellIntervalMs = 10_000;
export const waitTellIntervalMsMax = 300_000;
