/** What the status of every kind of operation has: JSON, versioned, additive. */
import type { Blocker } from '../../domain/attempt.js';
import type { Copied, Wait } from '../../domain/progress.js';
import type { ThrottleLimits } from '../../throttle/limits.js';
import type { NamedCommand } from '../../lifecycle/operation/next-step.js';
import type { LastAttempt } from '../../lifecycle/operation/state.js';
import type { AttemptLimits } from '../../lifecycle/operation/limits.js';
import type { LastCommand } from './commands.js';

/** A series of failures that nothing has interrupted by working again. */
export interface RetryingStatus {
  readonly since: string;
  /** Failures so far; each of them stands for a few tries. */
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  /** Null while it is being tried. */
  readonly nextAt: string | null;
}

/** An attempt that came to nothing. */
export interface LastAttemptStatus extends Omit<Required<LastAttempt>, 'endedAt' | 'blockedMs'> {
  /** ISO time; null of an attempt of older runs. */
  readonly endedAt: string | null;
  /** How long writers have waited for it; null where nobody has measured that. */
  readonly blockedMs: number | null;
}

/** Whether the window of attempts is open, and until when. */
export interface WindowStatus {
  readonly open: boolean;
  readonly until: string;
  /** By when an attempt that begins now has to end; null where its window does not end it. */
  readonly endsAt: string | null;
  /** Why no window opens at all; null where one does. */
  readonly problem: string | null;
}

export interface OperationStatus<Phase extends string = string, Command extends string = string> extends Copied {
  readonly version: 1;
  readonly phase: Phase;
  /** Null before the preparation. */
  readonly operationId: string | null;
  /** Attempts since the start. */
  readonly attempts: number;
  /** What the next attempt gets, with what `setLimits` has changed; null before the preparation. */
  readonly limits: AttemptLimits | null;
  /** Not before it is completion tried; null where nothing is waited for, or no more. */
  readonly completeAt: string | null;
  /** Of the next attempt; null where it waits for none, or nobody has looked yet. */
  readonly window: WindowStatus | null;
  /** When the next attempt starts, while one is waited for. */
  readonly nextAttemptAt: string | null;
  /** Why the last attempt came to nothing, and when; null where it did not, and before the first. */
  readonly lastAttempt: LastAttemptStatus | null;
  /** Who kept the last attempt from its locks. */
  readonly blockers: readonly Blocker[];
  /** Why it is in this phase, in one sentence; null where the phase says it all. */
  readonly reason: string | null;
  readonly pauseReasons: readonly string[];
  /** Who has paused it, why and since when; null where nobody has, or where the pause is older than this field. */
  readonly paused: { readonly by: 'operator'; readonly reason: string | null; readonly since: string } | null;
  readonly throttle: ThrottleLimits;
  /** What the running work waits for since more than some seconds, a limit of `throttle` among it; empty as a rule. */
  readonly waitsFor: readonly Wait[];
  readonly warnings: readonly string[];
  /** The last command and its answer, also of signals, which have no other way to answer. */
  readonly lastCommand: LastCommand | null;
  /** What has failed and is tried again by itself: since when, how often, why, and when next; null where all goes well. */
  readonly retrying: RetryingStatus | null;
  /** What a person can or should do next, as one sentence with the command's name. */
  readonly nextStep: string;
  /**
   * The command that has to be sent to go on, as it can be sent; null where nothing has to be. An empty `reason` is refused
   * as it is: only a person can say why.
   */
  readonly nextCommand: NamedCommand<Command> | null;
  /** The error that ended the operation, or that waits for a person. */
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}
