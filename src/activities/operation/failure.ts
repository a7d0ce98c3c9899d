/** The single place where an error becomes a Temporal failure: type = code, and no row value, no secret in it (P8). */
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { isFactOfWorker } from '../../errors/worker-facts.js';
import { asCatalogueError } from '../../mysql/server/session/server-errors.js';

/**
 * What an activity throws to Temporal for `error`.
 * @param fallback the cluster that is named where a server is the matter and the error does not tell which.
 * @param workerFactsPass whether what only tells of this worker is to be tried again, on another one.
 */
export function toFailure(error: unknown, fallback: string, workerFactsPass = false): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const known = error instanceof SwitchyardError ? error : (asCatalogueError(error, fallback) ?? unexpected(error));
  const { code, message, remedy, facts } = known;
  const kind = workerFactsPass && isFactOfWorker(code) ? 'retryable' : known.kind;
  const failure = ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: kind !== 'retryable',
    details: [{ kind, remedy, facts }],
    // Whoever has taken over knows what this one was to do: it is the ordinary end of what only followed.
    ...(code === 'FENCED' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
  // An error of the catalogue says all that people need; the stack of one that nobody expected is for us.
  if (error instanceof SwitchyardError) failure.stack = '';
  return failure;
}

/**
 * What nobody expected is tried again, since it may pass. Texts of the language may quote what they could not read, such as
 * `Cannot convert 078-05-1120 to a BigInt` (P8): what they quote is left out, and of what cannot be read only the place is told.
 */
function unexpected(error: unknown): SwitchyardError {
  const problem = error instanceof Error ? `${error.name}: ${wordsOf(error)}` : `a ${typeof error} was thrown`;
  return new SwitchyardError('UNEXPECTED', { problem }, { cause: error });
}

function wordsOf(error: Error): string {
  const [, frame = ''] = (error.stack ?? '').split('\n    at ');
  const place = /[^/()]+:\d+:\d+/.exec(frame)?.[0];
  const isOfTheLanguage = error instanceof SyntaxError || error instanceof RangeError;
  const words = isOfTheLanguage ? 'its text may quote a value' : error.message.replace(/'[^']*'|"[^"]*"/g, '…');
  return place === undefined ? words : `${words} (at ${place})`;
}
