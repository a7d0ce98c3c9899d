/** The end of an activity without a result, as an event of the lifecycle; and a failure as the end of a workflow. */
import { ActivityFailure, ApplicationFailure, isCancellation, patched, TimeoutFailure } from '@temporalio/workflow';
import { TimeoutType } from '@temporalio/common';
import type { ErrorKind } from '../../errors/entry.js';
import type { EndWithoutResult } from '../../lifecycle/operation/event.js';
import { attemptTakenWithinMs } from '../../limits/workflows.js';
import { lostFailure } from '../../lifecycle/operation/retrying.js';
import type { Failure } from '../../lifecycle/operation/state.js';

interface Details {
  readonly kind?: unknown;
  readonly remedy?: unknown;
  readonly facts?: unknown;
}

/** Of an activity whose worker has ended, by the SDK: at a checkpoint, and no fault of the work. */
const workerShutdown = 'WorkerShutdown';

function kindOf(details: Details, nonRetryable: boolean): ErrorKind {
  const { kind } = details;
  if (kind === 'retryable' || kind === 'terminal' || kind === 'needsOperator') return kind;
  return nonRetryable ? 'terminal' : 'retryable';
}

/** What an activity reported as its error: the code is the failure's type, kind and remedy are in its details. */
function readFailure(cause: ApplicationFailure): Failure {
  const details = (cause.details?.[0] ?? {}) as Details;
  return {
    code: cause.type ?? 'Error',
    kind: kindOf(details, cause.nonRetryable === true),
    message: cause.message,
    remedy: typeof details.remedy === 'string' ? details.remedy : '',
    facts: details.facts ?? {},
  };
}

/**
 * The event that an activity's rejection stands for: an error with its code, or an end without a word. Anything else is
 * a mistake in the workflow and is thrown on: it fails the workflow task, not the migration.
 */
export function endWithoutResult(error: unknown): EndWithoutResult {
  if (isCancellation(error)) return { kind: 'activityLost', cancelled: true, problem: 'it was stopped without a word' };
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type === workerShutdown && patched('worker-end-is-no-failure')) {
    return { kind: 'activityLost', cancelled: true, problem: 'its worker has ended' };
  }
  if (cause instanceof ApplicationFailure) return { kind: 'activityFailed', failure: readFailure(cause) };
  if (!(cause instanceof TimeoutFailure)) {
    return { kind: 'activityLost', cancelled: false, problem: cause?.message ?? 'unknown' };
  }
  if (cause.timeoutType === TimeoutType.SCHEDULE_TO_START) {
    const problem = `no worker had a slot for it within ${attemptTakenWithinMs} ms`;
    return { kind: 'activityLost', cancelled: false, problem, notTaken: true };
  }
  return { kind: 'activityLost', cancelled: false, problem: `it timed out (${cause.timeoutType})` };
}

/** The error of an end without a result, where one without a word counts as one, too. */
export function failureOf(work: string, end: EndWithoutResult): Failure {
  return end.kind === 'activityFailed' ? end.failure : lostFailure(work, end.problem);
}

/** What ends a workflow as Failed when an activity without which it cannot go on has failed with `error`. */
export function asWorkflowError(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure ? asWorkflowFailure(readFailure(cause)) : error;
}

/**
 * The failure that ends a workflow as Failed, with the code as its type. Without a stack, which the CLI and the UI would
 * print below the message: it would show people paths of this program, where the message says what to do.
 */
export function asWorkflowFailure({ code, kind, message, remedy, facts }: Failure): ApplicationFailure {
  const withRemedy = [message, remedy].filter((text) => text !== '').join(' ');
  const failure = ApplicationFailure.create({
    type: code,
    message: withRemedy,
    nonRetryable: true,
    details: [{ kind, remedy, facts }],
  });
  failure.stack = '';
  return failure;
}
