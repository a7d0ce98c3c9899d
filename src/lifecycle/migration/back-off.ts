/** When the next cut-over attempt may start, and when there is none left (P3). */
import type { MigrationState } from './state.js';
import { cutOverSettings } from './state.js';

/** The earliest time of the next attempt in milliseconds since 1970; null before it is ready for one. */
export function nextAttemptAtMs(state: MigrationState): number | null {
  if (state.terms === null || state.backOffSinceMs === null) return null;
  const { backoffMs } = cutOverSettings(state.terms, state.cutOverChange);
  const waitMs = backoffMs[Math.min(state.attemptsSinceResume, backoffMs.length - 1)] ?? 0;
  return state.backOffSinceMs + waitMs;
}

/** Whether as many attempts were made since the start or the last `resume` as are allowed. */
export function attemptsUsedUp(state: MigrationState): boolean {
  if (state.terms === null) return false;
  return state.attemptsSinceResume >= cutOverSettings(state.terms, state.cutOverChange).maxAttempts;
}
