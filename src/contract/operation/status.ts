/** What the status of every kind of operation has: JSON, versioned, additive. */
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

export interface OperationStatus {
  /** The last command and its answer, also of signals, which have no other way to answer. */
  readonly lastCommand: LastCommand | null;
  /** The error that ended the operation, or that waits for a person. */
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}
