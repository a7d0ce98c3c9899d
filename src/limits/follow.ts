/** Limits of following, each with its reason. */

/**
 * Rounds in which a duplicate that could not be solved by looking is applied once more, together with all that was
 * committed since, before it is real: a value that moved meanwhile needs one more, a value that keeps moving hits the same
 * moment some times in a row at most.
 */
export const collisionRoundsMax = 5;
/**
 * The same where the two rows were never seen to have the value at one moment: the server does not show what collides in a
 * multi-valued index, and among few rows that change all the time a round is lucky only now and then.
 */
export const unseenCollisionRoundsMax = 100;

/** Tries of one row with all that it collides with: a chain of values that moved adds a row with each. */
export const collisionTriesMax = 20;
/** The same for a group: it is written in halves soon, since smaller ones are quicker than what moves. */
export const collisionTriesOfGroupsMax = 3;
/** Looks at one row that find the value in another row of the source, too: it moves just then, or both have it indeed. */
export const collisionMissesMax = 5;

/** How long a changed row that does not fit may take to be corrected by its writer before it ends the work by name. */
export const refusedWhileFollowingMs = 5_000;

/** How long a copy that is to rest may take until it is as the source was at one moment; a row may change all the time. */
export const restWaitMsMax = 10_000;

/** Operations whose last place in the binlog a worker remembers: more than one worker runs at a time. */
export const rememberedPlacesMax = 1_000;

/** Pause of a feed between two gulps: what a change may be late by, and far less than a batch takes to be applied. */
export const feedGulpIntervalMs = 4;
/** One gulp at most; a full one is followed by the next at once. */
export const feedGulpBytesMax = 256 * 1024;
/** How often a feed that says nothing is asked whether its server still has the history that it follows. */
export const historyCheckIntervalMs = 5_000;
