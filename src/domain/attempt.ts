/** How an attempt to swap tables or to switch traffic ends: by its own word, or by what was found out afterwards. */
import type { Side } from './servers.js';

/** Somebody who keeps an attempt from its locks. */
export interface Blocker {
  /** Connection id in the server's process list; 0 for a prepared XA transaction, which has no session. */
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly ageSeconds: number;
  /**
   * The running or last statement, cut short and without the values in it (P8): only its verb where the server keeps no
   * digests, empty where the session is idle in a transaction and none is known.
   */
  readonly statement: string;
  /** What it holds, in the server's words, such as `SHARED_READ on shop.orders` or `BACKUP LOCK`. */
  readonly holds: string;
}

/**
 * Why an attempt came to nothing. `stopped`: the workflow asked. `lag`: the feed did not catch up. `blocked`: no lock.
 * `deadline`: not done in time. `window`: its window ended. `drain`, only of a move: what was left was too much under the
 * lock.
 */
export interface CameToNothing<
  Reason extends string = 'stopped' | 'lag' | 'blocked' | 'drain' | 'deadline' | 'window',
> {
  readonly reason: Reason;
  readonly detail: string;
  readonly blockers: readonly Blocker[];
  /** How long writers have waited for it; absent where nobody has measured that. */
  readonly blockedMs?: number;
}

/** The tables were swapped: there is no way back. */
export interface Swapped {
  readonly outcome: 'swapped';
  /** ISO time. */
  readonly completedAt: string;
  readonly blockedMs: number;
}

/** The end of one attempt to cut over, in its own words. Any other end (lost, timed out) is decided by a resolution. */
export type CutOverAttempt =
  | Swapped
  | ({ readonly outcome: 'notSwapped'; readonly blockedMs: number } & CameToNothing<
      'stopped' | 'lag' | 'blocked' | 'deadline' | 'window'
    >);

/** The only word on an attempt that ended without one of its own. */
export type CutOverResolution = Swapped | { readonly outcome: 'notSwapped' };

/** Of an end for which a side that is gone was not asked, since a person has given it up: whether that was so. */
interface LossAccepted {
  readonly lossAccepted: boolean;
  /** Of the target: up to here its writes are on the source, as a GTID set; null where nothing was ever reversed. */
  readonly lastReversedPosition: string | null;
}

/** Traffic was switched in the direction of the attempt: there is no way back but an attempt in the other direction. */
export interface Switched extends Partial<LossAccepted> {
  readonly outcome: 'switched';
  /** ISO time. */
  readonly switchedAt: string;
  readonly blockedMs: number;
}

/** The end of one attempt to switch traffic, in its own words. */
export type SwitchAttempt = Switched | ({ readonly outcome: 'notSwitched' } & CameToNothing);

/** The only word on such an attempt that ended without one; `unknown` where nobody can tell yet. */
export type SwitchResolution =
  | Switched
  | ({ readonly outcome: 'notSwitched' } & Partial<LossAccepted>)
  | {
      readonly outcome: 'unknown';
      readonly problem: string;
      readonly writesRefusedSince: string | null;
      /** Who does not answer, or answers and is not the server that had the last switch; absent where it is not known. */
      readonly missing?: readonly Side[];
    };
