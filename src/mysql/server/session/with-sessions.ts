/**
 * Does the work on sessions that nobody else uses meanwhile.
 * @param ended aborted when statements on them may have been killed: a KILL that comes late must meet nobody else.
 */
export type WithSessions<Sessions> = <Result>(
  work: (sessions: Sessions) => Promise<Result>,
  ended: AbortSignal,
) => Promise<Result>;
