/** The words of answers (P2). Refusals come from the catalogue, so that their codes are documented. */
import { accepted, answerOfStopped, cancelling, done, overtaken, tooLate } from '../operation/answers.js';
import type { Answer } from '../operation/state.js';
import { move } from './kind.js';
import type { MoveState, PendingCommand } from './state.js';

/** The answer to a command that waited for the word on an attempt, now that there is one. */
export function answerAfterAttempt(state: MoveState, { command, direction }: PendingCommand, atMs: number): Answer {
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
  if (name === 'forceComplete') {
    return state.completion === null
      ? done(atMs, 'The attempt is clear, and nothing had to be given up: the status says where reads and writes go.')
      : accepted(
          atMs,
          'The target has the writes, and the source is given up. What stays behind will be in the status.',
        );
  }
  const switched = direction === 'forward' ? state.traffic.writes === 'target' : state.traffic.writes === 'source';
  if (switched) {
    const problem =
      direction === 'forward'
        ? `writes went to the target at ${state.switchedAt ?? ''}; reverseTraffic takes them back`
        : `reads and writes went back to the source at ${state.reversedAt ?? ''}`;
    return overtaken(name, problem, atMs);
  }
  if (state.stop?.kind === 'failed') return tooLate(move, state, name, atMs) ?? done(atMs, cancelling);
  return answerOfStopped(move, state, name, atMs);
}

/** What is known about the writes that were given up. */
function lossSentence({ loss }: MoveState): string {
  const position = loss?.lastReversedPosition ?? null;
  return position === null
    ? 'Which writes of the target never reached the source is not known.'
    : `What the target wrote after ${position} never reached the source.`;
}
