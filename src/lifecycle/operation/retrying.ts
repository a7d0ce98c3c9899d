/**
 * What is tried again (P11). Temporal repeats an activity a few times; then its failure comes back, and the lifecycle
 * tries it again itself, more and more slowly. All failures until something has worked again are one series, which the
 * status shows.
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { isFactOfWorker, workerRemedy } from '../../errors/worker-facts.js';
import { repeatedAlikeMax, retryWaitsMs } from '../../limits/lifecycle.js';
import type { Failure } from './state.js';
import { isoTime } from './state.js';

/** A series of failures; `Work` is an activity of the operation's kind. */
export interface Retrying<Work> {
  /** When the first of them was told (ISO time). */
  readonly since: string;
  readonly failures: number;
  /** How many of the last ones were the same error. */
  readonly alike: number;
  readonly last: Failure;
  /** What failed last, and is tried again from this time on (milliseconds since 1970). */
  readonly work: Work;
  readonly nextAtMs: number;
}

/** A series, for people. */
export interface Failing {
  readonly retrying: Retrying<unknown>;
  /** Whether it is not being tried just now. */
  readonly isIdle: boolean;
}

/** Whether work that failed so is tried again. */
export function isRepeated({ kind, code }: Failure): boolean {
  return kind === 'retryable' || isFactOfWorker(code);
}

/** What somebody can do about an error while it is tried again. */
export function remedyOf({ code, remedy }: Failure): string {
  return workerRemedy(code) ?? remedy;
}

/** The code of work that ended without a word in each of its tries. */
export const workLost = 'WORK_LOST';

/** Such work, as a failure. */
export function lostFailure(work: string, problem: string): Failure {
  const { code, kind, message, facts } = new SwitchyardError(workLost, { work, problem });
  const remedy = 'Look at the workers and at the server of the cluster.';
  return { code, kind, message, remedy, facts };
}

/** The series after one more failure. */
export function failedAgain<Work>(
  before: Retrying<Work> | null,
  work: Work,
  failure: Failure,
  atMs: number,
): Retrying<Work> {
  const failures = (before?.failures ?? 0) + 1;
  const waitMs = retryWaitsMs[Math.min(failures, retryWaitsMs.length) - 1] ?? 0;
  return {
    since: before?.since ?? isoTime(atMs),
    failures,
    alike: before !== null && isAlike(before.last, failure) ? before.alike + 1 : 1,
    last: failure,
    work,
    nextAtMs: atMs + waitMs,
  };
}

/** Whether trying again leads nowhere: an error of which nobody knows that it passes has come again and again. */
export function isHopeless<Work>({ alike, last }: Retrying<Work>): boolean {
  return alike >= repeatedAlikeMax && markOf(last) !== null;
}

/** A hopeless series as an error that waits for a person. */
export function asTrouble<Work>({ failures, since, last }: Retrying<Work>): Failure {
  const remedy = `It came ${failures} times since ${since} and is not tried again by itself: mend what the message names.`;
  return { ...last, kind: 'needsOperator', remedy };
}

function isAlike(one: Failure, other: Failure): boolean {
  return one.code === other.code && markOf(one) === markOf(other);
}

/** By what an error that nobody knows is told from another one; null for those that are known to pass. */
function markOf({ code, message, facts }: Failure): string | null {
  if (code === 'UNEXPECTED') return message;
  if (code !== 'SERVER_ERROR') return null;
  const { errno } = (facts ?? {}) as { readonly errno?: unknown };
  return typeof errno === 'number' ? String(errno) : message;
}
