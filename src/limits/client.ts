/** Limits of src/client, each with its unit in its name and its reason. */

/** How long a client waits until somebody takes what it asks: a worker that is there answers in milliseconds. */
export const clientAnswerMs = 10_000;
/** How long the answer of a command that was taken may take: an attempt that it stops is seen through first. */
export const commandAnswerMs = 120_000;

/** How often an operation that is followed is asked for its status, and how often at most. */
export const followEveryMsDefault = 1_000;
export const followEveryMsMin = 100;
