/** Events that every kind of operation knows. */
import type { Synchronised } from '../../domain/progress.js';
import type { Failure, WaitsTold } from './state.js';
import type { WindowSight } from './window.js';

/** The end of an activity without a result: with an error of the catalogue, or without a word (timed out, cancelled). */
export type EndWithoutResult =
  | { readonly kind: 'activityFailed'; readonly failure: Failure }
  | {
      readonly kind: 'activityLost';
      readonly cancelled: boolean;
      readonly problem: string;
      /** No worker has taken it in the time for that: it has not begun, and will not. Absent where that is not known. */
      readonly notTaken?: boolean;
    };

/** A message that was no command: who sent it, and what it is told. */
export interface NotUnderstood {
  readonly name: string;
  readonly via: 'update' | 'signal';
  readonly by: string | null;
  readonly reason: string | null;
  readonly code: 'INVALID_INPUT' | 'UNKNOWN_COMMAND';
  readonly message: string;
}

/** `Work` and `Command` are those of the kind. */
export type CommonHappening<Work, Command> =
  | { readonly kind: 'started'; readonly activity: Work }
  | ({ readonly kind: 'synchronised' } & Synchronised)
  | { readonly kind: 'watchedPaused' }
  /** What runs after a failure has run for so long that it works again. */
  | { readonly kind: 'workedAgain' }
  /** The moment of `completeAt`. */
  | { readonly kind: 'momentCame' }
  // From who knows the time in the zones of people.
  | ({ readonly kind: 'windowSeen' } & WindowSight)
  /** What runs waits for something else than before, or for nothing. */
  | ({ readonly kind: 'waitsTold' } & WaitsTold)
  // From people.
  | { readonly kind: 'command'; readonly command: Command }
  | ({ readonly kind: 'commandNotUnderstood' } & NotUnderstood)
  | { readonly kind: 'cancelRequested' }
  | { readonly kind: 'outboxTaken' };
