/** Limits of src/report, each with its unit in its name and its reason. */

/** How long an answer of the workflow is waited for: where no worker is there, nobody ever gives one. */
export const answerMsMax = 8_000;
/** Runs of one operation that are read, from the last one back: a run is thousands of events long. */
export const runsReadMax = 50;
/** Lines of a table, so that a page of an operation that went on for months can still be read. */
export const linesShownMax = 500;
/** Tables of a move that are listed one by one. */
export const tablesListedMax = 1_000;
