/** The words of answers (P2). Refusals come from the catalogue, so that their codes are documented. */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { blockersNamedMax } from '../../limits/lifecycle.js';
import { accepted, done, refused } from '../answers.js';
import type { Answer } from '../state.js';
import { isoTime } from '../state.js';
import type { MoveCommand, MoveCommandName } from './command.js';
import { movePhaseOf } from './phase.js';
import type { MoveState, PendingCommand } from './state.js';

/** Refused because of the phase; `problem` ends the sentence. */
export function notPossible(state: MoveState, command: MoveCommand, atMs: number, problem: string): Answer {
  return refused(atMs, 'COMMAND_NOT_ALLOWED', { command: command.name, phase: movePhaseOf(state), problem });
}

/** How the move ended, or is about to end; undefined while it goes on. */
function ending({ completion, stop, closed }: MoveState): string | undefined {
  if (completion !== null) return `the move is ${closed ? 'completed' : 'being completed'} since ${completion.at}`;
  if (stop?.kind === 'cancelled') return `the move was cancelled at ${stop.at}`;
  if (stop?.kind === 'failed') return `the move failed at ${stop.at} (${stop.failure.code})`;
  return undefined;
}

/** The answer to a command that the move's end has overtaken; undefined while it has not ended. */
export function tooLateFor(state: MoveState, name: MoveCommandName, atMs: number): Answer | undefined {
  const problem = ending(state);
  return problem === undefined ? undefined : overtaken(name, problem, atMs);
}

function overtaken(command: MoveCommandName, problem: string, atMs: number): Answer {
  const { message } = new SwitchyardError('COMMAND_TOO_LATE', { command, problem });
  return { outcome: 'tooLate', code: 'COMMAND_TOO_LATE', message, at: isoTime(atMs) };
}

/** The answer to a command that waited for the word on an attempt, now that there is one. */
export function answerAfterWord(state: MoveState, { command, direction }: PendingCommand, atMs: number): Answer {
  const { name } = command;
  if (state.unresolved !== null) {
    const why = state.trouble?.message ?? state.unresolved.problem;
    return accepted(atMs, `Recorded; it takes effect once the last attempt is clear. ${why}`, state.trouble?.code);
  }
  if (name === 'reverseTraffic') {
    return state.loss === null
      ? done(atMs, 'The attempt is clear, and nothing had to be given up: the status says where reads and writes go.')
      : done(atMs, `The source has the writes, and the target is given up. ${lossSentence(state)}`);
  }
  const switched = direction === 'forward' ? state.traffic.writes === 'target' : state.traffic.writes === 'source';
  if (switched) {
    const problem =
      direction === 'forward'
        ? `writes went to the target at ${state.switchedAt ?? ''}; reverseTraffic takes them back`
        : `reads and writes went back to the source at ${state.reversedAt ?? ''}`;
    return overtaken(name, problem, atMs);
  }
  if (state.stop?.kind === 'failed') return tooLateFor(state, name, atMs) ?? done(atMs, cancelling);
  if (name === 'cancel') return accepted(atMs, `The attempt did not switch. ${cancelling}`);
  return state.pauseReasons.includes('operator')
    ? done(atMs, 'Paused: the attempt did not switch, and no other starts until unpause.')
    : done(atMs, 'The attempt did not switch; a later command lets the move go on.');
}

export const cancelling =
  'Cancelling: what runs is stopped, what was made is removed, and the workflow ends with the outcome cancelled.';

/** What is known about the writes that were given up. */
export function lossSentence({ loss }: MoveState): string {
  const position = loss?.lastReversedPosition ?? null;
  return position === null
    ? 'Which writes of the target never reached the source is not known.'
    : `What the target wrote after ${position} never reached the source.`;
}

/** Why the last attempt did not switch, with the first blockers by name. */
export function lastEndSentence({ lastAttempt }: MoveState): string {
  if (lastAttempt === null) return 'no attempt has been made';
  const { reason, detail, blockers } = lastAttempt;
  const names = blockers
    .slice(0, blockersNamedMax)
    .map(({ id, user, host, holds }) => `${id} ${user}@${host} (${holds})`);
  const more = blockers.length > names.length ? ` and ${blockers.length - names.length} more` : '';
  const by = names.length === 0 ? '' : `; held by ${names.join(', ')}${more}`;
  return `the last one ended with ${reason}: ${detail}${by}`;
}
