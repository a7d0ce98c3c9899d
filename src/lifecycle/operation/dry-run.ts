/**
 * Dry runs: a command is judged as it stands, its answer has the outcome that the real one would have at once, and
 * nothing is changed. Written once, since a command that forgets its dry run is carried out.
 */
import { accepted } from './answers.js';
import type { OperationCommand } from './command.js';
import type { Moment, Reaction } from './reactions.js';
import type { Answer } from './state.js';

/**
 * `reaction`, and what it makes of a dry run. A probe that the answer depends on is made: it changes nothing.
 * @param stepsOf what the command would do beyond what its answer says, in its order.
 */
export function withDryRun<State, Command extends OperationCommand, When extends Moment>(
  reaction: Reaction<State, Command, When>,
  stepsOf: (state: State, command: Command) => readonly string[] = () => [],
): Reaction<State, Command, When> {
  return (state, command, moment) => {
    const reacted = reaction(state, command, moment);
    if (!command.dryRun) return reacted;
    if ('answer' in reacted) return { state, answer: dryAnswer(reacted.answer, stepsOf(state, command)) };
    if (reacted.waitsFor === 'probe') return { state, waitsFor: 'probe' };
    const later = accepted(moment.atMs, 'Recorded; what it does depends on the word on the attempt that is under way.');
    return { state, answer: dryAnswer(later, stepsOf(state, command)) };
  };
}

/** The answer to the dry run of a command that would be answered so. */
export function dryAnswer(answer: Answer, steps: readonly string[] = []): Answer {
  const { outcome, message } = answer;
  if (outcome === 'refused' || outcome === 'tooLate') return { ...answer, dryRun: true };
  const numbered = steps.map((step, index) => `${index + 1}. ${step}`).join('; ');
  // What is done at once has no steps that come later.
  const plan = steps.length === 0 || outcome === 'done' ? '' : `It would ${numbered}. `;
  return { ...answer, message: `Dry run, nothing was changed. ${plan}It would be answered: ${message}`, dryRun: true };
}

/** What the audit log calls a command (P9): that nothing came of a dry run shows in its name. */
export function recordedName(name: string, dryRun: boolean): string {
  return dryRun ? `${name} (dry run)` : name;
}
