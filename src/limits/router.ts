/** Limits of src/router, each with its unit in its name and its reason. */

/** How often an application looks for new rules: writers that go to the old place are refused for about this long. */
export const routesIntervalMsDefault = 1_000;
/** However it is asked for: below this the reads would be noticed by the server. */
export const routesIntervalMsMin = 50;
/** A read of the rules that takes longer counts as lost. */
export const routesTimeoutMsDefault = 5_000;
/** Reads that got no answer yet, on connections that may be dead: more of them would use up an application's pool. */
export const routesReadsInFlightMax = 2;
