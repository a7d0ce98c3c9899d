/** The kinds of operation, and what one has left on a cluster. */

/** By the type of its workflow. */
export type OperationKind = 'onlineDdl' | 'moveTables';

/** What one operation has left on the cluster. */
export interface Residual {
  readonly operationId: string;
  /** `unknown` where the cluster has no record of the operation. */
  readonly kind: OperationKind | 'unknown';
  /** Empty where it is not known. */
  readonly workflowId: string;
  /** What of it is there, one part each. */
  readonly parts: readonly string[];
  /**
   * `removable` is what a dry run says of what would be removed; `inUse` belongs to a workflow that is open; `kept` stays
   * for good, as somebody wanted it.
   */
  readonly outcome: 'removed' | 'removable' | 'refused' | 'inUse' | 'kept';
  readonly why: string;
}

/**
 * Of tables that had the writes on a server that was given up, and so could not be told to refuse them: what is to be done
 * once it is back, before anybody reaches it.
 */
export const comesBackOpen =
  'its tables may take writes: keep applications away, start it with read_only=ON, compare and rename the tables as an administrator, and only then let reconcile remove the rest';
