/** Limits of src/mysql/table, each with its unit in its name and its reason. */

/**
 * Rounds in which a duplicate that could not be solved by looking is applied once more, together with all that was
 * committed since, before it is real: a value that moved meanwhile needs one more, a value that keeps moving hits the same
 * moment some times in a row at most.
 */
export const collisionRoundsMax = 5;
/**
 * The same where the two rows were never seen to have the value at one moment: the server does not show what collides in a
 * multi-valued index, and among few rows that change all the time a round is lucky only now and then.
 */
export const unseenCollisionRoundsMax = 100;

/** Tries of one row with all that it collides with: a chain of values that moved adds a row with each. */
export const collisionTriesMax = 20;
/** The same for a group: it is written in halves soon, since smaller ones are quicker than what moves. */
export const collisionTriesOfGroupsMax = 3;
/** Looks at one row that find the value in another row of the source, too: it moves just then, or both have it indeed. */
export const collisionMissesMax = 5;

/** How long a changed row that does not fit may take to be corrected by its writer before it ends the work by name. */
export const refusedWhileFollowingMs = 5_000;

/** How long a copy that is to rest may take until it is as the source was at one moment; a row may change all the time. */
export const restWaitMsMax = 10_000;

/** Operations whose last place in the binlog a worker remembers: more than one worker runs at a time. */
export const rememberedPlacesMax = 1_000;

/** Pause of a feed between two gulps: what a change may be late by, and far less than a batch takes to be applied. */
export const feedGulpIntervalMs = 4;
/** One gulp at most; a full one is followed by the next at once. */
export const feedGulpBytesMax = 256 * 1024;
/** How often a feed that says nothing is asked whether its server still has the history that it follows. */
export const historyCheckIntervalMs = 5_000;

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
/** Pause between repeats of a chunk or an apply, growing with their number. */
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
/** How often it is asked meanwhile whether they can become visible at all: a history that was begun anew has them no more. */
export const visibilityLookSeconds = 5;
/** How long a follower collects at least before it looks at its feed again: what came meanwhile is one batch. */
export const pollIntervalMs = 10;
/**
 * How often transactions are passed that change nothing that is followed, where nobody waits for it. On a server with many
 * operations most of them are of the others, and each would cost each follower a question.
 */
export const passIntervalMs = 1_000;
/** How often a position is stored that only passed our own transactions: storing makes one more of them. */
export const ownPositionIntervalMs = 10_000;
/** Builds of the deferred indexes before a duplicate counts as real; the feed catches up before each. */
export const indexBuildAttemptsMax = 5;
/** How often a follower says how far behind it is, and the longest time until it notices that its goal has changed. */
export const followReportIntervalMs = 1_000;

/**
 * How often a follower looks whether it still may go on, since it is left without a word (P2): an attempt that has taken
 * over should not find the tables held by what it compares.
 */
export const epochLookMs = 500;

/** How long a run waits at most for the write probe to begin: a server on which its writes take longer is not waited for. */
export const writeProbeBeginMs = 500;
/** How often what the write probe has measured is kept: what a worker that is killed loses of it. */
export const keepLatenciesIntervalMs = 10_000;

/**
 * Gentle work: one chunk of so many rows at a time, with rests between them. The probe cannot see what one write in a hundred
 * meets, which are the commits of chunks and their share of the cores. Beside 20,000 rows on three lanes such a write took 5 to
 * 7 times as long as before, beside this 1.4 times (BENCHMARKS.md).
 */
export const gentleChunkRowsMax = 2_000;
export const gentleTimeShareMax = 0.4;

/** Samples of a stage are so far apart at first, and twice as far each time that its series is full. */
export const sampleSpacingMs = 1_000;
/** Samples of a series: as many as a line of a page can show, and a few kilobytes. */
export const samplesMax = 120;
/** How often samples are kept at least of what is only followed for long, to which one write in minutes does not matter. */
export const keepFollowSamplesIntervalMs = 300_000;

/** How often it is looked whether a held copy may go on: soon enough for people, seldom enough for the server. */
export const throttleLookMs = 250;
/** How long one look may take; a query is ended then. */
export const throttleAnswerMs = 2_000;
/**
 * How long the last look that was one counts while no other succeeds. Then the work waits: what limits it is unknown,
 * and a server that does not answer is more likely busy than idle.
 */
export const throttleBlindMs = 10_000;

/** A source of the throttle that holds again within this time has held without a break, as far as people are told. */
export const throttleTurnMs = 5_000;

/** One packet of data for LOAD DATA: large enough that packets do not count, small enough for any max_allowed_packet. */
export const loadPacketBytes = 16_000;
/** Data that waits for the target before the source is paused: keeps both busy, and memory small. */
export const loadWaitingBytesMax = 1024 * 1024;
/** One multi-row INSERT: larger ones gained nothing, and a row larger than this goes by itself. */
export const insertStatementBytes = 1024 * 1024;
/** Rendered columns that are joined into one value by the source server: far below any max_allowed_packet. */
export const joinedColumnsBytesMax = 256 * 1024;
/** Warnings in one INSERT with ENUM values that cannot be written without one; the server counts up to 65,535. */
export const expectedWarningsMax = 1_000;

/** Lanes that compare at once: comparing is server CPU, and two keep two cores busy. */
export const verifyLanes = 2;

/** A chunk that differs is looked at in parts of this many rows: what is held in memory of each side at once. */
export const comparedPartRows = 1_000;
/** Rows that the shadow may have in one part; more are left to a second look at the chunk. */
export const comparedPartRowsMax = 2 * comparedPartRows;
/** Second looks at one chunk that had more suspect rows than fit; each follows a catch-up, so two are enough as a rule. */
export const chunkLooksMax = 20;

/** Suspect rows that wait to be looked at again; more are looked at before the next chunk. */
export const suspectRowsMax = 2_000;
/** Suspect rows are looked at again together, but not later than this: a real difference is to be told soon. */
export const suspectAgeMs = 2_000;
/** Keys in one statement of a look: one range scan, and one answer that is small in memory. */
export const lookKeysMax = 500;
/**
 * Looks in a row, each after a catch-up, in which neither side of an unequal row moves, before it counts as different.
 * A row that goes to and fro between two values can pass for unmoved in every second look at worst: twenty looks are two
 * in a million. A real difference costs twenty catch-ups.
 */
export const looksToConfirm = 20;
/** Looks at a row that changes all the time before it is left to the comparison under the table lock. */
export const looksMax = 60;
/** Pause between looks: grows by this much from one to the next, so that no rhythm of the application is met … */
export const lookPauseMs = 3;
/** … up to this. */
export const lookPauseMsMax = 100;

/** Values of at most this many bytes are hashed together with their row; a longer one is hashed first, by itself. */
export const plainValueBytesMax = 1_024;
/** Longest ENUM list whose change of order is compared: the mapping is part of each statement. */
export const mappedMembersMax = 1_000;

/** How soon after it was applied a change is compared again; also how far the stored position stays behind. */
export const compareChangesIntervalMs = 1_000;
/** Changed keys that are held for the next comparison: some tens of megabytes; more changes than that are counted only. */
export const changedKeysMax = 100_000;
/** Keys that are compared under the table lock: a few statements, some tens of milliseconds. */
export const lockedCompareKeysMax = 1_000;

/** Keys and columns that an error names: enough to find the cause. */
export const differencesShownMax = 10;
/** How often KILL QUERY is repeated for a lane that is to stop: the first may come just before its statement. */
export const verifyKillRepeatMs = 50;

/** Rows of one statement that counts documents: some thousands of them take a second. */
export const countedChunkRows = 5_000;
/** Larger documents, in bytes as the server stores them, are not searched for the paths that differ. */
export const searchedDocumentBytesMax = 64 * 1024;
/** Paths that a sentence names. */
export const jsonPathsShownMax = 3;
