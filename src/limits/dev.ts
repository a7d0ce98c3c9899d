/** Limits of src/dev, each with its unit in its name and its reason. */

/** A server starts in one to three seconds; a slow, busy machine gets twenty times as long before we call it failed. */
export const devStartTimeoutMs = 60_000;

/** How long a server may take to end after SIGTERM, before SIGKILL: InnoDB writes its buffers back meanwhile. */
export const devStopTimeoutMs = 20_000;

/** How long a short question to a program (`--version`) may take. */
export const devQuestionTimeoutMs = 20_000;

/** Fetching and unpacking 60 MB of packages takes 15 s; over a slow line it may take minutes, but not for ever. */
export const devFetchTimeoutMs = 15 * 60_000;

/** Building Temporal takes 4 minutes on two cores without any cache; a small machine gets several times that. */
export const devBuildTimeoutMs = 30 * 60_000;

/** How often something that starts or waits looks again. */
export const devPollMs = 50;

/** Plain progress lines (no terminal) come at most this often per task, so that a CI log stays short. */
export const devProgressLineEveryMs = 5_000;

/** The last lines of a log that an error shows: enough for the cause, short enough for a screen. */
export const devLogTailLines = 12;

/** Ports are drawn from here: below the ranges from which Linux (32768) and macOS (49152) draw the ports of outgoing
 * connections, so that no client can take the port of a server that was killed and is about to be started again. */
export const devPortMin = 20_000;
export const devPortMax = 32_000;

/** A server that loses the race for its port is started again on another one this often. */
export const devPortAttemptsMax = 5;

/** The holder of a cache lock touches it this often … */
export const devLockTouchMs = 2_000;
/** … and one that was not touched for this long belongs to nobody: its holder is gone, frozen or on a lost machine. */
export const devLockStaleMs = 30_000;

/** Connections of a local mysqld: writers, parallel copies and the workers of a whole test run. */
export const devMysqlConnectionsMax = 300;

/** The oldest MySQL that Switchyard supports (docs/servers.md, "Settings"). */
export const devMysqlVersionMin = '8.0.28';

/** The oldest Temporal server that has workflow updates and user metadata (summaries, current details) on by default. */
export const devTemporalServerVersionMin = '1.26.0';

/** What the Temporal CLI of `temporalCliVersion` needs to be built. */
export const devGoVersionMin = '1.25';

/** Each step of a demo takes seconds, or minutes on a busy machine; one that takes this long will not come to an end. */
export const demoStepTimeoutMs = 5 * 60_000;

/** Rows of a demo's table: enough for a bar that is seen, few enough for a minute. */
export const demoRowsDefault = 200_000;
