/** When the next cut-over attempt may start, and when there is none left (P3). */
import { areUsedUp, earliestAtMs, type Attempts } from '../operation/back-off.js';
import { limitsOf } from './facts.js';
import type { MigrationState } from './state.js';

/** Since the start or the last `resume`; null before the preparation. */
function attemptsOf(state: MigrationState): Attempts | null {
  const limits = limitsOf(state);
  return limits === null ? null : { ...limits, made: state.attemptsSinceResume, sinceMs: state.backOffSinceMs ?? 0 };
}

/** The earliest time of the next attempt in milliseconds since 1970; null before it is ready for one. */
export function nextAttemptAtMs(state: MigrationState): number | null {
  const attempts = attemptsOf(state);
  return attempts === null || state.backOffSinceMs === null ? null : earliestAtMs(attempts);
}

/** Whether as many attempts were made since the start or the last `resume` as are allowed. */
export function attemptsUsedUp(state: MigrationState): boolean {
  const attempts = attemptsOf(state);
  return attempts !== null && areUsedUp(attempts);
}

/** What it means that attempts are counted from here. */
export function countedFrom(
  { backOffSinceMs }: MigrationState,
  atMs: number,
): Pick<MigrationState, 'attemptsSinceResume' | 'backOffSinceMs'> {
  return { attemptsSinceResume: 0, backOffSinceMs: backOffSinceMs === null ? null : atMs };
}
