/** The two servers of a move, and whether they answer. */

export type Side = 'source' | 'target';

/** `forward`: from source to target; `reverse`: back. */
export type Direction = 'forward' | 'reverse';

/** A server that does not answer: since when (ISO time), as far as anybody has seen, and what was seen. */
export interface Outage {
  readonly since: string;
  readonly problem: string;
}

/** Whether servers answer: null for one that does, or was not asked. */
export interface Sight {
  readonly source: Outage | null;
  readonly target: Outage | null;
}

/** How following from the target back to the source has ended for now. */
export interface ReverseFollowed extends Sight {
  readonly outcome: 'caughtUp' | 'stopped' | 'unreachable';
  /** Up to where the target's writes are on the source, as a GTID set; null where the source cannot be asked. */
  readonly position: string | null;
}
