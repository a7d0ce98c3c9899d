/** Limits of src/contract, each with its unit in its name and its reason. */

/** Below this the server cannot be asked in time; above it writes would be blocked too long for P3. */
export const lockTimeoutMsMin = 50;
export const lockTimeoutMsMax = 60_000;
/** Windows of one operation: a night for each day, and some more. */
export const windowsMax = 20;
/** Ten years: more than anybody waits, and far from where dates and timers end. For good, there is `keepRetained`. */
export const retainForDaysMax = 3_650;

/** Longest statement that is accepted, in characters; history keeps it in the input. */
export const statementCharactersMax = 100_000;

/** Statements that are planned at once, and their characters together: the plan repeats them, and is one result. */
export const plannedStatementsMax = 50;
export const plannedCharactersMax = 200_000;

/** All modes that a server knows, spelt out, are half of that. */
export const sqlModeCharactersMax = 1_000;

/** Below this the target cannot be asked in time; above it writes would be blocked too long for P3. */
export const drainTimeoutMsMin = 100;
export const drainTimeoutMsMax = 60_000;

/** Length of a move's name: part of its workflow id and of what a refused write is told. */
export const moveNameCharactersMax = 64;
/** Tables that an input can name; more are a whole database, which `allTables` stands for. */
export const moveTablesMax = 1_000;

/** Later than anybody waits, and far from where timers end. */
export const momentYearMax = 2_199;
/** Words for what an activity waits for, which go into the history; those of a lock name its first holders. */
export const waitCharactersMax = 1_000;

/** More often than this nobody learns more, and a small table would be read all the time. */
export const verifyAgainEveryMsMin = 60_000;
