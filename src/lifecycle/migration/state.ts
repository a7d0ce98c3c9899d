/**
 * Everything that is known of one migration while it runs, as plain JSON: it is carried through continue-as-new.
 * It changes only by `apply` (apply.ts); what follows from it is decided by `decide` (decide.ts). See SPEC.md.
 */
import type { Command, CutOverChange } from './command.js';
import type { Retrying } from '../operation/retrying.js';
import type {
  SynchroniseGoal,
  Progress,
  Failure,
  Pause,
  AttemptEnd,
  Stop,
  AnsweredCommand,
  OutboxEntry,
} from '../operation/state.js';
import { hasReached } from '../operation/state.js';

/** Limits of the cut-over, complete: every default filled in. */
export interface CutOverSettings {
  /** How long one attempt may wait for the table lock. Writes wait behind it meanwhile. */
  readonly lockTimeoutMs: number;
  /** Attempts before the completion is postponed by the system. */
  readonly maxAttempts: number;
  /** Waiting time before attempt 1, 2, 3 …; the last one repeats. */
  readonly backoffMs: readonly number[];
}

/** What was asked for, as the preparation understood it: all that decisions depend on. */
export interface MigrationTerms {
  readonly postponeLaunch: boolean;
  readonly postponeCompletion: boolean;
  readonly verify: boolean;
  readonly cutOver: CutOverSettings;
}

/** An activity of the data plane; at most one runs at a time. */
export type Activity =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'synchronise'; readonly goal: SynchroniseGoal }
  | { readonly kind: 'watchPaused' }
  | { readonly kind: 'attemptCutOver' }
  | { readonly kind: 'resolveCutOver' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'cleanUp' };

/** Who holds the completion back, why and since when (ISO time). */
export interface Postponement {
  readonly by: 'operator' | 'system';
  readonly reason: string;
  readonly since: string;
}

export interface MigrationState {
  /** Null until the preparation has succeeded once. */
  readonly terms: MigrationTerms | null;
  readonly progress: Progress;
  readonly running: Activity | null;
  /** When it was started (milliseconds since 1970); null while nothing runs, and in runs of the first versions. */
  readonly runningSinceMs: number | null;
  /** Rises with each activity of the data plane that is started: the first half of the fencing token. */
  readonly grant: number;
  readonly launchAsked: boolean;
  /** A `resume` overrides the option postponeCompletion, also when it comes before the option is known. */
  readonly resumeAsked: boolean;
  readonly postponed: Postponement | null;
  readonly pauseReasons: readonly 'operator'[];
  /** The words of the pause; null also while one goes on that a run of the first versions was given. */
  readonly paused: Pause | null;
  readonly verifyRequested: boolean;
  readonly cutOverChange: CutOverChange;
  readonly attempts: number;
  readonly attemptsSinceResume: number;
  /** From when the waiting before the next attempt counts; null before it was ready for one. */
  readonly backOffSinceMs: number | null;
  readonly lastAttempt: AttemptEnd | null;
  /** An attempt ended without its own word and `resolveCutOver` has not given its word yet; with the attempt's error. */
  readonly unresolved: { readonly failure: Failure | null; readonly problem: string } | null;
  /** Why it was cancelled without a word on the last attempt: nobody could tell. */
  readonly unclear: Failure | null;
  readonly swap: { readonly completedAt: string; readonly blockedMs: number } | null;
  readonly stop: Stop | null;
  /** What has failed and is tried again by itself; null once something has worked again. */
  readonly retrying: Retrying<Activity> | null;
  /** What waits for a person. */
  readonly trouble: Failure | null;
  /** The records are closed after the swap, or what was made is removed after a stop, or a person has given that up. */
  readonly closed: boolean;
  /** What an ended migration has left on the server, one sentence each. */
  readonly leftBehind: readonly string[];
  readonly readyAt: string | null;
  readonly rowsCopied: number;
  readonly verified: boolean;
  readonly notCompared: readonly string[];
  /** Commands whose answer depends on the attempt that is in flight. */
  readonly pending: readonly Command[];
  readonly outbox: readonly OutboxEntry[];
  readonly lastCommand: AnsweredCommand | null;
}

export const initialState: MigrationState = {
  terms: null,
  progress: 'none',
  running: null,
  runningSinceMs: null,
  grant: 0,
  launchAsked: false,
  resumeAsked: false,
  postponed: null,
  pauseReasons: [],
  paused: null,
  verifyRequested: false,
  cutOverChange: {},
  attempts: 0,
  attemptsSinceResume: 0,
  backOffSinceMs: null,
  lastAttempt: null,
  unresolved: null,
  unclear: null,
  swap: null,
  stop: null,
  retrying: null,
  trouble: null,
  closed: false,
  leftBehind: [],
  readyAt: null,
  rowsCopied: 0,
  verified: false,
  notCompared: [],
  pending: [],
  outbox: [],
  lastCommand: null,
};

/** What `synchronise` has to reach next; null once the migration is ready for a cut-over. */
export function nextGoal(state: MigrationState): Exclude<SynchroniseGoal, 'follow'> | null {
  if (!hasReached(state, 'copied')) return 'copied';
  if (!hasReached(state, 'indexed')) return 'indexed';
  if (state.verifyRequested || (state.terms?.verify === true && !hasReached(state, 'verified'))) return 'verified';
  return null;
}

/** Whether copy, indexes and the verification that was asked for are done (P6). */
export function isReady(state: MigrationState): boolean {
  return hasReached(state, state.terms?.verify === false ? 'indexed' : 'verified');
}

/** Whether an attempt runs, or ended without a word and is being looked into: nobody knows yet whether it swapped. */
export function attemptInFlight(state: MigrationState): boolean {
  const running = state.running?.kind;
  if (running === 'attemptCutOver' || running === 'resolveCutOver') return true;
  return state.unresolved !== null && state.trouble === null;
}

/** The limits that the next attempt gets: those of the start with every change since. */
export function cutOverSettings(terms: MigrationTerms, change: CutOverChange): CutOverSettings {
  return {
    lockTimeoutMs: change.lockTimeoutMs ?? terms.cutOver.lockTimeoutMs,
    maxAttempts: change.maxAttempts ?? terms.cutOver.maxAttempts,
    backoffMs: change.backoffMs ?? terms.cutOver.backoffMs,
  };
}
