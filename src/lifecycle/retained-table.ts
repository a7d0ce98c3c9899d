/**
 * The lifecycle of a retained table: kept until its time has come, unless somebody decides otherwise before. Nothing is
 * dropped that was told to be kept (P4).
 */
import { accepted, done, refused } from './operation/answers.js';
import { dryAnswer } from './operation/dry-run.js';
import type { Answer } from './operation/state.js';
import { isoTime } from './operation/state.js';

export type TableCleanupPhase = 'waiting' | 'dropping' | 'dropped' | 'kept';
export type TableCleanupCommand = 'dropRetained' | 'keepRetained';

export interface TableCleanupState {
  readonly phase: TableCleanupPhase;
  /** Since when it is in this phase (ISO time). */
  readonly since: string;
}

export interface TableCleanupReaction {
  readonly state: TableCleanupState;
  readonly answer: Answer;
}

/**
 * What a command does now; `atMs` is the time in milliseconds since 1970. Repeating a command changes nothing, and a dry
 * run neither.
 * @param isIdle whether nothing drops it at this moment, since that has failed.
 */
export function reactToCleanupCommand(
  state: TableCleanupState,
  { name, dryRun }: { readonly name: TableCleanupCommand; readonly dryRun: boolean },
  atMs: number,
  isIdle = false,
): TableCleanupReaction {
  const reacted = reactionTo(state, name, atMs, isIdle);
  return dryRun ? { state, answer: dryAnswer(reacted.answer) } : reacted;
}

function reactionTo(
  state: TableCleanupState,
  command: TableCleanupCommand,
  atMs: number,
  isIdle: boolean,
): TableCleanupReaction {
  const drops = command === 'dropRetained';
  if (state.phase === 'waiting' || (state.phase === 'dropping' && isIdle)) {
    const phase = drops ? 'dropping' : 'kept';
    const answer = drops
      ? accepted(atMs, 'The retained table is dropped now; its rows cannot be had back after that.')
      : done(atMs, 'The retained table is kept for good; it is yours to drop.');
    return { state: { phase, since: isoTime(atMs) }, answer };
  }
  const sameWay = drops === (state.phase !== 'kept');
  const what = `The retained table is ${state.phase === 'dropping' ? 'being dropped' : state.phase} since ${state.since}`;
  const answer: Answer = sameWay
    ? done(atMs, `${what}.`)
    : { ...refused(atMs, 'COMMAND_TOO_LATE', { command, problem: what }), outcome: 'tooLate' };
  return { state, answer };
}
