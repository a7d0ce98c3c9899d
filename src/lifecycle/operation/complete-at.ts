/**
 * `completeAt`: the moment before which completion is not tried. It is in the state until it has come, or somebody has
 * allowed the completion before that.
 */
import { isoTime } from './state.js';

interface Timed {
  readonly completeAt: string | null;
}

/** The moment of an option, in UTC; null where none is given. */
export function momentOf(given: string | null | undefined): string | null {
  return given == null ? null : isoTime(Date.parse(given));
}

/** In milliseconds since 1970; null where nothing is waited for. */
export function completeAtMs({ completeAt }: Timed): number | null {
  return completeAt === null ? null : Date.parse(completeAt);
}

/** Whether the moment has come that was waited for. */
export function hasCome(state: Timed, nowMs: number): boolean {
  const atMs = completeAtMs(state);
  return atMs !== null && atMs <= nowMs;
}

/** The state in which a moment that has come holds nothing back any more. */
export function withoutPast<State extends Timed>(state: State, atMs: number): State {
  return hasCome(state, atMs) ? { ...state, completeAt: null } : state;
}
