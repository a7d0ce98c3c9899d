/** Limits of fences and of the switch's journal, each with its reason. */

/** What SIGNAL takes as MESSAGE_TEXT, in characters; a longer one would be replaced by an error about its length. */
export const fenceMessageCharactersMax = 128;
/** Hexadecimal digits in a fence's name that stand for its table and its pass: 64 bits, so that two never meet. */
export const fenceNameHexDigits = 16;
/**
 * Cost of deriving a pass: 2^15 steps in 32 MB take about 0.1 s, once for each worker and cluster, and make it dear to
 * guess the password behind the hash that everybody who may see a trigger can read.
 */
export const fencePassCost = 32_768;
/** Passes that a worker remembers; two for each move, so more than it ever works on at once. */
export const fencePassesMax = 1_000;
/** Whole seconds of silence after which the server ends a session of the journal, and rolls its transaction back. */
export const journalSilenceSeconds = 2;
/** Whole seconds that the journal waits for a transaction that has the epoch; longer than the silence of a frozen one. */
export const journalLockWaitSeconds = 5;
