/** What can be read off the state of any kind of operation. `verifies`: whether a verification was not waived (P6). */
import type { SynchroniseGoal, VerifyAgain } from '../../domain/progress.js';
import type { OperationState } from './operation.js';
import { hasReached } from './state.js';

/** What `synchronise` has to reach next; null once an attempt may be made. */
export function nextGoalOf(
  state: Pick<OperationState, 'progress' | 'verifyRequested'>,
  verifies: boolean,
): Exclude<SynchroniseGoal, 'follow'> | null {
  if (!hasReached(state, 'copied')) return 'copied';
  if (!hasReached(state, 'indexed')) return 'indexed';
  return state.verifyRequested || !isReadyOf(state, verifies) ? 'verified' : null;
}

/** Whether copy, indexes and the verification that was asked for are done. */
export function isReadyOf(state: Pick<OperationState, 'progress'>, verifies: boolean): boolean {
  return hasReached(state, verifies ? 'verified' : 'indexed');
}

/** Whether nothing but a preparation and what ends an operation may run. */
export function isPaused({ pauseReasons }: Pick<OperationState, 'pauseReasons'>): boolean {
  return pauseReasons.length > 0;
}

/** How it is verified again, for whom it is passed on to; nothing where older runs do not know it. */
export function verifyAgainOf(terms: { readonly verifyAgain?: VerifyAgain | null } | null): {
  readonly verifyAgain?: VerifyAgain | null;
} {
  const verifyAgain = terms?.verifyAgain;
  return verifyAgain === undefined ? {} : { verifyAgain };
}
