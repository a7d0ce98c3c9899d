/** What can be said about what an operation has left on a cluster, and what has to be known for it. */
import type { TableName } from '../../schema/table-model.js';
import type { MovePlan } from '../move/move-plan.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import type { AskOwner } from '../server/sidecar/operations.js';

/** A table that was renamed, and that nobody is to drop. */
export interface RetainedTable {
  readonly operationId: string;
  readonly database: string;
  readonly retainedTable: string;
}

/** Tables of one operation that were renamed, and are to be dropped when their time has come. */
export interface RetainedTables {
  readonly operationId: string;
  readonly database: string;
  /** Never empty. */
  readonly retainedTables: readonly string[];
  /** Absent where the operation does not say it. */
  readonly retainForMs?: number;
}

/** The workflows that drop retained tables when their time has come. */
export interface Cleanups {
  /** @param operationId of the operation that has retained it. */
  readonly isOpen: (table: TableName, operationId: string) => Promise<boolean>;
  /** Where there is none for these tables. */
  readonly start: (tables: RetainedTables) => Promise<void>;
}

export interface ReconcileOptions {
  readonly cluster: ClusterSettings;
  /** Another cluster by its name; undefined where the configuration has none of this name. */
  readonly find: (name: string) => ClusterSettings | undefined;
  /** What became of the workflow that an operation belongs to. */
  readonly askOwner: AskOwner;
  /** Somebody answers for it that what belongs to another Temporal has no workflow any more. */
  readonly ownerIsGone?: boolean;
  readonly cleanups: Cleanups;
  /** Who removes, for the audit log. */
  readonly by: string;
  /** Nothing but what this one has left; of all operations where it is absent. */
  readonly operationId?: string | undefined;
}

/** `refuse`, `inUse` and `keep` leave everything as it is; the others say what is certainly nobody's any more. */
export type Judgement =
  | { readonly action: 'inUse' | 'refuse' | 'keep'; readonly why: string }
  /** Its workflow is gone. */
  | { readonly action: 'removeMigration'; readonly why: string }
  /** It is closed, and has left something here all the same: a migration or records, a move, the target of a complete one. */
  | { readonly action: 'removeRemains' | 'removeMoveHere' | 'closeTarget'; readonly why: string }
  /** It ended before its writes were switched, or they came back. */
  | {
      readonly action: 'removeMove';
      readonly why: string;
      readonly skip: readonly ('source' | 'target')[];
      readonly plan: MovePlan;
    }
  /** It is complete, and the source has not heard of it. */
  | { readonly action: 'finishMove'; readonly why: string; readonly plan: MovePlan };
