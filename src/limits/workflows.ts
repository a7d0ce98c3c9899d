/** Limits of src/workflows, each with its unit in its name and its reason. */
import { routerTimeoutMsMax } from './shared.js';

/**
 * Preparing asks a server some hundred questions, and may wait for a prepared XA transaction. Of a move it makes all target
 * tables: 1,000 take 20 s to 2 min, and a database may have ten times as many. A worker that is gone shows by its beats.
 */
export const prepareTimeoutMs = 3_600_000;
/**
 * How soon another worker takes over from a killed one: somebody waits for it. As long as for other work, since what is
 * missed is the same: 30 beats, which a timer sends however long the server takes to answer.
 */
export const prepareHeartbeatTimeoutMs = 10_000;

/** One run of `synchronise` lasts as long as the table needs; a year stands for "no limit" (there must be one). */
export const synchroniseTimeoutMs = 365 * 86_400_000;
/** How soon another worker takes over from a killed one that worked up to a goal: as long as 30 beats of other work. */
export const synchroniseHeartbeatTimeoutMs = 10_000;
/**
 * The same of one that only followed. Each beat costs Temporal a write, for months, and what follows waits for nobody: a
 * command does not wait for its end, and what it misses meanwhile is read from the binlog.
 */
export const followHeartbeatTimeoutMs = 60_000;

/** Work that has told nothing for so long waits for a worker: one that has it tells so after 5 s. */
export const untakenShownAfterMs = 10_000;
/** How long an attempt waits for a worker that takes it; then it comes to nothing. Following goes on meanwhile. */
export const attemptTakenWithinMs = 10_000;
/** Short, so that a frozen attempt is noticed and a `postpone` reaches a live one quickly (P2, P3). */
export const attemptHeartbeatTimeoutMs = 5_000;

/** Looking at a clock, on a busy worker. */
export const lookTimeoutMs = 10_000;
/** In all, with the waiting for a worker: what was known before is gone by then. */
export const lookDeadlineMs = 300_000;

/** Taking over from a dead attempt waits for its session to end; what is not done in this time is tried again. */
export const resolveTimeoutMs = 120_000;
export const resolveHeartbeatTimeoutMs = 10_000;

/** Closing the sidecar rows, or dropping a shadow table of any size. */
export const closingTimeoutMs = 3_600_000;
export const closingHeartbeatTimeoutMs = 10_000;
/** Tries to clean up after a preparation that told us nothing: the next operation on the table does it otherwise. */
export const closingUnpreparedAttemptsMax = 5;

/** Waiting between tries of the same activity: the first, and the longest (a server restart ends within it). */
export const retryIntervalMs = 1_000;
export const retryIntervalMsMax = 30_000;

/** Tries of an activity by Temporal; then its failure comes back, is shown, and is tried again by the lifecycle (P11). */
export const triesInARowMax = 3;

/** Lines of the audit log that a new run takes over; more would make the input of that run too large. */
export const auditLinesCarriedMax = 200;
/** One line of the audit log may take this long in all; the history has it anyway, so it is given up after that. */
export const auditTimeoutMs = 5_000;
export const auditDeadlineMs = 30_000;

/** What the Temporal UI takes: current details in bytes, and one summary in bytes. */
export const detailsBytesMax = 20_000;
export const summaryBytesMax = 200;
/** A blocker's statement in a table of the details, in characters. */
export const statementShownCharactersMax = 120;
/** One cell of what `reconcile` shows: the parts of a move of some tables. */
export const reconcileCellCharactersMax = 500;

/** Telling the router once; a frozen one is noticed, and another worker takes over from a killed one, within these. */
export const routeTimeoutMs = 60_000;
export const routeHeartbeatTimeoutMs = 10_000;

/** Somebody waits for the answer: a probe is bounded by 10 s itself, and a killed worker's is made again once. */
export const probeTimeoutMs = 15_000;
export const probeHeartbeatTimeoutMs = 5_000;
export const probeAttemptsMax = 2;

/** Tables that one activity drops: many, so that a move of thousands has a short history; few, so that one is soon over. */
export const dropBatchTables = 100;
/** The last moment that a time of four digits for the year can say: earlier versions took any `retainFor`. */
export const dropAtMsMax = Date.UTC(9_999, 11, 31);
/** Ten years: Temporal keeps no timer for much longer. After it, another one is set. */
export const timerMsMax = 3_650 * 86_400_000;
/** What Temporal takes as one keyword, in characters: what its SQL databases have room for. */
export const keywordCharactersMax = 255;
/** Names in a list of keywords: more would find nobody who reads them, and are carried by every row of a list. */
export const keywordListMax = 50;
/** The list as JSON: a server takes 2,048 bytes as one value, unless it is configured otherwise. */
export const keywordListBytesMax = 1_900;

/** One try to tell a notice, on a worker that may be busy: its request has less. */
export const noticeTimeoutMs = routerTimeoutMsMax + 10_000;
/** All tries of one notice, with the waiting for a worker in it; a receiver that is down for longer misses it. */
export const noticeDeadlineMs = 600_000;
export const noticeTriesMax = 10;
/** Waiting between two tries at the most. */
export const noticeRetryIntervalMsMax = 60_000;
/** Whoever waits for the end of an operation does not wait longer than this for those who are told of it. */
export const noticesAtEndMs = 30_000;
/** Notices that wait for earlier ones; more are not told: a history should not carry them. */
export const noticesWaitingMax = 20;
/** Why one was not told, in bytes: an activity of the user's own may say anything. */
export const noticeProblemBytesMax = 500;
/** A sentence of a notice, in bytes: it goes into histories. */
export const noticeSentenceBytesMax = 2_000;
