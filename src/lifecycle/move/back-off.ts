/** When the next attempt may start, and when there is none left (P3). Of both directions, one wish at a time. */
import type { MoveState } from './state.js';

/** The earliest time of the next attempt, in milliseconds since 1970. */
export function nextAttemptAtMs({ terms, attemptsSinceAsked, backOffSinceMs }: MoveState): number {
  const backoffMs = terms?.switch.backoffMs ?? [];
  return backOffSinceMs + (backoffMs[Math.min(attemptsSinceAsked, backoffMs.length - 1)] ?? 0);
}

/** Whether as many attempts were made since traffic was asked to move as are allowed. */
export function attemptsUsedUp({ terms, attemptsSinceAsked }: MoveState): boolean {
  return terms !== null && attemptsSinceAsked >= terms.switch.maxAttempts;
}

/** The state in which attempts are counted from here. */
export function countedFrom(state: MoveState, atMs: number): MoveState {
  return { ...state, attemptsSinceAsked: 0, backOffSinceMs: atMs, gaveUp: null };
}
