/**
 * What an operation does: activities, as data. Which one is wanted is decided by each kind (its decide.ts); what has
 * failed before waits for its time here.
 */
import type { SynchroniseGoal } from '../../domain/progress.js';
import type { WorkKind } from '../../domain/work-kinds.js';
import { worksAgainAfterMs } from '../../limits/lifecycle.js';
import type { OperationState } from './operation.js';

/** An activity that touches data; at most one runs at a time. */
export interface AnyWork {
  readonly kind: string;
  readonly goal?: SynchroniseGoal;
}

/**
 * What an activity is to its operation, which says what its error and its loss mean (ends.ts).
 * - `preparation`: checks and plans; somebody waits for the answer to a mistake.
 * - `lasting`: goes on until a goal is reached, or until something else is wanted; it can go on from where it ended.
 * - `attempt`: has a point of no return, and counts only by its own word.
 * - `resolution`: the only word on an attempt that had none.
 * - `ending`: has to be done for the operation to end; it can be done again.
 */
export type Meaning = 'preparation' | 'lasting' | 'attempt' | 'resolution' | 'ending';

/** The activities of a kind of operation. */
export interface WorkRules<State, Work extends AnyWork> {
  readonly meaning: Readonly<Record<Work['kind'], Meaning>>;
  running(state: State): Work | null;
}

/** `wait`: nothing, until an event. `end`: the workflow is over, once nothing runs. */
export type Wanted<Work> = Work | { readonly kind: 'wait' } | { readonly kind: 'end' };

export interface Decision<Work> {
  readonly main: Wanted<Work>;
  /** When to decide again although nothing has happened (milliseconds since 1970); null where only events count. */
  readonly untilMs: number | null;
}

/** What has to run for it; null for nothing. */
export function toRun<Work extends AnyWork>(wanted: Wanted<Work>): Work | null {
  return wanted.kind === 'wait' || wanted.kind === 'end' ? null : (wanted as Work);
}

/** Whether two are the same work. Attempts are: what was asked for may grow while one runs, and counts from the next. */
export function isSameWork<Work extends AnyWork>(
  { meaning }: Pick<WorkRules<never, Work>, 'meaning'>,
  one: Work,
  other: Wanted<Work>,
): boolean {
  if (one.kind !== other.kind) return false;
  return meaning[one.kind as Work['kind']] === 'attempt' || JSON.stringify(one) === JSON.stringify(other);
}

/** What lasts and has a goal is work; what has none only follows or watches. */
export function workKindOf<Work extends AnyWork>(
  { meaning }: Pick<WorkRules<never, Work>, 'meaning'>,
  { kind, goal = 'follow' }: Work,
): WorkKind {
  if (meaning[kind as Work['kind']] !== 'lasting') return 'control';
  return goal === 'follow' ? 'follow' : 'work';
}

/**
 * Whether what follows may go on until other work has begun, which takes over first and ends it by that: so that there is
 * no gap while a worker is waited for. What only watches need not, and a pause or an end is not to wait for a worker.
 */
export function goesOnUntil<Work extends AnyWork>(
  { meaning }: Pick<WorkRules<never, Work>, 'meaning'>,
  following: Work,
  next: Work,
): boolean {
  const what = meaning[next.kind as Work['kind']];
  return !watches(following) && (what === 'attempt' || (what === 'lasting' && !watches(next)));
}

function watches({ kind }: AnyWork): boolean {
  return kind === 'watchPaused' || kind === 'watchServers';
}

/** What is wanted, but for what has failed last and waits to be tried again. */
export function paced<Work extends AnyWork, State extends OperationState<Work>>(
  rules: WorkRules<State, Work>,
  state: State,
  wanted: Decision<Work>,
  nowMs: number,
): Decision<Work> {
  const { retrying } = state;
  if (retrying === null) return wanted;
  const running = rules.running(state);
  if (running === null) {
    const waits = retrying.nextAtMs > nowMs && isSameWork(rules, retrying.work, wanted.main);
    return waits ? { main: { kind: 'wait' }, untilMs: earlier(retrying.nextAtMs, wanted.untilMs) } : wanted;
  }
  const atMs = worksAgainAtMs(rules, state);
  if (atMs === null || !isSameWork(rules, running, wanted.main)) return wanted;
  return { ...wanted, untilMs: earlier(atMs, wanted.untilMs) };
}

/** Whether what failed before has run for so long now that it works again. */
export function worksAgain<Work extends AnyWork, State extends OperationState<Work>>(
  rules: WorkRules<State, Work>,
  state: State,
  nowMs: number,
): boolean {
  const atMs = worksAgainAtMs(rules, state);
  return state.retrying !== null && atMs !== null && nowMs >= atMs;
}

/** Null where only its result shows whether what runs works. */
function worksAgainAtMs<Work extends AnyWork, State extends OperationState<Work>>(
  rules: WorkRules<State, Work>,
  state: State,
): number | null {
  const running = rules.running(state);
  if (running === null || state.runningSinceMs === null) return null;
  const lasts = rules.meaning[running.kind as Work['kind']] === 'lasting';
  const { goal = 'follow' } = running;
  return lasts && (goal === 'copied' || goal === 'follow') ? state.runningSinceMs + worksAgainAfterMs : null;
}

function earlier(one: number, other: number | null): number {
  return Math.min(one, other ?? Infinity);
}
