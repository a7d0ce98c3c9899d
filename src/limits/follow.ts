/** Limits of following, each with its reason. */

/**
 * Rounds in which a duplicate is applied once more, together with all that was committed since, before it is real: a
 * value that moved meanwhile needs one more, a value that keeps moving hits the same moment some times in a row at most.
 */
export const collisionRoundsMax = 5;
