/** Limits of src/mysql/server, each with its unit in its name and its reason. */

/** A transaction on the table that is older than this would only make writers queue behind us: no lock is asked for. */
export const blockerAgeMs = 1_000;
/** How long transactions with old snapshots may take to end under the lock, while writers wait; short ones do. */
export const snapshotWaitMs = 1_000;
/** How often it is asked whether they have. */
export const snapshotLookIntervalMs = 20;
/** How long InnoDB's list of transactions is tried for, which cannot be read at some moments. */
export const snapshotListMs = 300;
/** How often: the server makes a new list only when nobody has read the last one for 100 ms. */
export const snapshotListIntervalMs = 110;
/** Whole seconds for the operation's advisory lock: an earlier attempt's session ends within its wait_timeout. */
export const advisoryLockWaitSeconds = 15;
/** How often the watchdog repeats its KILL QUERY once the deadline has passed. */
export const watchdogRepeatMs = 100;
/** Longest statement text of a blocker that is shown. */
export const blockerStatementCharacters = 200;

/** A server that does not answer a login in this time is treated as gone; retries go on from there. */
export const connectTimeoutMs = 10_000;

/** Whole seconds that ordinary statements of ours wait for metadata locks: long enough for a short DDL of others. */
export const metadataLockWaitSeconds = 10;

/** Whole seconds that a chunk or an apply waits for a row lock before the transaction is repeated. */
export const rowLockWaitSeconds = 5;
/** Idle time after which the server ends a session of ours whose worker is frozen or gone. */
export const idleSessionSeconds = 600;
/** How long a goodbye to the server may take before the socket is dropped. */
export const closeTimeoutMs = 1_000;

/** Of one line of the audit log: its column has 65,535 bytes, and a character up to four. */
export const auditMessageCharactersMax = 16_000;

/** Tables that one statement of ours asks about: a statement for each costs round trips, one for all could get too long. */
export const tablesInStatementMax = 200;

/** The oldest MySQL whose statements, variables and metadata tables are the ones that we use. */
export const mysqlVersionMin: readonly [number, number, number] = [8, 0, 28];

/** How often a server is asked whether it answers, beside the work on it. */
export const pulseIntervalMs = 1_000;
/** Pulses without an answer until the work is ended: a server under load answers within 5 s, and people hear within 10 s. */
export const silentPulsesMax = 5;

/** How often the write probe writes: soon enough to steer by, seldom enough to cost nothing (four small transactions a second). */
export const writeProbeIntervalMs = 250;
/** So many writes tell what one takes; where that is waited for before anything is copied they come behind each other. */
export const writeProbeStartWrites = 20;
/** How often it is looked whether they are. */
export const writeProbeStartLookMs = 2;
/** What a write takes is the median of so many: one slow flush of a disk is no reason to wait. */
export const writeProbeMedianOf = 5;
/** How long what was measured last counts. */
export const writeProbeSilentMs = 2_000;
/** How soon a probe that failed is tried again. */
export const writeProbeRetryMs = 1_000;
/** Rows of processes that are gone are removed after this time: a replica may be behind for as long. */
export const writeProbeForgottenAfterDays = 7;
/** A replica that has not answered in this time is named: less than a look of the throttle may take. */
export const replicaAnswerMs = 1_500;

/** Whole seconds that one server waits while the other is slow, before it ends the session: longer than any lock wait. */
export const transferSilenceSeconds = 60;

/** A statement under way for so long is looked at: what it waits for is told to people. */
export const statementLooksAfterMs = 2_000;
/** The first wait for a lock that others wait behind; each further one is twice as long. Most transactions are shorter. */
export const briefWaitMs = 100;
/** The longest wait for a lock of a clean-up, which nobody waits for: who wants the table waits behind it. */
export const briefWaitMsMax = 400;

/** Lines of the audit log that are read for a look back, from the last one on: what people command in years. */
export const auditLinesReadMax = 5_000;

/** The last migrations from which it is told how fast copies are and how long swaps hold writers: a median of few is enough. */
export const experiencedOperationsMax = 10;
/** Smaller tables tell little of how fast rows are copied: most of their time goes elsewhere. */
export const experiencedBytesMin = 16 * 1024 * 1024;
