/** The part of a status that every kind of operation has, put together from the state. */
import { copiedIn } from '../../domain/progress.js';
import type { LastAttemptStatus, OperationStatus, RetryingStatus } from '../../contract/operation/status.js';
import type { NextStep } from '../../lifecycle/operation/next-step.js';
import type { OperationState } from '../../lifecycle/operation/operation.js';
import type { Retrying } from '../../lifecycle/operation/retrying.js';
import { isoTime, type Failure, type LastAttempt } from '../../lifecycle/operation/state.js';

/** What every preparation tells. */
interface Prepared {
  readonly operationId: string;
  readonly warnings: readonly string[];
}

/** @param waits the error that waits for a person; null for none. @param isIdle whether nothing runs that touches data. */
export function operationStatusOf<Command extends string>(
  state: OperationState,
  prepared: Prepared | null,
  waits: Failure | null,
  isIdle: boolean,
  next: NextStep<Command>,
): Omit<OperationStatus<string, Command>, 'version' | 'phase' | 'reason' | 'nextAttemptAt'> {
  const failure = waits ?? (state.stop?.kind === 'failed' ? state.stop.failure : null);
  return {
    operationId: prepared?.operationId ?? null,
    attempts: state.attempts,
    lastAttempt: lastAttemptOf(state.lastAttempt),
    blockers: state.lastAttempt?.blockers ?? [],
    pauseReasons: state.pauseReasons,
    paused: state.paused,
    throttle: state.throttle.limits,
    ...copiedIn(state),
    warnings: prepared?.warnings ?? [],
    lastCommand: state.lastCommand,
    retrying: retryingOf(state.retrying, isIdle),
    nextStep: next.sentence,
    nextCommand: next.command,
    error: failure === null ? null : { code: failure.code, message: failure.message, remedy: failure.remedy },
  };
}

function lastAttemptOf(last: LastAttempt | null): LastAttemptStatus | null {
  if (last === null) return null;
  const { startedAt = null, endedAt = null, blockedMs = null, reason, detail, blockers } = last;
  return { startedAt, endedAt, reason, detail, blockers, blockedMs };
}

/** What fails, for people. @param isIdle whether it is not being tried just now. */
export function retryingOf(retrying: Retrying<unknown> | null, isIdle: boolean): RetryingStatus | null {
  if (retrying === null) return null;
  const { since, failures: attempts, last, nextAtMs } = retrying;
  const { code, message } = last;
  return { since, attempts, code, message, nextAt: isIdle ? isoTime(nextAtMs) : null };
}
