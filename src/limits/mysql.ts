/** Limits of src/mysql, each with its unit in its name and its reason. */

/** Catching up before the lock, while nobody is blocked: longer means the load is more than the apply can follow. */
export const catchUpBeforeLockMs = 60_000;
/** From the lock to the unlock: drain, checks and the RENAME. Past it the attempt gives up and unlocks (P3). */
export const underLockMs = 2_000;
/** How often a waiting lock session is used so that the server keeps it; well below its wait_timeout. */
export const lockSessionPingMs = 500;

/** Repeats of one chunk or apply for deadlocks, lock waits and collisions before it counts as a data error. */
export const transactionRepeatsMax = 20;

/** How long a session that is used now and then stays open behind its last use: longer than between two looks of busy work. */
export const sessionKeptMs = 2_000;

/** A rough guess at the bytes per second of a copy under load, for the expected duration; an idle server is far faster. */
export const roughCopyBytesPerSecond = 5 * 1024 * 1024;
