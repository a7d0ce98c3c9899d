/**
 * Everything that is known of one migration while it runs, as plain JSON: it is carried through continue-as-new.
 * It changes only by `apply` (apply.ts); what follows from it is decided by `decide` (decide.ts). See SPEC.md.
 */
import type { ThrottleLimits } from '../../throttle/limits.js';
import type { Command } from './command.js';
import type { AttemptLimits } from '../operation/limits.js';
import type { Failure } from '../operation/state.js';
import type { VerifyAgain } from '../../domain/progress.js';
import { type OperationState, initialOperation } from '../operation/operation.js';
import type { Activity } from './activity.js';

/** What was asked for, as the preparation understood it: all that decisions depend on. */
export interface MigrationTerms {
  readonly postponeLaunch: boolean;
  readonly postponeCompletion: boolean;
  readonly verify: boolean;
  /** Absent in older runs: as by default. */
  readonly verifyAgain?: VerifyAgain | null;
  /** Not before it is completion tried; in any zone, as it was given. */
  readonly completeAt?: string | null | undefined;
  readonly cutOver: AttemptLimits;
  /** Limits from the start on; what `setThrottle` says, also before this is known, comes first. */
  readonly throttle: ThrottleLimits;
}

/** Who holds the completion back, why and since when (ISO time). */
export interface Postponement {
  readonly by: 'operator' | 'system';
  readonly reason: string;
  readonly since: string;
}

export interface MigrationState extends OperationState<Activity> {
  /** Null until the preparation has succeeded once. */
  readonly terms: MigrationTerms | null;
  readonly running: Activity | null;
  /** A `resume` overrides the option postponeCompletion, also when it comes before the option is known. */
  readonly resumeAsked: boolean;
  readonly postponed: Postponement | null;
  /** A `resume` does not wait for the window; until the completion is held back again. */
  readonly ignoreWindow: boolean;
  readonly attemptsSinceResume: number;
  /** From when the waiting before the next attempt counts; null before it was ready for one. */
  readonly backOffSinceMs: number | null;
  /** An attempt ended without its own word and `resolveCutOver` has not given its word yet; with the attempt's error. */
  readonly unresolved: { readonly failure: Failure | null; readonly problem: string } | null;
  /** Why it was cancelled without a word on the last attempt: nobody could tell. */
  readonly unclear: Failure | null;
  readonly swap: { readonly completedAt: string; readonly blockedMs: number } | null;
  /** What an ended migration has left on the server, one sentence each. */
  readonly leftBehind: readonly string[];
  readonly readyAt: string | null;
  /** Commands whose answer depends on the attempt that is in flight. */
  readonly pending: readonly Command[];
}

export const initialState: MigrationState = {
  ...initialOperation,
  terms: null,
  running: null,
  resumeAsked: false,
  postponed: null,
  ignoreWindow: false,
  attemptsSinceResume: 0,
  backOffSinceMs: null,
  unresolved: null,
  unclear: null,
  swap: null,
  leftBehind: [],
  readyAt: null,
  pending: [],
};
