/** Limits of what tells applications where a table lives, each with its reason. */

/** A webhook or an activity that has not answered by then is asked again: it only has to remember, not to wait for applications. */
export const routerTimeoutMsDefault = 10_000;
export const routerTimeoutMsMin = 100;
export const routerTimeoutMsMax = 60_000;
/** A shorter secret can be guessed from one signed request. */
export const webhookSecretCharactersMin = 16;
export const webhookSecretCharactersMax = 500;
/** How much is read of an answer that refuses, and how much of it an error shows: it goes into histories. */
export const webhookAnswerBytesMax = 4_000;
export const routerAnswerShownCharactersMax = 200;
/** Past the time of its activity, for a worker to take up and end the workflow that calls it. */
export const tellRouterGraceMs = 15_000;

/** How often an application looks for new rules: writers that go to the old place are refused for about this long. */
export const routesIntervalMsDefault = 1_000;
/** However it is asked for: below this the reads would be noticed by the server. */
export const routesIntervalMsMin = 50;
/** A read of the rules that takes longer counts as lost. */
export const routesTimeoutMsDefault = 5_000;
/** Reads that got no answer yet, on connections that may be dead: more of them would use up an application's pool. */
export const routesReadsInFlightMax = 2;
