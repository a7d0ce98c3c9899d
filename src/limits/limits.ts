/** Every limit and default, with its unit in its name and its reason beside it. Nothing here can be `0 means for ever`. */

/** How long an attempt may wait for the table lock by default: what an application's own time-outs survive (P3). */
export const lockTimeoutMsDefault = 1_000;
/** Below this the server cannot be asked in time; above it writes would be blocked too long for P3. */
export const lockTimeoutMsMin = 50;
export const lockTimeoutMsMax = 60_000;

/** Attempts before the system postpones the completion by itself (P3). */
export const cutOverAttemptsDefault = 10;
export const cutOverAttemptsMax = 1_000;
/** Windows of one operation: a night for each day, and some more. */
export const windowsMax = 20;

/** Waiting before attempt n; the last one repeats. First at once, then long enough for a report to end. */
export const cutOverBackoffMsDefault: readonly number[] = [0, 10_000, 30_000, 60_000, 120_000, 300_000];

/** How long a retained table is kept for a look back by default: a day has every weekday job in it once. */
export const retainForMsDefault = 24 * 3_600_000;
/** Ten years: more than anybody waits, and far from where dates and timers end. For good, there is `keepRetained`. */
export const retainForDaysMax = 3_650;

/** Longest statement that is accepted, in characters; history keeps it in the input. */
export const statementCharactersMax = 100_000;

/** All modes that a server knows, spelt out, are half of that. */
export const sqlModeCharactersMax = 1_000;

/** Problems of one input, and names of unknown fields, that a message has: it goes into histories and the audit log. */
export const problemsNamedMax = 5;
export const nameShownCharactersMax = 80;

/** What the audit log has room for, in characters: the name of a command, who gave it, and why. */
export const commandCharactersMax = 50;
export const byCharactersMax = 200;
export const reasonCharactersMax = 1_000;
