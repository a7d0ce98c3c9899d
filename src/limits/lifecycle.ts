/** Time-outs, retries and sizes of the workflows, each with its reason. */

/**
 * Preparing asks a server some hundred questions, and may wait for a prepared XA transaction. Of a move it makes all target
 * tables: 1,000 take 20 s to 2 min, and a database may have ten times as many. A worker that is gone shows by its beats.
 */
export const prepareTimeoutMs = 3_600_000;
/**
 * How soon another worker takes over from a killed one: somebody waits for it. As long as for other work, since what is
 * missed is the same: 30 beats, which a timer sends however long the server takes to answer.
 */
export const prepareHeartbeatTimeoutMs = 10_000;
/**
 * Somebody waits for the answer to a mistake: after some minutes without a server it fails. No longer than the ten tries
 * took that the first versions made, whose histories replay.
 */
export const prepareTriedForMs = 150_000;

/** One run of `synchronise` lasts as long as the table needs; a year stands for "no limit" (there must be one). */
export const synchroniseTimeoutMs = 365 * 86_400_000;
/** How soon another worker takes over from a killed one; the reaction to pause and cancel is within 0.8 of it. */
export const synchroniseHeartbeatTimeoutMs = 10_000;

/** Short, so that a frozen attempt is noticed and a `postpone` reaches a live one quickly (P2, P3). */
export const attemptHeartbeatTimeoutMs = 5_000;
/** Beside the lock wait: connecting, catching up before the lock, looking for blockers, the drain and the swap under it. */
export const attemptMarginMs = 120_000;

/** Looking at a clock, on a busy worker. */
export const lookTimeoutMs = 10_000;

/** Taking over from a dead attempt waits for its session to end; what is not done in this time is tried again. */
export const resolveTimeoutMs = 120_000;
export const resolveHeartbeatTimeoutMs = 10_000;

/** Closing the sidecar rows, or dropping a shadow table of any size. */
export const closingTimeoutMs = 3_600_000;
export const closingHeartbeatTimeoutMs = 10_000;
/** Tries to clean up after a preparation that told us nothing: the next operation on the table does it otherwise. */
export const closingUnpreparedAttemptsMax = 5;

/** Waiting between tries of the same activity: the first, and the longest (a server restart ends within it). */
export const retryIntervalMs = 1_000;
export const retryIntervalMsMax = 30_000;

/** Tries of an activity by Temporal; then its failure comes back, is shown, and is tried again by the lifecycle (P11). */
export const triesInARowMax = 3;
/** Waiting before the lifecycle tries again, after failure 1, 2, 3 …; the last one repeats. */
export const retryWaitsMs = [2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000] as const;
/** Work that runs this long works again. Longer than all tries of it on a server that takes connections and is silent. */
export const worksAgainAfterMs = 60_000;
/** By how many grants a person's `retry` goes ahead of a run that has taken over: more than a reset takes back. */
export const grantsToTakeOver = 1_000_000;
/** So often the same error of which nobody knows that it passes may come in a row; then a person is told. */
export const repeatedAlikeMax = 3;

/** Lines of the audit log that a new run takes over; more would make the input of that run too large. */
export const auditLinesCarriedMax = 200;
/** One line of the audit log may take this long in all; the history has it anyway, so it is given up after that. */
export const auditTimeoutMs = 5_000;
export const auditDeadlineMs = 30_000;

/** What the Temporal UI takes: current details in bytes, and one summary in bytes. */
export const detailsBytesMax = 20_000;
export const summaryBytesMax = 200;
/** Blockers that are shown by name; more do not help to find the first one. */
export const blockersShownMax = 20;
export const blockersNamedMax = 3;
/** A blocker's statement in a table of the details, in characters. */
export const statementShownCharactersMax = 120;
/** One cell of what `reconcile` shows: the parts of a move of some tables. */
export const reconcileCellCharactersMax = 500;
