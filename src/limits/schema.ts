/** Limits of src/schema, each with its unit in its name and its reason. */

/**
 * Highest number of a version comment that every supported server (8.0.28 and later) executes. Above it the same
 * statement means one thing on one server and another on the next, so it is refused.
 */
export const versionCommentLiveMax = 80_028;

/** Characters of a clause that an error message repeats: enough to find it, not a page of it. */
export const clauseExcerptCharacters = 60;
