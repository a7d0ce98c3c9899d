/** Limits of src/mysql/migration, each with its unit in its name and its reason. */

/** The longest name that the server takes for a table, a column, an index or a constraint. */
export const identifierCharactersMax = 64;
