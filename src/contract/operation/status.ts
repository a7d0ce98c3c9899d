/** What the status of every kind of operation has. */

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
