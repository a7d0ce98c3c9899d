/** Limits of verification, each with its unit in its name and its reason. */

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
