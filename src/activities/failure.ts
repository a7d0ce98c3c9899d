/** The single place where an error becomes a Temporal failure: type = code, and no row value, no secret in it (P8). */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { isUnavailable, originOf, serverErrorNumber, serverMessage } from '../mysql/session/server-errors.js';

/**
 * What an activity throws to Temporal for `error`.
 * @param fallback the cluster that is named where a server is the matter and the error does not tell which.
 */
export function toFailure(error: unknown, fallback: string): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const known = error instanceof SwitchyardError ? error : classify(error, originOf(error) ?? fallback);
  const { code, kind, message, remedy, facts } = known;
  const failure = ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: kind !== 'retryable',
    details: [{ kind, remedy, facts }],
  });
  // An error of the catalogue says all that people need; the stack of one that nobody expected is for us.
  if (error instanceof SwitchyardError) failure.stack = '';
  return failure;
}

/** Driver errors, and what nobody expected: both are tried again, since most of them pass. */
function classify(error: unknown, cluster: string): SwitchyardError {
  const number = serverErrorNumber(error);
  if (isUnavailable(error)) {
    return new SwitchyardError('SERVER_UNAVAILABLE', { cluster, problem: serverMessage(error) }, { cause: error });
  }
  if (number !== undefined) {
    return new SwitchyardError(
      'SERVER_ERROR',
      { cluster, errno: number, problem: serverMessage(error) },
      { cause: error },
    );
  }
  const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new SwitchyardError('UNEXPECTED', { problem }, { cause: error });
}
