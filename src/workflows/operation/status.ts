/** The part of a status that every kind of operation has, put together from the state. */
import { copiedIn } from '../../domain/progress.js';
import type {
  LastAttemptStatus,
  OperationStatus,
  RetryingStatus,
  WindowStatus,
} from '../../contract/operation/status.js';
import type { NextStep } from '../../lifecycle/operation/next-step.js';
import type { OperationState } from '../../lifecycle/operation/operation.js';
import type { Kind } from '../../lifecycle/operation/kind.js';
import type { WindowSight } from '../../lifecycle/operation/window.js';
import type { Failing } from '../../lifecycle/operation/retrying.js';
import { isoTime, type Failure, type LastAttempt } from '../../lifecycle/operation/state.js';
import { waitsFor } from '../../lifecycle/operation/waits.js';

/** What every preparation tells. */
interface Prepared {
  readonly operationId: string;
  readonly warnings: readonly string[];
}

/** @param waits the error that waits for a person; null for none. */
export function operationStatusOf<State extends OperationState, Command extends string>(
  kind: Kind<State>,
  state: State,
  prepared: Prepared | null,
  waits: Failure | null,
  next: NextStep<Command>,
): Omit<OperationStatus<string, Command>, 'version' | 'phase' | 'reason' | 'nextAttemptAt'> {
  const failure = waits ?? (state.stop?.kind === 'failed' ? state.stop.failure : null);
  return {
    operationId: prepared?.operationId ?? null,
    attempts: state.attempts,
    lastAttempt: lastAttemptOf(state.lastAttempt),
    limits: kind.limitsOf(state),
    completeAt: state.completeAt,
    window: kind.needsWindow(state) ? windowOf(state.window) : null,
    blockers: state.lastAttempt?.blockers ?? [],
    pauseReasons: state.pauseReasons,
    paused: state.paused,
    throttle: state.throttle.limits,
    waitsFor: waitsFor(state, kind.isIdle(state)),
    ...copiedIn(state),
    warnings: prepared?.warnings ?? [],
    lastCommand: state.lastCommand,
    retrying: retryingOf(kind.failing(state)),
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

function windowOf(window: WindowSight | null): WindowStatus | null {
  if (window === null) return null;
  const { open, untilMs, endsAtMs, problem = null } = window;
  return { open, until: isoTime(untilMs), endsAt: endsAtMs === undefined ? null : isoTime(endsAtMs), problem };
}

/** What fails, for people. */
export function retryingOf(failing: Failing | null): RetryingStatus | null {
  if (failing === null) return null;
  const { retrying, isIdle } = failing;
  const { since, failures: attempts, last, nextAtMs } = retrying;
  const { code, message } = last;
  return { since, attempts, code, message, nextAt: isIdle ? isoTime(nextAtMs) : null };
}
