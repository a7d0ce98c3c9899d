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
