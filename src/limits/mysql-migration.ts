/** Limits of src/mysql/migration, each with its unit in its name and its reason. */

/** The longest name that the server takes for a table, a column, an index or a constraint. */
export const identifierCharactersMax = 64;

/** What a statement destroys or narrows that an error names one by one; the plan has all of it. */
export const lossesNamedMax = 10;

/** What a plan lists of the things that a statement destroys or narrows: a plan of many statements stays small. */
export const lossesListedMax = 50;

/** How often the form of a table's rows can be changed INSTANT before it has to be rebuilt; the least of all versions. */
export const rowVersionsMax = 64;

/**
 * How often one attempt asks for the lock where somebody with an older snapshot waits for it: he is let through, and as a
 * rule has ended before the next time. Each blocks writers for some tens of milliseconds only.
 */
export const lockTriesMax = 5;
/** How long he gets for that; below the silence after which the server ends the session of the lock. */
export const letThroughMs = 300;

/** After which share of the wait for the lock it is looked who holds it: late enough that what passes soon has passed. */
export const holdersSeenAfterShare = 0.7;
