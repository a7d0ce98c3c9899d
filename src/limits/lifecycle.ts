/** Limits of src/lifecycle, each with its unit in its name and its reason. */

/**
 * Somebody waits for the answer to a mistake: after some minutes without a server it fails. No longer than the ten tries
 * took that the first versions made, whose histories replay.
 */
export const prepareTriedForMs = 150_000;
/** Waiting before the lifecycle tries again, after failure 1, 2, 3 …; the last one repeats. */
export const retryWaitsMs = [2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000] as const;
/** Work that runs this long works again. Longer than all tries of it on a server that takes connections and is silent. */
export const worksAgainAfterMs = 60_000;
/** A router that fails for so long is told to a person (longer than a restart of what it runs on), and tried on. */
export const routerFailsForMs = 240_000;
/** By how many grants a person's `retry` goes ahead of a run that has taken over: more than a reset takes back. */
export const grantsToTakeOver = 1_000_000;
/** So often the same error of which nobody knows that it passes may come in a row; then a person is told. */
export const repeatedAlikeMax = 3;

/**
 * How soon a switch whose outcome cannot be told is looked into again by itself: writes are refused meanwhile, so that it
 * should not wait for a person once the server is back; each look takes connections and their time-outs.
 */
export const resolveAgainAfterMs = 10_000;

/** Beside the lock wait: connecting, catching up before the lock, looking for blockers, the drain and the swap under it. */
export const attemptMarginMs = 120_000;

/** What fails for longer than a server takes to restart is told to those who do not look. */
export const notifiedAfterMs = 30_000;
