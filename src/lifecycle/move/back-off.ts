/** When the next attempt may start, and when there is none left (P3). Of both directions, one wish at a time. */
import { areUsedUp, earliestAtMs, type Attempts } from '../operation/back-off.js';
import { limitsOf } from './facts.js';
import type { MoveState } from './state.js';

/** Since traffic was asked to move. */
function attemptsOf(state: MoveState): Attempts {
  const limits = limitsOf(state) ?? { backoffMs: [], maxAttempts: Infinity };
  return { ...limits, made: state.attemptsSinceAsked, sinceMs: state.backOffSinceMs };
}

/** The earliest time of the next attempt, in milliseconds since 1970. */
export function nextAttemptAtMs(state: MoveState): number {
  return earliestAtMs(attemptsOf(state));
}

/** Whether as many attempts were made since traffic was asked to move as are allowed. */
export function attemptsUsedUp(state: MoveState): boolean {
  return areUsedUp(attemptsOf(state));
}

/** The state in which attempts are counted from here. */
export function countedFrom(state: MoveState, atMs: number): MoveState {
  return { ...state, attemptsSinceAsked: 0, backOffSinceMs: atMs, gaveUp: null };
}
