/** The words of answers (P2). Refusals come from the catalogue, so that their codes are documented. */
import type { Command } from './command.js';
import type { MigrationState } from './state.js';
import type { Answer } from '../operation/state.js';
import { done, accepted, answerOfStopped, tooLate } from '../operation/answers.js';
import { migration } from './kind.js';

/** The answer to a command that waited for the word on an attempt, now that there is one. */
export function answerAfterAttempt(state: MigrationState, command: Command, atMs: number): Answer {
  if (state.swap !== null || state.stop?.kind === 'failed') {
    return tooLate(migration, state, command.name, atMs) ?? done(atMs, 'Done.');
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
  if (command.name !== 'postpone') return answerOfStopped(migration, state, command.name, atMs);
  return state.postponed !== null
    ? done(atMs, 'Postponed: the attempt did not swap, and no other starts until resume. Following goes on.')
    : done(atMs, 'The attempt did not swap; a later resume allows the completion again.');
}
