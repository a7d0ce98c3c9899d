/** Limits of the lifecycle of a move, each with its reason. */

/**
 * How soon a switch whose outcome cannot be told is looked into again by itself: writes are refused meanwhile, so that it
 * should not wait for a person once the server is back; each look takes connections and their time-outs.
 */
export const resolveAgainAfterMs = 10_000;
