/** Limits that several parts of src share, each with its unit in its name and its reason. Nothing here can be `0 means for ever`. */

/** Blockers that are shown by name; more do not help to find the first one. */
export const blockersShownMax = 20;
export const blockersNamedMax = 3;

/** Attempts before the system postpones the completion by itself (P3). */
export const cutOverAttemptsDefault = 10;
export const cutOverAttemptsMax = 1_000;

/** How long a retained table is kept for a look back by default: a day has every weekday job in it once. */
export const retainForMsDefault = 24 * 3_600_000;

/** What the audit log has room for, in characters: the name of a command, who gave it, and why. */
export const commandCharactersMax = 50;
export const byCharactersMax = 200;
export const reasonCharactersMax = 1_000;

/** A webhook or an activity that has not answered by then is asked again: it only has to remember, not to wait for applications. */
export const routerTimeoutMsDefault = 10_000;
export const routerTimeoutMsMin = 100;
export const routerTimeoutMsMax = 60_000;
/** How much is read of an answer that refuses, and how much of it an error shows: it goes into histories. */
export const webhookAnswerBytesMax = 4_000;
export const routerAnswerShownCharactersMax = 200;

/** Hexadecimal digits of an operation id: 40 bits, so that two operations on one server practically never share a name. */
export const operationIdHexDigits = 10;

/** Hexadecimal digits in a fence's name that stand for its table and its pass: 64 bits, so that two never meet. */
export const fenceNameHexDigits = 16;

/**
 * Time that activities get to end at a checkpoint once they are cancelled, since their worker stops. One that does not hear (a statement that waits on the server) is
 * left alone then, as it is by a worker that is killed, but Temporal is told: another worker goes on with it at once.
 */
export const workerCheckpointMs = 3_000;

/** What is held back is compared again after this time, which reads both tables once: a quarter of the time at most. */
export const verifyAgainDefault = { everyMs: 3_600_000, timeShareMax: 0.25 } as const;

/** What one activity can be told to wait for at a time: the limits of a throttle, and some locks. */
export const waitsToldMax = 20;

/** Tables that the page of a move names; the status has them all. */
export const tablesShownMax = 10;
