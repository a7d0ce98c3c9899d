/**
 * What can happen to a move, and so the contract of its activities: what each returns is an event here, and any error or
 * lost end is `activityFailed` or `activityLost` of its lane.
 *
 * - `prepare` → `prepared`. Checks both sides in both directions, plans, takes the tables' lock rows. Repeatable; a
 *   terminal error of the first one means that nothing was left behind.
 * - `synchronise { goal }` → `synchronised`. Copies, builds indexes, verifies and follows from source to target up to the
 *   goal; ends at a checkpoint when it is stopped. After a reverse it goes on from the position of the reverse.
 * - `watchPaused { direction }` → `watchedPaused` when stopped; fails when the paused stream's position is about to be lost.
 * - `attemptSwitch { reads, writes }` → `attempted`. One bounded attempt. Without `writes` it only waits for the lag and
 *   changes nothing on any server; with them it returns `switched` after the journal row and the unlock, and `notSwitched`
 *   after everything was undone. It never routes.
 * - `attemptReverse { acceptLoss }` → `attempted`: the same back, caught up first. With `acceptLoss` the source gets the
 *   writes where the target does not answer, or lacks the switch: `lossAccepted` is true then, and there is the last
 *   position that was reversed. Any other target is not given up: `notSwitched`; nor one that has had its end already, as
 *   the source's records say.
 * - `resolveSwitch { direction, acceptLoss, sourceGivenUp }` → `resolved`: the only word on an attempt with writes, or on a
 *   reverse, that ended without one. It first commits `aborted` under the journal's key, and undoes then, or finds the
 *   journal and goes forward; one server may know enough. `unknown` where that cannot be told, with who is `missing`: does
 *   not answer, or lacks the last switch. One that was given up, and is missing, leaves the writes to the other side, and
 *   `lossAccepted` is true: the target with `acceptLoss`, else the source.
 * - Where the side that has the writes answers and lacks the switch, all that follows or ends fails with `SWITCH_LOST`.
 * - `startReverse` → `reverseFollowed`, `caughtUp` once the stream from target to source is made and has no lag left;
 *   `followReverse` goes on until it is stopped. Both return `unreachable` when a server does not answer for a while.
 * - `watchServers { answering }` → `watchedServers`: where there is no reverse stream, or none can run; returns when other
 *   servers answer than those it was told. When it is stopped it says nothing (`activityLost`).
 * - `complete` → `completed`; it gives up with an error, for a person, when the source does not answer for a while.
 *   `forceComplete { components }` → `forceCompleted`. Every step of both can be repeated.
 *   `finish` → `finished`: closes the records, the target's first, and drops then what is to be dropped: once the source's
 *   are closed it needs no target. After a forced completion it verifies the target and lists the residuals.
 * - `cleanUp { skip }` → `cleanedUp`: removes what the move made, except on the servers that are skipped and not back; repeatable.
 *   Target tables that once had the writes are kept, under names of ours. The router knows before that all goes to the source; with `router` in `skip` it is told here, or listed as a residual.
 * - `route { version, reads, writes }` → `routed`. Idempotent; the router ignores what is older than what it has.
 * - `probe` → `probed`. Bounded: `thorough` takes at most 10 s, else 5 s.
 */
import type { ReverseFollowed, Sight } from '../../domain/servers.js';
import type { CleanedUp } from '../../domain/retained.js';
import type { SwitchResolution, Switched } from '../../domain/attempt.js';
import type { ThrottleLimits } from '../../throttle/limits.js';
import type { AttemptEnd, Failure } from '../operation/state.js';
import type { VerifyAgain } from '../../domain/progress.js';
import type { CommonHappening, EndWithoutResult } from '../operation/event.js';
import type { AttemptLimits } from '../operation/limits.js';
import type { Lane, MoveActivity } from './activity.js';
import type { Component, MoveCommand } from './command.js';

/** What was asked for, as the preparation understood it: all that decisions depend on. */
export interface MoveTerms {
  readonly tables: readonly string[];
  readonly postponeLaunch: boolean;
  readonly verifyBeforeSwitch: boolean;
  /** Absent in older runs: as by default. */
  readonly verifyAgain?: VerifyAgain | null;
  readonly reverseReplication: boolean;
  readonly autoSwitch: boolean;
  readonly autoComplete: boolean;
  /** Not before it are reads or writes switched; in any zone, as it was given. */
  readonly completeAt?: string | null | undefined;
  readonly switch: SwitchSettings;
  /** Limits from the start on; what `setThrottle` says, also before this is known, comes first. */
  readonly throttle: ThrottleLimits;
}

/** Limits of one attempt and of their number. */
export interface SwitchSettings extends AttemptLimits {
  readonly drainTimeoutMs: number;
}

/** An event without its time. */
export type MoveHappening =
  | CommonHappening<MoveActivity, MoveCommand>
  // Ends of activities, in their own words.
  | { readonly kind: 'prepared'; readonly terms: MoveTerms }
  | { readonly kind: 'attempted'; readonly result: Switched | ({ readonly outcome: 'notSwitched' } & AttemptEnd) }
  | { readonly kind: 'resolved'; readonly result: SwitchResolution }
  | ({ readonly kind: 'reverseFollowed' } & ReverseFollowed)
  | ({ readonly kind: 'watchedServers' } & Sight)
  | { readonly kind: 'completed' }
  | {
      readonly kind: 'forceCompleted';
      readonly components: readonly Component[];
      /** Whether the router was told; else it is among the residuals. */
      readonly routed: boolean;
      readonly residuals: readonly string[];
      /** Which rules the router was not told, why, and what to do; absent where it was, and in the first versions. */
      readonly notRouted?: string;
    }
  | {
      readonly kind: 'finished';
      readonly residuals: readonly string[];
      /** What was listed before and is not there any more. */
      readonly settled?: readonly string[];
    }
  | ({ readonly kind: 'cleanedUp' } & CleanedUp)
  | { readonly kind: 'routed' }
  | ({ readonly kind: 'probed' } & Sight)
  // Ends of activities without a result: with an error of the catalogue, or without a word (timed out, cancelled).
  // `again`: it tells of the worker that has tried; absent in histories in which a person is waited for all the same.
  // `paced`: of the router: it is shown, and told again by the lifecycle; absent in histories in which Temporal did that.
  | {
      readonly kind: 'activityFailed';
      readonly lane: Lane;
      readonly failure: Failure;
      readonly again?: true;
      readonly paced?: true;
    }
  | (Extract<EndWithoutResult, { readonly kind: 'activityLost' }> & { readonly lane: Lane; readonly paced?: true });

export type MoveEvent = MoveHappening & { readonly atMs: number };
