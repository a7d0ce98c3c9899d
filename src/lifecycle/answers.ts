/** The words of answers (P2). Refusals come from the catalogue, so that their codes are documented. */
import type { ErrorCode, ErrorFacts } from '../errors/switchyard-error.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { blockersNamedMax } from '../limits/lifecycle.js';
import type { Command, CommandName } from './command.js';
import { phaseOf } from './phase.js';
import type { Answer, AttemptEnd, MigrationState, Stop } from './state.js';
import { isoTime } from './state.js';

export function done(atMs: number, message: string): Answer {
  return { outcome: 'done', code: 'OK', message, at: isoTime(atMs) };
}

export function accepted(atMs: number, message: string, code = 'OK'): Answer {
  return { outcome: 'accepted', code, message, at: isoTime(atMs) };
}

export function refused(atMs: number, code: ErrorCode, facts: ErrorFacts): Answer {
  const error = new SwitchyardError(code, facts);
  return { outcome: 'refused', code, message: `${error.message} ${error.remedy}`, at: isoTime(atMs) };
}

/** Refused because of the phase; `problem` ends the sentence. */
export function notAllowed(state: MigrationState, command: Command, atMs: number, problem: string): Answer {
  return refused(atMs, 'COMMAND_NOT_ALLOWED', { command: command.name, phase: phaseOf(state), problem });
}

/** How the migration ended, or is about to end; undefined while it goes on. */
function ending(state: MigrationState): string | undefined {
  return state.swap !== null
    ? `the migration completed at ${state.swap.completedAt}`
    : stopSentence('the migration', state.stop);
}

/** How an operation was stopped, as the end of a sentence; undefined where it was not. */
export function stopSentence(what: string, stop: Stop | null): string | undefined {
  if (stop === null) return undefined;
  return stop.kind === 'cancelled'
    ? `${what} was cancelled at ${stop.at}`
    : `${what} failed at ${stop.at} (${stop.failure.code})`;
}

/** The answer to a command that the migration's end has overtaken; undefined while it has not ended. */
export function tooLate(state: MigrationState, name: CommandName, atMs: number): Answer | undefined {
  const problem = ending(state);
  return problem === undefined ? undefined : overtaken(name, problem, atMs);
}

/** Too late, because of what has happened meanwhile; `problem` ends the sentence. */
export function overtaken(command: string, problem: string, atMs: number): Answer {
  const { message } = new SwitchyardError('COMMAND_TOO_LATE', { command, problem });
  return { outcome: 'tooLate', code: 'COMMAND_TOO_LATE', message, at: isoTime(atMs) };
}

/** The answer to a command that waited for the word on an attempt, now that there is one. */
export function answerAfterAttempt(state: MigrationState, command: Command, atMs: number): Answer {
  if (state.swap !== null || state.stop?.kind === 'failed') {
    return tooLate(state, command.name, atMs) ?? done(atMs, 'Done.');
  }
  if (state.unresolved !== null) {
    const failure = state.trouble ?? state.retrying?.last;
    const why = failure?.message ?? state.unresolved.problem;
    const what = `Recorded, and no further attempt starts. Whether the last attempt swapped cannot be told yet: ${why}`;
    return accepted(atMs, what, failure?.code);
  }
  if (state.unclear !== null) {
    const what = `Cancelling, and nothing is dropped that may not be the migration's own: ${state.unclear.message}`;
    return accepted(atMs, what, state.unclear.code);
  }
  switch (command.name) {
    case 'cancel':
      return accepted(atMs, `The attempt did not swap. ${cancelling}`);
    case 'pause':
      return state.pauseReasons.length > 0
        ? done(atMs, 'Paused: the attempt did not swap, and no other starts until unpause.')
        : done(atMs, 'The attempt did not swap; a later unpause lets the migration go on.');
    default:
      return state.postponed !== null
        ? done(atMs, 'Postponed: the attempt did not swap, and no other starts until resume. Following goes on.')
        : done(atMs, 'The attempt did not swap; a later resume allows the completion again.');
  }
}

export const cancelling =
  'Cancelling: what runs is stopped, what was made is removed, and the workflow ends with the outcome cancelled.';

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
