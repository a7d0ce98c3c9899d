/** Where applications find a table: what a router is told, and what it keeps. */

/** A database of a cluster. */
export interface Place {
  readonly cluster: string;
  readonly database: string;
}

/** A table as applications have always known it: the cluster and the database that it had before it was moved. */
export interface TableHome extends Place {
  readonly table: string;
}

/** Where the reads and the writes of one table go. Its name stays; the database may be another one there. */
export interface RoutingRule extends TableHome {
  readonly reads: Place;
  readonly writes: Place;
}

/** All rules of one move; none where it has none any more. */
export interface RuleSet {
  /** Versions are compared within one operation only: a second move of the same name begins at 1 again. */
  readonly operationId: string;
  /** The name of the move, for people. */
  readonly move: string;
  /** Rises with each change; one version means one set of rules. */
  readonly version: number;
  readonly rules: readonly RoutingRule[];
}

/** What became of one call of a router that is an activity of the user's own. */
export type Called =
  | { readonly outcome: 'applied' | 'newer' }
  /** It failed for good: the type and the message of its failure. */
  | { readonly outcome: 'refused'; readonly type: string; readonly message: string }
  /** Nobody knows whether the router has the rules; the call is to be repeated. */
  | { readonly outcome: 'notTold'; readonly problem: string };
