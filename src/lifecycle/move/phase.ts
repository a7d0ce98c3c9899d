import { hasReached } from '../operation/state.js';
import type { MoveState } from './state.js';
import { anyTrouble, attemptInFlight, writesOnTarget } from './facts.js';

/** The phases of a move (SPEC.md, "Phases"). */
export const movePhases = [
  'queued',
  'preparing',
  'copying',
  'indexing',
  'following',
  'switching',
  'switched',
  'reversing',
  'completing',
  'forceCompleting',
  'needsOperator',
  'completed',
  'cancelled',
  'failed',
] as const;

export type MovePhase = (typeof movePhases)[number];

/** The phase that people see. */
export function phaseOf(state: MoveState): MovePhase {
  return anyTrouble(state) !== null && attemptInFlight(state) === null ? 'needsOperator' : commandPhaseOf(state);
}

/**
 * The phase by which commands are answered. Only a trouble that has stopped the work stands in the way of commands; a
 * router that fails, or a target that does not answer, does not.
 */
export function commandPhaseOf(state: MoveState): MovePhase {
  const direction = attemptInFlight(state);
  if (direction !== null) return direction === 'forward' ? 'switching' : 'reversing';
  if (state.trouble !== null) return 'needsOperator';
  if (state.completion !== null) return state.closed ? 'completed' : completing(state);
  if (state.stop !== null) return state.stop.kind;
  if (writesOnTarget(state)) return 'switched';
  if (!hasReached(state, 'prepared')) {
    return state.running.main?.kind === 'prepare' || state.retrying !== null ? 'preparing' : 'queued';
  }
  if (!hasReached(state, 'copied')) return 'copying';
  return hasReached(state, 'indexed') ? 'following' : 'indexing';
}

function completing({ completion }: MoveState): MovePhase {
  return completion?.kind === 'force' ? 'forceCompleting' : 'completing';
}
