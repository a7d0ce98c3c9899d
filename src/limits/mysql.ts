/** Limits of the data plane, each with its unit in its name and its reason. */

/** A server that does not answer a login in this time is treated as gone; retries go on from there. */
export const connectTimeoutMs = 10_000;

/** Whole seconds that ordinary statements of ours wait for metadata locks: long enough for a short DDL of others. */
export const metadataLockWaitSeconds = 10;
/** Whole seconds that a chunk or an apply waits for a row lock before the transaction is repeated. */
export const rowLockWaitSeconds = 5;
/** Idle time after which the server ends a session of ours whose worker is frozen or gone. */
export const idleSessionSeconds = 600;

/** Lanes that copy at once: while one waits for its commit, two keep two cores busy. Two took a tenth longer, four no less. */
export const copyLanes = 3;
/** A chunk should take this long: short enough to stop quickly, long enough that round trips do not count. */
export const chunkTargetMs = 500;
/** First chunk: small, so that a wide row cannot hurt before anything was measured. */
export const chunkRowsStart = 1_000;
export const chunkRowsMin = 1;
/** More rows than this per transaction gained nothing when measured and make undo and binlog caches large. */
export const chunkRowsMax = 20_000;
/** Largest growth of a chunk from one to the next. */
export const chunkGrowthMax = 2;
/** Bytes of a chunk by the table's average row: below common binlog cache limits, above the cost of a commit. */
export const chunkBytesTarget = 16 * 1024 * 1024;

/** Repeats of one chunk or apply for deadlocks, lock waits and collisions before it counts as a data error. */
export const transactionRepeatsMax = 20;
/** Pause between such repeats, growing with their number. */
export const transactionRepeatPauseMs = 50;

/** How long a row that does not fit may take to be corrected by its writer before it ends the copy. */
export const refusedWhileCopyingMs = 2_000;

/** Changed keys of prepared XA transactions that may wait for their COMMIT in memory. */
export const preparedKeysMax = 200_000;
/** Keys of one apply transaction: keeps the IN lists in one range scan and the transaction short. */
export const applyKeysMax = 500;
/** Their size in a statement, as hex: a quarter of the smallest usual max_allowed_packet (1 MiB). */
export const applyKeyBytesMax = 256 * 1024;
/** Changed keys held in memory before the binlog connection is paused (back-pressure). */
export const pendingKeysMax = 50_000;

/** How often copy progress and the stream position are written although nothing forces it. */
export const checkpointIntervalMs = 1_000;
/** How often a heartbeat event comes over an idle binlog connection; lag cannot be known more exactly than this. */
export const feedHeartbeatMs = 500;
/** A binlog connection that stays silent for this long is treated as dead although TCP has not noticed. */
export const feedSilenceMsMax = 15_000;
/** How often it is looked whether one is. */
export const feedSilenceCheckIntervalMs = 1_000;
/** How long the server holds a feed that is paused: while unique indexes are built on a shadow at rest, which may take hours. */
export const feedPauseSecondsMax = 86_400;
/** How long a batch may wait until its transactions are visible before the connection counts as stuck. */
export const visibilityWaitSeconds = 60;
/** How often a loop that waits for the feed looks again. */
export const pollIntervalMs = 10;
/** How often a position is stored that only passed our own transactions: storing makes one more of them. */
export const ownPositionIntervalMs = 10_000;
/** Builds of the deferred indexes before a duplicate counts as real; the feed catches up before each. */
export const indexBuildAttemptsMax = 5;
/** How long a goodbye to the server may take before the socket is dropped. */
export const closeTimeoutMs = 1_000;
/** How often a follower says how far behind it is, and the longest time until it notices that its goal has changed. */
export const followReportIntervalMs = 1_000;
/** A migration that is held back is compared again after this time: a compare reads both tables once. */
export const verifyAgainAfterMsDefault = 3_600_000;

/** Of one line of the audit log: its column has 65,535 bytes, and a character up to four. */
export const auditMessageCharactersMax = 16_000;

/** Tables that one statement of ours asks about: a statement for each costs round trips, one for all could get too long. */
export const tablesInStatementMax = 200;
