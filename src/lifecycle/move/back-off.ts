/** When the next attempt may start, and when there is none left (P3). Of both directions, one wish at a time. */
import { areUsedUp, earliestAtMs, type Attempts } from '../operation/back-off.js';
import { limitsOf } from './facts.js';
import type { MoveState } from './state.js';

/** Since traffic was asked to move. */
function attemptsOf(state: MoveState): Attempts {
  const limits = limitsOf(state) ?? { backoffMs: [], maxAttempts: Infinity };
  return { ...limits, made: state.attemptsSinceAsked, sinceMs: state.backOffSinceMs };
}

/** The earliest time of the next attempt, in milliseconds since 1970: what fails now would fail it, too. */
export function nextAttemptAtMs(state: MoveState): number {
  return Math.max(earliestAtMs(attemptsOf(state)), state.retrying?.nextAtMs ?? 0);
}

/** Whether as many attempts were made since traffic was asked to move as are allowed. */
export function attemptsUsedUp(state: MoveState): boolean {
  return areUsedUp(attemptsOf(state));
}

/** The state in which attempts are counted from here: who asks for them does not wait for what failed before. */
export function countedFrom(state: MoveState, atMs: number): MoveState {
  const { retrying } = state;
  const now = retrying === null ? null : { ...retrying, nextAtMs: Math.min(retrying.nextAtMs, atMs) };
  return { ...state, retrying: now, attemptsSinceAsked: 0, backOffSinceMs: atMs, gaveUp: null };
}
