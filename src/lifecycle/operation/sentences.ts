/** What people read about any kind of operation. */
import type { OperationCommandName } from './command.js';
import { isPaused } from './facts.js';
import { type NextStep, toSend } from './next-step.js';
import type { OperationState } from './operation.js';
import { remedyOf, type Failing } from './retrying.js';
import { isoTime } from './state.js';

/** Why nothing goes on while it is paused. */
export function pausedSentence({ paused, pauseReasons }: Pick<OperationState, 'paused' | 'pauseReasons'>): string {
  const why = paused?.reason ?? null;
  return `Paused by the ${pauseReasons.join(', ')}${why === null ? '.' : `: ${why}`}`;
}

/** What a person can do where somebody holds everything; null where nobody does. */
export function heldStep(state: Pick<OperationState, 'pauseReasons'>): NextStep<OperationCommandName> | null {
  return isPaused(state) ? toSend('Send unpause to go on.', 'unpause') : null;
}

/** What fails and is tried again; null for nothing. */
export function failingSentence(failing: Failing | null): string | null {
  if (failing === null) return null;
  const { isIdle } = failing;
  const { since, failures, last, nextAtMs } = failing.retrying;
  const times = failures === 1 ? 'once' : `${failures} times`;
  const next = isIdle ? `it is tried again at ${isoTime(nextAtMs)}` : 'it is being tried again';
  return `Since ${since} it has failed ${times}, and ${next}: ${last.message}`;
}

/** What can be done about it (P11). @param wayOut what leads to an end without it. */
export function failingStep({ retrying, isIdle }: Failing, wayOut: string): string {
  const { last, nextAtMs } = retrying;
  const when = isIdle ? `at ${isoTime(nextAtMs)}` : 'just now';
  return `${remedyOf(last)} It is tried again by itself ${when}; retry tries it at once, ${wayOut}.`;
}

/** Several reasons as one text; null for none. */
export function joined(...reasons: readonly (string | null)[]): string | null {
  const given = reasons.filter((reason) => reason !== null);
  return given.length === 0 ? null : given.join(' ');
}
