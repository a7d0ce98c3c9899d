/** What is kept for a time because it once had the writes. */
import type { Place } from './routing.js';

/** A table that is kept under a name of ours. */
export interface KeptTable extends Place {
  readonly table: string;
  /** What it was called. */
  readonly of: string;
}

/** How an operation that is not completed was removed from its servers. */
export interface CleanedUp {
  /** What stays behind where a server was left out, one sentence each. */
  readonly residuals: readonly string[];
  /** Tables that once had the writes. */
  readonly retained?: readonly KeptTable[];
}
