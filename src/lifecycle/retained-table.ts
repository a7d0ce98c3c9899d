/**
 * The lifecycle of the retained tables of one operation: kept until their time has come, unless somebody decides otherwise
 * before. Nothing is dropped that was told to be kept (P4).
 */
import { accepted, done, refused } from './operation/answers.js';
import { dryAnswer } from './operation/dry-run.js';
import type { Answer } from './operation/state.js';
import { isoTime } from './operation/state.js';

export type TableCleanupPhase = 'waiting' | 'dropping' | 'dropped' | 'kept';

export interface TableCleanupState {
  readonly phase: TableCleanupPhase;
  /** Since when it is in this phase (ISO time). */
  readonly since: string;
  /** What is still to be dropped, in this order. */
  readonly left: readonly string[];
  /** What somebody has told to keep. */
  readonly kept: readonly string[];
}

export interface TableCleanupCommand {
  readonly name: 'dropRetained' | 'keepRetained';
  readonly dryRun: boolean;
  /** Which are to be kept; absent: all. */
  readonly tables?: readonly string[] | undefined;
}

export interface TableCleanupReaction {
  readonly state: TableCleanupState;
  readonly answer: Answer;
}

/**
 * What a command does now; `atMs` is the time in milliseconds since 1970. Repeating a command changes nothing, and a dry
 * run neither.
 * @param busy what is being dropped at this moment.
 */
export function reactToCleanupCommand(
  state: TableCleanupState,
  command: TableCleanupCommand,
  atMs: number,
  busy: readonly string[] = [],
): TableCleanupReaction {
  const reacted = command.name === 'dropRetained' ? drop(state, atMs, busy) : keep(state, command, atMs, busy);
  return command.dryRun ? { state, answer: dryAnswer(reacted.answer) } : reacted;
}

function drop(state: TableCleanupState, atMs: number, busy: readonly string[]): TableCleanupReaction {
  if (state.phase === 'kept') return { state, answer: tooLate('dropRetained', state, atMs) };
  const hasFailed = state.phase === 'dropping' && busy.length === 0;
  if (state.phase !== 'waiting' && !hasFailed) return { state, answer: done(atMs, `${soFar(state)}.`) };
  const { length } = state.left;
  const what = length === 1 ? 'The retained table is' : `${length} retained tables are`;
  const answer = accepted(atMs, `${what} dropped now; what is in ${length === 1 ? 'it' : 'them'} cannot be had back.`);
  return { state: { ...state, phase: 'dropping', since: isoTime(atMs) }, answer };
}

function keep(
  state: TableCleanupState,
  { tables = [...state.left, ...state.kept] }: TableCleanupCommand,
  atMs: number,
  busy: readonly string[],
): TableCleanupReaction {
  const command = 'keepRetained';
  const unknown = tables.find((table) => !state.left.includes(table) && !state.kept.includes(table));
  if (unknown !== undefined) {
    const problem = `${unknown} is none of the tables that are left to be dropped`;
    return { state, answer: refused(atMs, 'COMMAND_NOT_ALLOWED', { command, phase: state.phase, problem }) };
  }
  const now = tables.filter((table) => state.left.includes(table) && !busy.includes(table));
  if (now.length === 0) {
    const areKept = tables.length > 0 && tables.every((table) => state.kept.includes(table));
    return { state, answer: areKept ? done(atMs, `${soFar(state)}.`) : tooLate(command, state, atMs) };
  }
  const left = state.left.filter((table) => !now.includes(table));
  const kept = { ...state, left, kept: [...state.kept, ...now] };
  const late = tables.filter((table) => busy.includes(table)).length;
  const rest = late === 0 ? '' : ` ${late} are being dropped already.`;
  const which = now.length === 1 ? 'The retained table is' : `${now.length} retained tables are`;
  const answer = done(atMs, `${which} kept for good; ${now.length === 1 ? 'it is' : 'they are'} yours to drop.${rest}`);
  return { state: left.length === 0 ? { ...kept, phase: 'kept', since: isoTime(atMs) } : kept, answer };
}

function tooLate(command: string, state: TableCleanupState, atMs: number): Answer {
  return { ...refused(atMs, 'COMMAND_TOO_LATE', { command, problem: soFar(state) }), outcome: 'tooLate' };
}

function soFar({ phase, since, left, kept }: TableCleanupState): string {
  const what = left.length + kept.length > 1 ? 'The retained tables are' : 'The retained table is';
  return `${what} ${phase === 'dropping' ? 'being dropped' : phase} since ${since}`;
}
