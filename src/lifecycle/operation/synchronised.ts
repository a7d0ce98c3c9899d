/** What a run of `synchronise` has come to, in the state. */
import { workDone, type SynchroniseGoal, type Synchronised } from '../../domain/progress.js';
import type { OperationState } from './operation.js';

/** @param state in which the run is over. @param goal what it was for. */
export function synchronised<State extends OperationState>(
  state: State,
  result: Synchronised,
  goal: SynchroniseGoal,
): State {
  const next = { ...state, ...workDone({ ...state, ...result }) };
  if (result.outcome !== 'reached' || goal === 'follow') return next;
  const verifyRequested = state.verifyRequested && goal !== 'verified';
  return { ...next, retrying: null, verifyRequested, progress: goal };
}
