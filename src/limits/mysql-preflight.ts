/** Limits of src/mysql/preflight, each with its unit in its name and its reason. */

/** How long preflight waits for prepared XA transactions: sound ones are committed within a second or two. */
export const preparedXaWaitMs = 5_000;
export const preparedXaPollMs = 200;

/** Binlogs that are kept for less than this are gone before a restarted worker or a short pause is over. */
export const binlogRetentionSecondsMin = 600;
/** Binlogs should be kept for this many times the expected duration: operators pause and postpone, loads grow. */
export const binlogRetentionFactor = 3;
/** The shortest duration that is expected, whatever the table's size: somebody looks before the cut-over. */
export const roughDurationSecondsMin = 300;

/** A transaction that is open for this long outlasts the first attempts to cut over. */
export const longTransactionSeconds = 60;
/** Such transactions that are named; more do not help to find the first one. */
export const longTransactionsNamedMax = 5;

/**
 * How long asking for one privilege waits while the server is locked for a backup; that it waits says that it may. An
 * attempt to switch asks for some twenty on each side.
 */
export const privilegeWaitMs = 200;
/** The same in whole seconds (the least there is), for a worker that does not run any more. */
export const privilegeLockWaitSeconds = 1;
