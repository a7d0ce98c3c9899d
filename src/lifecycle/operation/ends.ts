/**
 * Ends of activities without a result, whatever the kind of operation: what is tried again, what ends the operation, and
 * what waits for a person.
 *
 * | meaning       | its error                                                          | its loss            |
 * | ------------- | ------------------------------------------------------------------ | ------------------- |
 * | `preparation` | tried again for some minutes, then it ends the operation           | as an error         |
 * | `lasting`     | tried again, where it is still wanted; else it ends the operation  | as an error         |
 * | `attempt`     | without a word: counts once the resolution has found out           | without a word, too |
 * | `resolution`  | what the kind makes of it, else as `ending`                        | as an error         |
 * | `ending`      | tried again; an error that does not pass waits for a person        | as an error         |
 *
 * What was asked to stop and has ended without a word has just ended.
 */
import { isFactOfWorker } from '../../errors/worker-facts.js';
import { prepareTriedForMs } from '../../limits/lifecycle.js';
import type { OperationState } from './operation.js';
import { asTrouble, failedAgain, isHopeless, isRepeated, lostFailure } from './retrying.js';
import { isoTime, type Failure, type Stop } from './state.js';
import { isSameWork, worksAgain, type AnyWork, type Decision, type WorkRules } from './work.js';

/** What the kernel has to know of a kind to judge an end; `State` and `Work` are the kind's. */
export interface EndRules<State, Work extends AnyWork> extends WorkRules<State, Work> {
  /** The state in which nothing runs that touches data. */
  idle(state: State): State;
  decide(state: State, nowMs: number): Decision<Work>;
  isPrepared(state: State): boolean;
  /** Whether nothing can end it as failed any more. */
  cannotFail(state: State): boolean;
  /** As its kind (kind.ts). */
  stopped(state: State, stop: Stop): State;
  /** An attempt has ended without a word, or with an error that may have come after its point of no return. */
  withoutWord(state: State, failure: Failure | null, problem: string, atMs: number): State;
  /** The resolution has failed; null where it is tried again like what ends an operation. */
  resolutionFailed(state: State, failure: Failure, atMs: number): State | null;
}

/** An activity has ended with an error. */
export function activityFailed<Work extends AnyWork, State extends OperationState<Work>>(
  rules: EndRules<State, Work>,
  state: State,
  failure: Failure,
  atMs: number,
): State {
  const running = rules.running(state);
  const idle = idleAfter(rules, state, atMs);
  if (running === null) return idle;
  switch (rules.meaning[running.kind as Work['kind']]) {
    case 'preparation':
      return preparationFailed(rules, state, failure, atMs);
    case 'attempt':
      return rules.withoutWord(state, failure, failure.message, atMs);
    case 'resolution':
      return rules.resolutionFailed(state, failure, atMs) ?? triedAgain(idle, running, failure, atMs);
    case 'ending':
      // Where the preparation told us nothing, the next operation finds and removes what there may be.
      if (!rules.isPrepared(state)) return { ...idle, closed: true };
      return triedAgain(idle, running, failure, atMs);
    case 'lasting':
      if (!isRepeated(failure)) return stoppedBy(rules, idle, failure, atMs);
      // What met a request to stop is no more than its end.
      return isStillWanted(rules, state, running, atMs) ? triedAgain(idle, running, failure, atMs) : idle;
  }
}

/** An activity has ended without a word: it timed out in each of its tries, or was stopped. */
export function activityLost<Work extends AnyWork, State extends OperationState<Work>>(
  rules: EndRules<State, Work>,
  state: State,
  { cancelled, problem }: { readonly cancelled: boolean; readonly problem: string },
  atMs: number,
): State {
  const running = rules.running(state);
  const meaning = running === null ? null : rules.meaning[running.kind as Work['kind']];
  if (meaning === 'attempt') return rules.withoutWord(state, null, problem, atMs);
  // Everything is at a checkpoint, or is asked again: `decide` says what goes on.
  if (running === null || cancelled) return idleAfter(rules, state, atMs);
  return activityFailed(rules, state, lostFailure(running.kind, problem), atMs);
}

/** It has ended because it was asked to, which alone does not show that it works. */
export function idleAfter<Work extends AnyWork, State extends OperationState<Work>>(
  rules: EndRules<State, Work>,
  state: State,
  atMs: number,
): State {
  const idle = rules.idle(state);
  return worksAgain(rules, state, atMs) ? { ...idle, retrying: null } : idle;
}

/** An error that ends the operation, or that a person has to look at; a decision to stop comes before both. */
export function stoppedBy<Work extends AnyWork, State extends OperationState<Work>>(
  rules: Pick<EndRules<State, Work>, 'isPrepared' | 'cannotFail' | 'stopped'>,
  state: State,
  failure: Failure,
  atMs: number,
): State {
  const isOfWorker = rules.isPrepared(state) && isFactOfWorker(failure.code);
  const waits: State = { ...state, retrying: null, trouble: forPerson(failure) };
  if (rules.cannotFail(state) || isOfWorker) return waits;
  if (state.stop !== null) return state;
  const isFenced = state.progress !== 'none' && failure.code === 'FENCED';
  if (failure.kind === 'needsOperator' || isFenced) return waits;
  return rules.stopped({ ...state, retrying: null }, { kind: 'failed', failure, at: isoTime(atMs) });
}

/** With the remedy of this moment: where another run has the operation, what is prepared may be that one's. */
function forPerson(failure: Failure): Failure {
  const trouble: Failure = { ...failure, kind: 'needsOperator' };
  if (failure.code !== 'FENCED') return trouble;
  const remedy =
    'Another run has it, or had it before this workflow was reset: look for it. Where there is none, take over from it.';
  return { ...trouble, remedy };
}

function isStillWanted<Work extends AnyWork, State>(
  rules: EndRules<State, Work>,
  state: State,
  work: Work,
  atMs: number,
): boolean {
  return isSameWork(rules, work, rules.decide(state, atMs).main);
}

/** Work that has to be done: it is tried again, or waits for a person where that leads nowhere. */
function triedAgain<Work extends AnyWork, State extends OperationState<Work>>(
  idle: State,
  work: Work,
  failure: Failure,
  atMs: number,
): State {
  if (idle.closed) return { ...idle, retrying: null };
  if (!isRepeated(failure)) return { ...idle, retrying: null, trouble: forPerson(failure) };
  const retrying = failedAgain(idle.retrying, work, failure, atMs);
  return isHopeless(retrying) ? { ...idle, retrying: null, trouble: asTrouble(retrying) } : { ...idle, retrying };
}

/** Somebody waits for the answer to a mistake: it is tried for some minutes only, and not where that leads nowhere. */
function preparationFailed<Work extends AnyWork, State extends OperationState<Work>>(
  rules: EndRules<State, Work>,
  state: State,
  failure: Failure,
  atMs: number,
): State {
  const idle = idleAfter(rules, state, atMs);
  const work = rules.running(state);
  if (work === null) return idle;
  // A terminal error of the first preparation says that nothing was left behind.
  const isFirst = !rules.isPrepared(state);
  if (isFirst && failure.kind === 'terminal') {
    // … but of one that another worker has begun, the one that lacks the cluster knows nothing.
    const mayHaveBegun = state.retrying !== null && isFactOfWorker(failure.code);
    return { ...stoppedBy(rules, idle, failure, atMs), closed: !mayHaveBegun };
  }
  const retrying = failedAgain(state.retrying, work, failure, atMs);
  const beganMs = state.retrying === null ? (state.runningSinceMs ?? atMs) : Date.parse(state.retrying.since);
  const isOver = atMs - beganMs >= prepareTriedForMs || isHopeless(retrying);
  const known = !isFirst && isFactOfWorker(failure.code);
  if (!isRepeated(failure) || (isOver && !known)) return stoppedBy(rules, idle, failure, atMs);
  return isStillWanted(rules, state, work, atMs) ? { ...idle, retrying } : idle;
}
