/** Limits inside one cut-over attempt, each with its unit and its reason. The configurable ones are in limits.ts. */

/** Catching up before the lock, while nobody is blocked: longer means the load is more than the apply can follow. */
export const catchUpBeforeLockMs = 60_000;
/** From the lock to the unlock: drain, checks and the RENAME. Past it the attempt gives up and unlocks (P3). */
export const underLockMs = 2_000;
/** A transaction on the table that is older than this would only make writers queue behind us: no lock is asked for. */
export const blockerAgeMs = 1_000;
/** Whole seconds for the operation's advisory lock: an earlier attempt's session ends within its wait_timeout. */
export const advisoryLockWaitSeconds = 15;
/** How often the watchdog repeats its KILL QUERY once the deadline has passed. */
export const watchdogRepeatMs = 100;
/** Past this a server that was told to kill a statement, and is alive, has done so. */
export const killedWithinMs = 250;
/** Longest statement text of a blocker that is shown. */
export const blockerStatementCharacters = 200;
/** How often a waiting lock session is used so that the server keeps it; well below its wait_timeout. */
export const lockSessionPingMs = 500;
