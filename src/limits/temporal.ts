/** Limits of src/temporal, each with its unit in its name and its reason. */

/** A Temporal that has not answered in this time is tried again: a network that drops packets says nothing for minutes. */
export const temporalTryMs = 10_000;
/** The waits between tries; then the last one again and again: soon enough after a short outage, quiet in a long one. */
export const temporalWaitsMs: readonly number[] = [1_000, 2_000, 5_000, 10_000, 30_000];

/** How often a worker that runs asks whether Temporal answers. */
export const temporalLookIntervalMs = 5_000;
/** How long it waits for the answer. */
export const temporalAnswerMs = 5_000;
/** Looks without an answer until that is said: one may be lost while a server of Temporal is replaced by another one. */
export const temporalSilentLooksMax = 2;

/** How often the file of its settings is read again for another API key: whoever replaces one lets both be valid for hours. */
export const temporalKeyLookIntervalMs = 30_000;
