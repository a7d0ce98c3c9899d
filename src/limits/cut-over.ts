/** Limits inside one cut-over attempt, each with its unit and its reason. The configurable ones are in limits.ts. */

/** Catching up before the lock, while nobody is blocked: longer means the load is more than the apply can follow. */
export const catchUpBeforeLockMs = 60_000;
/** From the lock to the unlock: drain, checks and the RENAME. Past it the attempt gives up and unlocks (P3). */
export const underLockMs = 2_000;
/** A transaction on the table that is older than this would only make writers queue behind us: no lock is asked for. */
export const blockerAgeMs = 1_000;
/** How long transactions with old snapshots may take to end under the lock, while writers wait; short ones do. */
export const snapshotWaitMs = 1_000;
/** How often it is asked whether they have. */
export const snapshotLookIntervalMs = 20;
/** How long InnoDB's list of transactions is tried for, which cannot be read at some moments. */
export const snapshotListMs = 300;
/** How often: the server makes a new list only when nobody has read the last one for 100 ms. */
export const snapshotListIntervalMs = 110;
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
