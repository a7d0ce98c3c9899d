/** Limits of what is read from and written into table definitions. */

/** Hexadecimal digits of an operation id: 40 bits, so that two operations on one server practically never share a name. */
export const operationIdHexDigits = 10;

/**
 * Highest number of a version comment that every supported server (8.0.28 and later) executes. Above it the same
 * statement means one thing on one server and another on the next, so it is refused.
 */
export const versionCommentLiveMax = 80_028;

/** Characters of a clause that an error message repeats: enough to find it, not a page of it. */
export const clauseExcerptCharacters = 60;

/** The longest name that the server takes for a table, a column, an index or a constraint. */
export const identifierCharactersMax = 64;
