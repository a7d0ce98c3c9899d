/** What can be read off the state of a migration: worked out here and never stored, so that the two cannot disagree. */
import type { SynchroniseGoal } from '../../domain/progress.js';
import type { CutOverChange } from './command.js';
import { isReadyOf, nextGoalOf } from '../operation/facts.js';
import type { CutOverSettings, MigrationTerms, MigrationState } from './state.js';

/** What `synchronise` has to reach next; null once the migration is ready for a cut-over. */
export function nextGoal(state: MigrationState): Exclude<SynchroniseGoal, 'follow'> | null {
  return nextGoalOf(state, state.terms?.verify !== false);
}

/** Whether copy, indexes and the verification that was asked for are done (P6). */
export function isReady(state: MigrationState): boolean {
  return isReadyOf(state, state.terms?.verify !== false);
}

/** Whether an attempt runs, or ended without a word and is being looked into: nobody knows yet whether it swapped. */
export function attemptInFlight(state: MigrationState): boolean {
  const running = state.running?.kind;
  if (running === 'attemptCutOver' || running === 'resolveCutOver') return true;
  return state.unresolved !== null && state.trouble === null;
}

/** The limits that the next attempt gets: those of the start with every change since. */
export function cutOverSettings(terms: MigrationTerms, change: CutOverChange): CutOverSettings {
  return {
    lockTimeoutMs: change.lockTimeoutMs ?? terms.cutOver.lockTimeoutMs,
    maxAttempts: change.maxAttempts ?? terms.cutOver.maxAttempts,
    backoffMs: change.backoffMs ?? terms.cutOver.backoffMs,
  };
}
