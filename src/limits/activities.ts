/** Limits of activities, with their reasons. */

/** Well below the shortest heartbeat time-out (5 s), so that one lost beat ends nothing and a cancel arrives quickly. */
export const heartbeatIntervalMs = 250;
/** The SDK sends at most one heartbeat in this time: how quickly a running activity hears of a cancel (P2). */
export const heartbeatThrottleMs = 300;
/** How often a paused migration looks whether its position is still in the binlogs. */
export const pausedCheckIntervalMs = 60_000;
