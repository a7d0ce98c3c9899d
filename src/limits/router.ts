/** Limits of what tells applications where a table lives, each with its reason. */

/** A webhook that has not answered by then is asked again: it only has to remember, not to wait for applications. */
export const webhookTimeoutMsDefault = 10_000;
export const webhookTimeoutMsMin = 100;
export const webhookTimeoutMsMax = 60_000;
/** A shorter secret can be guessed from one signed request. */
export const webhookSecretCharactersMin = 16;
export const webhookSecretCharactersMax = 500;
/** How much is read of an answer that refuses, and how much of it an error shows: it goes into histories. */
export const webhookAnswerBytesMax = 4_000;
export const webhookAnswerShownCharactersMax = 200;

/** How often an application looks for new rules: writers that go to the old place are refused for about this long. */
export const routesIntervalMsDefault = 1_000;
/** However it is asked for: below this the reads would be noticed by the server. */
export const routesIntervalMsMin = 50;
/** A read of the rules that takes longer counts as lost. */
export const routesTimeoutMsDefault = 5_000;
/** Reads that got no answer yet, on connections that may be dead: more of them would use up an application's pool. */
export const routesReadsInFlightMax = 2;
