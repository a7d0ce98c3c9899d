/** What cannot be taken back is agreed to by a person, or by a script that says so. */
import { UsageProblem } from './ends.js';
import type { Terminal } from './terminal.js';

export interface Question {
  /** What would be done, as a sentence. */
  readonly what: string;
  /** What has to be typed: "yes", or the name of what is meant. */
  readonly word: string;
}

/** @param isAgreed by `--yes`. @throws UsageProblem where nobody agrees. */
export async function confirm(terminal: Terminal, { what, word }: Question, isAgreed: boolean): Promise<void> {
  if (isAgreed) return;
  if (!terminal.canAsk)
    throw new UsageProblem(`${what} Nobody can be asked here: say --yes to agree, or --dry-run to look.`);
  const answer = await terminal.ask(`${what}\nType ${word} to go on: `);
  if (answer.trim() !== word) throw new UsageProblem('Nothing was sent, since it was not agreed to.');
}
