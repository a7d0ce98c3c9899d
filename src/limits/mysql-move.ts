/** Limits of src/mysql/move, each with its unit in its name and its reason. */

/** Past this a server that was told to kill a statement, and is alive, has done so. */
export const killedWithinMs = 250;

/** Target tables that are made, get their names and are dropped together: a name at a time costs half as much again. */
export const tablesMadeAtOnce = 25;

/** One try: a login and a question over a slow network take far less; a dead host never answers. */
export const probeTimeoutMs = 2_500;
/** Pause between two tries: a server that is being restarted by its supervisor is back in some seconds. */
export const probePauseMs = 1_000;
/** Tries before a server counts as silent where a person's decision depends on it: at most 10 s in all. */
export const thoroughProbes = 3;
/** How often servers are looked at while nothing else would notice their end. */
export const watchIntervalMs = 2_000;
/** How long a stream tries to go on before it says that a server does not answer: longer than a restart. */
export const streamSilenceMs = 5_000;

/** What SIGNAL takes as MESSAGE_TEXT, in characters; a longer one would be replaced by an error about its length. */
export const fenceMessageCharactersMax = 128;
/**
 * Cost of deriving a pass: 2^15 steps in 32 MB take about 0.1 s, once for each worker and cluster, and make it dear to
 * guess the password behind the hash that everybody who may see a trigger can read.
 */
export const fencePassCost = 32_768;
/** Passes that a worker remembers; two for each move, so more than it ever works on at once. */
export const fencePassesMax = 1_000;
/** Whole seconds of silence after which the server ends a session of the journal, and rolls its transaction back. */
export const journalSilenceSeconds = 2;
/** Whole seconds that the journal waits for a transaction that has the epoch; longer than the silence of a frozen one. */
export const journalLockWaitSeconds = 5;

/** What was compared as a whole this long ago is not compared again by an attempt. */
export const comparedRecentlySeconds = 60;
/** How long an attempt compares as a whole what was compared before, while nobody is blocked: some GB of rows. */
export const wholeComparisonMs = 5_000;
