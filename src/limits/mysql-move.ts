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
/** Whole seconds of silence after which the server ends a session of the journal, and rolls its transaction back. */
export const journalSilenceSeconds = 2;
/** Whole seconds that the journal waits for a transaction that has the epoch; longer than the silence of a frozen one. */
export const journalLockWaitSeconds = 5;

/** What was compared as a whole this long ago is not compared again by an attempt. */
export const comparedRecentlySeconds = 60;
/** How long an attempt compares as a whole what was compared before, while nobody is blocked: some GB of rows. */
export const wholeComparisonMs = 5_000;
/** The same for an attempt, whose writers wait meanwhile; it was looked before that nobody holds what it needs. */
export const attemptLockWaitSeconds = 1;

/** How long the fences of an open gate stay: a quick way back, or the next attempt, then has nothing to make. */
export const openFencesStayMs = 60_000;
/** Random bytes of a pass: nobody guesses it, whoever may read its hash. */
export const passBytes = 32;
/** What a counter is raised by beyond what is needed, so that numbers that are used meanwhile do not make it too low. */
export const counterMargin = 1_000;
