/**
 * What is known of one operation while it runs, whatever its kind, as plain JSON: it is carried through continue-as-new.
 * A kind adds what is its own; the names stay, since states of runs that have begun have them.
 */
import { nothingDone, type WorkDone } from '../../domain/progress.js';
import type { Throttling } from '../../throttle/limits.js';
import type { LimitsChange } from './limits.js';
import type { Retrying } from './retrying.js';
import type { AnsweredCommand, LastAttempt, Failure, OutboxEntry, Pause, Progress, Stop, WaitsTold } from './state.js';
import type { WindowSight } from './window.js';

/** `Work` is an activity of the kind. */
export interface OperationState<Work = unknown> extends WorkDone {
  readonly progress: Progress;
  /** When what touches data was started (milliseconds since 1970); null while nothing runs, and in older runs. */
  readonly runningSinceMs: number | null;
  /** Rises with each activity of the data plane that is started: the first half of the fencing token. */
  readonly grant: number;
  readonly launchAsked: boolean;
  /** A set: what holds everything but a preparation and what ends an operation. */
  readonly pauseReasons: readonly 'operator'[];
  /** The words of the pause; null also while one goes on that is older than this field. */
  readonly paused: Pause | null;
  readonly verifyRequested: boolean;
  /** What was asked for and what `setThrottle` has said since, also before the former is known. */
  readonly throttle: Throttling;
  /** What `setLimits` has changed, laid over the limits of the start, also before these are known. */
  readonly limitsChange: LimitsChange;
  /** Not before it (ISO time) is completion tried; null where nothing is waited for, or no more. */
  readonly completeAt: string | null;
  /** Whether the window of attempts is open, as far as it was looked at with the limits of now. */
  readonly window: WindowSight | null;
  readonly attempts: number;
  /** When the attempt was started that runs, or that is being looked into (ISO time); null for none. */
  readonly attemptStartedAt: string | null;
  /** What the last one came to, unless it has done what it was for. */
  readonly lastAttempt: LastAttempt | null;
  readonly stop: Stop | null;
  /** What has failed and is tried again by itself; null once something has worked again. */
  readonly retrying: Retrying<Work> | null;
  /** What the work with this grant has told last of what it waits for; null also in older runs. */
  readonly waits: WaitsTold | null;
  /** What waits for a person. */
  readonly trouble: Failure | null;
  /** The records are closed, or what was made is removed after a stop, or a person has given that up. */
  readonly closed: boolean;
  readonly outbox: readonly OutboxEntry[];
  readonly lastCommand: AnsweredCommand | null;
}

export const initialOperation: OperationState<never> = {
  progress: 'none',
  runningSinceMs: null,
  grant: 0,
  launchAsked: false,
  pauseReasons: [],
  paused: null,
  verifyRequested: false,
  throttle: { revision: 0, limits: {} },
  limitsChange: {},
  completeAt: null,
  window: null,
  attempts: 0,
  attemptStartedAt: null,
  lastAttempt: null,
  stop: null,
  retrying: null,
  waits: null,
  trouble: null,
  closed: false,
  ...nothingDone,
  outbox: [],
  lastCommand: null,
};
