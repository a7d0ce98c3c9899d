/** Limits of the lifecycle of a move, each with its reason. */

/**
 * How soon a switch whose outcome cannot be told is looked into again by itself: writes are refused meanwhile, so that it
 * should not wait for a person once the server is back; each look takes connections and their time-outs.
 */
export const resolveAgainAfterMs = 10_000;

/** How long the drain under the locks may take by default: beside the lock wait, what applications survive (P3). */
export const drainTimeoutMsDefault = 2_000;
/** Below this the target cannot be asked in time; above it writes would be blocked too long for P3. */
export const drainTimeoutMsMin = 100;
export const drainTimeoutMsMax = 60_000;

/** Length of a move's name: part of its workflow id and of what a refused write is told. */
export const moveNameCharactersMax = 64;
/** Tables that an input can name; more are a whole database, which `allTables` stands for. */
export const moveTablesMax = 1_000;

/** Telling the router once; a frozen one is noticed, and another worker takes over from a killed one, within these. */
export const routeTimeoutMs = 60_000;
export const routeHeartbeatTimeoutMs = 10_000;
/** Tries before a person is told (about 4 minutes): longer than a restart of what the router runs on. */
export const routeAttemptsMax = 12;

/** Somebody waits for the answer: a probe is bounded by 10 s itself, and a killed worker's is made again once. */
export const probeTimeoutMs = 15_000;
export const probeHeartbeatTimeoutMs = 5_000;
export const probeAttemptsMax = 2;

/** Tables that the page of a move names; the status has them all. */
export const tablesShownMax = 10;

/** Target tables that are made, get their names and are dropped together: a name at a time costs half as much again. */
export const tablesMadeAtOnce = 25;
