/** Ends of activities of a migration without a result (SPEC.md, "Ends of activities"); operation/ends.ts has the table. */
import type { EndRules } from '../operation/ends.js';
import * as kernel from '../operation/ends.js';
import type { Failure } from '../operation/state.js';
import type { Activity } from './activity.js';
import { decide, work } from './decide.js';
import { migration } from './kind.js';
import type { MigrationState } from './state.js';

const ends: EndRules<MigrationState, Activity> = {
  ...work,
  decide,
  idle: (state) => ({ ...state, running: null, runningSinceMs: null }),
  isPrepared: ({ terms }) => terms !== null,
  cannotFail: () => false,
  stopped: migration.stopped,
  withoutWord: (state, failure, problem, atMs) => ({
    ...stoppedWell(state, atMs),
    unresolved: { failure, problem },
  }),
  // Whoever has cancelled wants it to end also where nobody can tell: the clean-up leaves alone what is not certain.
  resolutionFailed: (state, failure, atMs) =>
    failure.code === 'OUTCOME_UNCLEAR' && state.stop !== null
      ? { ...stoppedWell(state, atMs), retrying: null, unresolved: null, unclear: failure }
      : null,
};

/** It has ended because it was asked to, which alone does not show that it works. */
export function stoppedWell(state: MigrationState, atMs: number): MigrationState {
  return kernel.idleAfter(ends, state, atMs);
}

/** An activity has ended with an error. */
export function activityFailed(state: MigrationState, failure: Failure, atMs: number): MigrationState {
  return kernel.activityFailed(ends, state, failure, atMs);
}

/** An activity has ended without a word: it timed out in each of its tries, or was stopped. */
export function activityLost(
  state: MigrationState,
  end: { readonly cancelled: boolean; readonly problem: string },
  atMs: number,
): MigrationState {
  return kernel.activityLost(ends, state, end, atMs);
}

/** An error that ends the migration, or that a person has to look at; a decision to stop comes before both. */
export function stoppedBy(state: MigrationState, failure: Failure, atMs: number): MigrationState {
  return kernel.stoppedBy(ends, state, failure, atMs);
}
