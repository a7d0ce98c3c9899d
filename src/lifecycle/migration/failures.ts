/**
 * Ends of activities without a result: what is tried again, what ends the migration, and what waits for a person
 * (SPEC.md, "Ends of activities").
 */
import { isFactOfWorker } from '../../errors/worker-facts.js';
import { prepareTriedForMs } from '../../limits/lifecycle.js';
import { decide, isSameWork, worksAgain } from './decide.js';
import { asTrouble, failedAgain, isHopeless, isRepeated, lostFailure } from '../operation/retrying.js';
import type { Activity, MigrationState } from './state.js';
import type { Failure } from '../operation/state.js';
import { isoTime } from '../operation/state.js';

/** An activity has ended with an error. @param asFirstVersions where `cancel` could not end what is unclear. */
export function activityFailed(
  state: MigrationState,
  failure: Failure,
  atMs: number,
  asFirstVersions = false,
): MigrationState {
  const { running } = state;
  const idle = idleAfter(state, atMs);
  switch (running?.kind) {
    case undefined:
      return idle;
    case 'prepare':
      return preparationFailed(state, running, failure, atMs);
    case 'attemptCutOver':
      return { ...idle, unresolved: { failure, problem: failure.message } };
    case 'resolveCutOver':
      // Whoever has cancelled wants it to end also where nobody can tell: the clean-up leaves alone what is not certain.
      return failure.code === 'OUTCOME_UNCLEAR' && state.stop !== null && !asFirstVersions
        ? { ...idle, retrying: null, unresolved: null, unclear: failure }
        : triedAgain(idle, running, failure, atMs);
    case 'finish':
      return triedAgain(idle, running, failure, atMs);
    case 'cleanUp':
      // Where the preparation told us nothing, the next operation on the table finds and removes what there may be.
      return state.terms === null ? { ...idle, closed: true } : triedAgain(idle, running, failure, atMs);
    case 'synchronise':
    case 'watchPaused':
      if (!isRepeated(failure)) return stoppedBy(idle, failure, atMs);
      // What met a request to stop is no more than its end.
      return isSameWork(running, decide(state, atMs)) ? triedAgain(idle, running, failure, atMs) : idle;
  }
}

/** An activity has ended without a word: it timed out in each of its tries, or was stopped. */
export function activityLost(
  state: MigrationState,
  { cancelled, problem }: { readonly cancelled: boolean; readonly problem: string },
  atMs: number,
): MigrationState {
  const { running } = state;
  if (running?.kind === 'attemptCutOver') {
    return { ...idleAfter(state, atMs), unresolved: { failure: null, problem } };
  }
  // Everything is at a checkpoint, or is asked again: `decide` says what goes on.
  if (running === null || cancelled) return idleAfter(state, atMs);
  return activityFailed(state, lostFailure(running.kind, problem), atMs);
}

/** An error that ends the migration, or that a person has to look at; a decision to stop comes before both. */
export function stoppedBy(state: MigrationState, failure: Failure, atMs: number): MigrationState {
  if (state.stop !== null) return state;
  const isFenced = state.progress !== 'none' && failure.code === 'FENCED';
  if (failure.kind === 'needsOperator' || isFenced) return { ...state, retrying: null, trouble: forPerson(failure) };
  return { ...state, retrying: null, stop: { kind: 'failed', failure, at: isoTime(atMs) } };
}

/** With the remedy of this moment: where another run has the operation, what is prepared may be that one's. */
function forPerson(failure: Failure): Failure {
  const trouble: Failure = { ...failure, kind: 'needsOperator' };
  if (failure.code !== 'FENCED') return trouble;
  const remedy =
    'Another run has it, or had it before this workflow was reset: look for it. Where there is none, take over from it.';
  return { ...trouble, remedy };
}

/** The state once nothing runs any more; what has lasted has worked, whatever its end. */
function idleAfter(state: MigrationState, atMs: number): MigrationState {
  const retrying = worksAgain(state, atMs) ? null : state.retrying;
  return { ...state, running: null, runningSinceMs: null, retrying };
}

/** Work that has to be done: it is tried again, or waits for a person where that leads nowhere. */
function triedAgain(idle: MigrationState, work: Activity, failure: Failure, atMs: number): MigrationState {
  if (idle.closed) return { ...idle, retrying: null };
  if (!isRepeated(failure)) return { ...idle, retrying: null, trouble: forPerson(failure) };
  const retrying = failedAgain(idle.retrying, work, failure, atMs);
  return isHopeless(retrying) ? { ...idle, retrying: null, trouble: asTrouble(retrying) } : { ...idle, retrying };
}

/** Somebody waits for the answer to a mistake: it is tried for some minutes only, and not where that leads nowhere. */
function preparationFailed(state: MigrationState, work: Activity, failure: Failure, atMs: number): MigrationState {
  const idle = idleAfter(state, atMs);
  // A terminal error of the first preparation says that nothing was left behind.
  const isFirst = state.terms === null;
  if (isFirst && failure.kind === 'terminal') {
    // … but of one that another worker has begun, the one that lacks the cluster knows nothing.
    const mayHaveBegun = state.retrying !== null && isFactOfWorker(failure.code);
    return { ...stoppedBy(idle, failure, atMs), closed: !mayHaveBegun };
  }
  const retrying = failedAgain(state.retrying, work, failure, atMs);
  const beganMs = state.retrying === null ? (state.runningSinceMs ?? atMs) : Date.parse(state.retrying.since);
  const isOver = atMs - beganMs >= prepareTriedForMs || isHopeless(retrying);
  const known = !isFirst && isFactOfWorker(failure.code);
  if (!isRepeated(failure) || (isOver && !known)) return stoppedBy(idle, failure, atMs);
  return isSameWork(work, decide(state, atMs)) ? { ...idle, retrying } : idle;
}
