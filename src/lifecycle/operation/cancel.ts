/** The decision to end an operation before its point of no return: by the command, and by Temporal's own Cancel. */
import { accepted, cancelling } from './answers.js';
import type { Kind } from './kind.js';
import type { OperationState } from './operation.js';
import { recorded } from './outbox.js';
import { comesTooLate, isAccepted, type Reaction } from './reactions.js';
import { isoTime, type Answer } from './state.js';

/** The first decision counts. What has waited for a person, or to be tried again, is over. */
function decided<State extends OperationState>(
  kind: Kind<State>,
  state: State,
  by: 'operator' | 'temporal',
  reason: string | null,
  atMs: number,
): State {
  const next = state.stop === null ? kind.stopped(state, { kind: 'cancelled', by, reason, at: isoTime(atMs) }) : state;
  return { ...next, trouble: null, retrying: null };
}

/** With an attempt in flight (also one that a person looks into) the answer waits for its word. */
export function cancel<State extends OperationState>(kind: Kind<State>): Reaction<State> {
  const late = comesTooLate(kind);
  return (state, command, moment) => {
    const next = decided(kind, state, 'operator', command.reason, moment.atMs);
    if (kind.isAttempting(next)) return { state: next, waitsFor: 'attempt' };
    return next.stop?.kind === 'failed' ? late(next, command, moment) : isAccepted(next, moment, cancelling);
  };
}

/**
 * Temporal's own Cancel: as the command, but nobody waits for an answer and the workflow ends as Canceled.
 * @param refusal where it cannot be cancelled any more; it is on record, too.
 */
export function cancelRequested<State extends OperationState>(
  kind: Kind<State>,
  state: State,
  refusal: Answer | null,
  atMs: number,
): State {
  const reason = "Temporal's own Cancel";
  if (refusal !== null) return recorded(state, 'cancel', reason, refusal);
  const next = decided(kind, state, 'temporal', reason, atMs);
  return recorded(next, 'cancel', reason, accepted(atMs, 'Cancel was requested.'));
}
