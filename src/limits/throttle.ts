/** Limits of throttling. */

/** How often it is looked whether a held copy may go on: soon enough for people, seldom enough for the server. */
export const throttleLookMs = 250;
/** How long one look may take; a query is ended then. */
export const throttleAnswerMs = 2_000;
/**
 * How long the last look that was one counts while no other succeeds. Then the work waits: what limits it is unknown,
 * and a server that does not answer is more likely busy than idle.
 */
export const throttleBlindMs = 10_000;

/** Highest limits that a throttle takes: above them it limits nothing on any server. */
export const throttleRateMax = 100_000_000;
export const throttleThreadsMax = 100_000;
export const throttleLagMsMax = 86_400_000;
export const throttleHistoryMax = 1_000_000_000_000;
/** Both travel through histories. */
export const throttleQueryCharactersMax = 4_000;
export const throttleUrlCharactersMax = 1_000;
