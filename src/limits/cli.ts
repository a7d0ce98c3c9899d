/** Limits of src/cli, each with its unit in its name and its reason. */

/** Values that a plot has: with one a second the last minute, and as wide as half of a narrow terminal. */
export const plotPlacesMax = 60;

/** How often a picture is drawn anew: as often as workers tell anything new. */
export const watchEveryMs = 1_000;

/** Without a terminal there is a line for each change of phase, and else at most this often: a log of a night stays short. */
export const watchLineEveryMs = 10_000;

/** Operations that `status` lists unless it is asked for more: two screens. */
export const listedMaxDefault = 100;
