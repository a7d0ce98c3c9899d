/** The words of answers (P2) that every kind of operation has. Refusals come from the catalogue, so that their codes are documented. */
import type { ErrorCode, FactsOf } from '../../errors/switchyard-error.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { blockersNamedMax } from '../../limits/shared.js';
import { isPaused } from './facts.js';
import type { Kind } from './kind.js';
import type { OperationState } from './operation.js';
import type { Answer, AttemptEnd, Stop } from './state.js';
import { isoTime } from './state.js';

export function done(atMs: number, message: string): Answer {
  return { outcome: 'done', code: 'OK', message, at: isoTime(atMs) };
}

export function accepted(atMs: number, message: string, code = 'OK'): Answer {
  return { outcome: 'accepted', code, message, at: isoTime(atMs) };
}

export function refused<Code extends ErrorCode>(atMs: number, code: Code, facts: FactsOf<Code>): Answer {
  const error = new SwitchyardError(code, facts);
  return { outcome: 'refused', code, message: `${error.message} ${error.remedy}`, at: isoTime(atMs) };
}

/** Refused because of the phase; `problem` ends the sentence. */
export function notAllowed<State>(
  kind: Kind<State>,
  state: State,
  command: string,
  atMs: number,
  problem: string,
): Answer {
  return refused(atMs, 'COMMAND_NOT_ALLOWED', { command, phase: kind.phaseOf(state), problem });
}

/** The answer to a command that the end has overtaken; undefined while it goes on. */
export function tooLate<State>(kind: Kind<State>, state: State, command: string, atMs: number): Answer | undefined {
  const problem = kind.ending(state);
  return problem === undefined ? undefined : overtaken(command, problem, atMs);
}

/** How an operation was stopped, as the end of a sentence; undefined where it was not. */
export function stopSentence(what: string, stop: Stop | null): string | undefined {
  if (stop === null) return undefined;
  return stop.kind === 'cancelled'
    ? `${what} was cancelled at ${stop.at}`
    : `${what} failed at ${stop.at} (${stop.failure.code})`;
}

/** Too late, because of what has happened meanwhile; `problem` ends the sentence. */
export function overtaken(command: string, problem: string, atMs: number): Answer {
  const { message } = new SwitchyardError('COMMAND_TOO_LATE', { command, problem });
  return { outcome: 'tooLate', code: 'COMMAND_TOO_LATE', message, at: isoTime(atMs) };
}

export const cancelling =
  'Cancelling: what runs is stopped, what was made is removed, and the workflow ends with the outcome cancelled.';

/** The answer to what has stopped an attempt, which has not done what it was for: as things are by now. */
export function answerOfStopped<State extends Pick<OperationState, 'pauseReasons'>>(
  kind: Kind<State>,
  state: State,
  command: string,
  atMs: number,
): Answer {
  const what = `The attempt did not ${kind.purpose}`;
  if (command === 'cancel') return accepted(atMs, `${what}. ${cancelling}`);
  return isPaused(state)
    ? done(atMs, `${what}. Paused: no other starts until unpause.`)
    : done(atMs, `${what}; a later command lets the ${kind.noun} go on.`);
}

/** Why the last attempt came to nothing, with the first blockers by name. */
export function lastAttemptSentence({ lastAttempt }: { readonly lastAttempt: AttemptEnd | null }): string {
  if (lastAttempt === null) return 'no attempt has been made';
  const { reason, detail, blockers } = lastAttempt;
  const names = blockers
    .slice(0, blockersNamedMax)
    .map(({ id, user, host, holds }) => `${id} ${user}@${host} (${holds})`);
  const more = blockers.length > names.length ? ` and ${blockers.length - names.length} more` : '';
  const by = names.length === 0 ? '' : `; held by ${names.join(', ')}${more}`;
  return `the last one ended with ${reason}: ${detail}${by}`;
}
