/** What can be read off the state of a migration: worked out here and never stored, so that the two cannot disagree. */
import type { SynchroniseGoal } from '../../domain/progress.js';
import { isReadyOf, nextGoalOf } from '../operation/facts.js';
import { hasWindow } from '../operation/window.js';
import { limitsNow, type AttemptLimits } from '../operation/limits.js';
import type { MigrationState } from './state.js';

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

/** What the next attempt gets; null before the preparation. */
export function limitsOf(state: MigrationState): AttemptLimits | null {
  return state.terms === null ? null : limitsNow(state.terms.cutOver, state.limitsChange);
}

/** Whether a cut-over is wanted that may only begin in its window. */
export function needsWindow(state: MigrationState): boolean {
  const { postponed, completeAt, ignoreWindow, swap, stop } = state;
  const isHeld = postponed !== null || completeAt !== null;
  return hasWindow(limitsOf(state)) && !isHeld && !ignoreWindow && swap === null && stop === null;
}
