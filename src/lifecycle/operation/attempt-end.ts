/** Attempts, as every kind counts and keeps them. */
import type { OperationState } from './operation.js';
import { isoTime, type AttemptEnd } from './state.js';

type Counted = Pick<OperationState, 'attempts' | 'attemptStartedAt'>;

/** What it means that an attempt is started. */
export function attemptStarted({ attempts }: Counted, atMs: number): Counted {
  return { attempts: attempts + 1, attemptStartedAt: isoTime(atMs) };
}

/** What it means that one came to nothing, once that is known. */
export function attemptEnded(
  { attemptStartedAt: startedAt }: Counted,
  { reason, detail, blockers, blockedMs }: AttemptEnd,
  atMs: number,
): Pick<OperationState, 'lastAttempt' | 'attemptStartedAt'> {
  const measured = blockedMs === undefined ? {} : { blockedMs };
  const lastAttempt = { startedAt, endedAt: isoTime(atMs), reason, detail, blockers, ...measured };
  return { lastAttempt, attemptStartedAt: null };
}
