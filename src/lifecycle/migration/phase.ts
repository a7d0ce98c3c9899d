import type { MigrationState } from './state.js';
import { attemptInFlight, isReady, nextGoal } from './facts.js';

/** The phases of a migration (SPEC.md, "Phases"). */
export const migrationPhases = [
  'queued',
  'preparing',
  'copying',
  'indexing',
  'verifying',
  'ready',
  'postponed',
  'cuttingOver',
  'needsOperator',
  'completed',
  'cancelled',
  'failed',
] as const;

export type MigrationPhase = (typeof migrationPhases)[number];

/** The phase that people see. It is worked out of the state, never stored, so that the two cannot disagree. */
export function phaseOf(state: MigrationState): MigrationPhase {
  if (attemptInFlight(state)) return 'cuttingOver';
  if (state.trouble !== null) return 'needsOperator';
  if (state.swap !== null) return 'completed';
  if (state.stop !== null) return state.stop.kind;
  if (state.progress === 'none') {
    return state.running?.kind === 'prepare' || state.retrying !== null ? 'preparing' : 'queued';
  }
  switch (nextGoal(state)) {
    case 'copied':
      return 'copying';
    case 'indexed':
      return 'indexing';
    case 'verified':
      return 'verifying';
    case null:
      return isReady(state) && (state.postponed !== null || state.completeAt !== null) ? 'postponed' : 'ready';
  }
}
