/** Limits of throttling. */

/** How often it is looked whether a held copy may go on: soon enough for people, seldom enough for the server. */
export const throttleLookMs = 250;
