/** What would be done for a statement, before anything is done: versioned JSON, additive. */
import type { Loss } from './loss.js';

/** As MySQL calls them, the cheapest first. */
export type Algorithm = 'instant' | 'inplace' | 'copy';

/** Whether the server takes the statement with this algorithm, tried on an empty table of the same definition. */
export interface AlgorithmTrial {
  readonly algorithm: Algorithm;
  readonly possible: boolean;
  /** Why not, in the server's own words; or what is to be known of it. Null where there is nothing to say. */
  readonly why: string | null;
}

/** Of the table as it is: the server's estimates. */
export interface TableSize {
  readonly rows: number;
  readonly dataBytes: number;
  readonly indexBytes: number;
}

/** How long the rows are copied and the indexes built. */
export interface ExpectedDuration {
  readonly seconds: number;
  readonly bytesPerSecond: number;
  /** The operations on this cluster from which that rate is; 0: it is a careful guess. */
  readonly measuredOperations: number;
}

/** How long swaps on this cluster have held writers. */
export interface SwapsSeen {
  readonly swaps: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

export interface StatementPlan {
  readonly statement: string;
  readonly database: string;
  /** Null where the statement does not tell. */
  readonly table: string | null;
  /** The number, from 1, of the earlier statement on whose result it is planned; null: on the table as it is. */
  readonly plannedOn: number | null;
  /** How Switchyard would do it: it copies, whatever the server could do. Null where it is refused. */
  readonly does: 'copy' | null;
  readonly refused: { readonly code: string; readonly message: string } | null;
  /** What the server itself could do; empty where it was not tried. */
  readonly algorithms: readonly AlgorithmTrial[];
  readonly size: TableSize | null;
  readonly duration: ExpectedDuration | null;
  /** What is needed beside what there is, until the old table is dropped. */
  readonly disk: { readonly copyBytes: number; readonly binlogBytes: number } | null;
  /** For how long an attempt to swap waits for its lock at most, while writers wait behind it; and what was seen. */
  readonly writers: { readonly lockTimeoutMs: number; readonly seen: SwapsSeen | null } | null;
  /** Those that are connected: they replay the copy. */
  readonly replicas: readonly string[];
  readonly revertible: { readonly possible: boolean; readonly why: string };
  /** What it destroys or narrows; the first of them. */
  readonly losses: readonly Loss[];
  readonly lossesNotListed: number;
  readonly warnings: readonly string[];
}

/** What would be done for some statements, one after the other. */
export interface DdlPlan {
  readonly version: 1;
  readonly cluster: string;
  /** ISO time. */
  readonly plannedAt: string;
  readonly statements: readonly StatementPlan[];
}

/** Whether anything in it is destroyed or narrowed. */
export function isDestructive({ losses }: Pick<StatementPlan, 'losses'>): boolean {
  return losses.length > 0;
}
