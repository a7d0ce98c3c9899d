/** What a command and its dry run come to, in any state of any kind of operation. */
import { expect } from 'vitest';
import type { OperationCommand } from '../../../src/lifecycle/operation/command.js';
import type { OperationState } from '../../../src/lifecycle/operation/operation.js';
import type { Answer } from '../../../src/lifecycle/operation/state.js';

/** The answer at once, or what it waits for. */
export type Heard = Answer | 'attempt' | 'probe';

/** How a kind takes a command, and what a command that has no answer waits for. */
export interface Asked<State, Command> {
  take(state: State, command: Command): State;
  waitsFor(state: State, id: number): 'attempt' | 'probe' | null;
}

/** Of a command in a state after it was taken. */
export function heardOf<State extends OperationState, Command extends OperationCommand>(
  { waitsFor }: Pick<Asked<State, Command>, 'waitsFor'>,
  after: State,
  { id, name }: Command,
): Heard {
  const entry = after.outbox.find((one) => one.id === id);
  const heard = entry?.answer ?? waitsFor(after, id);
  if (heard === null) throw new Error(`${name} is neither answered nor waited for`);
  return heard;
}

/** What a command may touch although it is a dry run: whose answer it is, and who waits for a probe. */
const passing: readonly string[] = ['outbox', 'lastCommand', 'pending'];

/** The fields that are not what they were. Nothing is copied that has not changed, so that most are the same object. */
export function changed(before: object, after: object): readonly string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after)
    .filter(([name, value]) => !passing.includes(name) && !Object.is(old.get(name), value))
    .filter(([name, value]) => JSON.stringify(old.get(name)) !== JSON.stringify(value))
    .map(([name]) => name);
}

/**
 * Sends a command as a dry run and for real, in the same state: the former changes nothing, says so, and has the outcome
 * that the latter has at once. @returns what was heard of the real one
 */
export function expectSameOutcome<State extends OperationState, Command extends OperationCommand>(
  asked: Asked<State, Command>,
  state: State,
  command: Command,
): Heard {
  const taken = (dryRun: boolean): { readonly after: State; readonly heard: Heard } => {
    const after = asked.take({ ...state, outbox: [] }, { ...command, dryRun });
    return { after, heard: heardOf(asked, after, command) };
  };
  const [real, dry] = [taken(false), taken(true)];
  const what = (): string => `${command.name} in ${JSON.stringify(state)}`;
  const touched = changed(state, dry.after);
  if (touched.length > 0) expect.fail(`a dry run changes ${touched.join(', ')}: ${what()}`);
  expectSame(real.heard, dry.heard, what);
  const entry = dry.after.outbox.find(({ id }) => id === command.id);
  const name = `${command.name} (dry run)`;
  if (entry !== undefined && entry.command !== name) expect.fail(`P9: it is called ${entry.command}: ${what()}`);
  return real.heard;
}

/** @param what is said only where it fails: there are tens of thousands of these. */
export function expectSame(real: Heard, dry: Heard, what: () => string): void {
  if (dry === 'probe' && real === 'probe') return;
  const told = `${JSON.stringify(real)} and its dry run ${JSON.stringify(dry)}`;
  if (typeof dry === 'string') return expect.fail(`${told}: ${what()}`);
  // Where the real one waits for the word on an attempt, it is accepted at once.
  const outcome = typeof real === 'string' ? real.replace('attempt', 'accepted') : real.outcome;
  const isMarked = dry.dryRun === true && (typeof real === 'string' || real.dryRun === undefined);
  const changesNothing = outcome === 'refused' || outcome === 'tooLate';
  const words = changesNothing ? (real as Answer).message : 'Dry run, nothing was changed.';
  if (dry.outcome !== outcome || !isMarked || !dry.message.includes(words)) expect.fail(`${told}: ${what()}`);
}

/** Whether something comes of the real one. */
export function isPossible(heard: Heard): boolean {
  return typeof heard === 'object' && (heard.outcome === 'done' || heard.outcome === 'accepted');
}
