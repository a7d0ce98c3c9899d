/** Limits of src/doctor, each with its unit in its name and its reason. */

/** How long one check may take: longer than the way to a server that does not answer, so that this is told by its name. */
export const doctorCheckMsMax = 15_000;

/** A clock that is off by more makes the lag in the status wrong by as much. */
export const clockOffMsMax = 1_000;
/** One that is off by more is not set at all: windows and retention are hours apart from what people expect. */
export const clockWrongMsMax = 60_000;

/** A poll of a worker lasts for a minute: who has not been seen for longer is gone, although Temporal lists it for some minutes more. */
export const pollerGoneAfterMs = 90_000;
/** Workers that are named for each queue. */
export const pollersNamedMax = 5;

/** A namespace that keeps histories for less forgets before the next day what ended in the night, and cannot bring it back. */
export const namespaceRetentionHoursMin = 24;

/** Databases whose grants are tried: some twenty statements for each. */
export const databasesTriedMax = 20;

/** Operations that are asked for their status, and how many at a time: it takes a worker some milliseconds for each. */
export const operationsAskedMax = 200;
export const operationsAskedAtOnce = 10;
/** How long one may take to answer. */
export const operationAnswerMs = 3_000;
/** Operations that are named. */
export const operationsNamedMax = 5;

/** A position that is older than this share of what the binlogs are kept for is one outage away from being lost. */
export const positionAgeShareMax = 0.5;

/** How long a mend that is a workflow is waited for; it goes on without us. */
export const mendWaitMs = 60_000;

/** How long a webhook may take to say that it is there. */
export const routerLookMs = 5_000;

/** Parts of what an operation has left that are named; `reconcile` names them all. */
export const leftPartsNamedMax = 8;
