/**
 * The plan of one migration: everything that the activities must agree on, made once by `prepare` and kept in the
 * sidecar as JSON. It holds names and definitions, never rows and never secrets (P8).
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { IterationKey } from '../../schema/iteration-key.js';
import type { CopiedPair, ColumnPair } from '../../schema/column-mapping.js';
import type { ImplicitDefault } from '../../schema/implicit-defaults.js';
import type { TableName } from '../../schema/table-model.js';
import type { ConversionSettings } from '../session/variables.js';
import type { Session } from '../session/session.js';
import { loadPlan } from '../sidecar/operations.js';

export type { ColumnPair, CopiedPair };

/** A secondary index of the shadow that is built after the copy, as the server's own definition of it. */
export interface DeferredIndex {
  readonly name: string;
  readonly definition: string;
  /** Its columns; null where a part is an expression or a prefix. */
  readonly columns: readonly (string | null)[];
}

export interface MigrationPlan {
  readonly version: 1;
  readonly operationId: string;
  readonly source: TableName;
  readonly shadow: TableName;
  readonly retained: TableName;
  readonly statement: string;
  readonly conversion: ConversionSettings;
  /** The key by which the source is walked and changes are followed. */
  readonly key: IterationKey;
  /** The shadow's columns that hold that key byte-exact, in the same order: its own columns, or helper columns. */
  readonly shadowKey: readonly string[];
  /** The unique index on them. */
  readonly shadowKeyIndex: string;
  /** Helper columns that hold the source key; they go before the swap. */
  readonly helperColumns: readonly string[];
  /** The invisible column that is dropped under the lock to make the shadow newer than every snapshot; or null. */
  readonly markerColumn: string | null;
  readonly pairs: readonly CopiedPair[];
  /** New columns that an INSERT cannot leave out, with what a native ALTER fills in. */
  readonly implicitDefaults: readonly ImplicitDefault[];
  /** The AUTO_INCREMENT counter that the statement asks for; null where the new table goes on with the source's. */
  readonly counter: string | null;
  readonly deferredIndexes: readonly DeferredIndex[];
  /** Batches may be applied in parallel only where equality of keys is equality of bytes. */
  readonly keysAreBytes: boolean;
  /** SHOW CREATE TABLE of the source without AUTO_INCREMENT: changed by somebody else -> stop (P5). */
  readonly sourceFingerprint: string;
  readonly sourceColumnCount: number;
  readonly averageRowBytes: number;
  readonly rowsEstimated: number;
  readonly lowerCaseTableNames: boolean;
  /** The server_uuid of the primary that was prepared. */
  readonly serverUuid: string;
}

/** @throws UNKNOWN_OPERATION where the sidecar has no plan (any more). */
export async function readPlan(session: Session, operationId: string): Promise<MigrationPlan> {
  const text = await loadPlan(session, operationId);
  if (text === null) throw new SwitchyardError('UNKNOWN_OPERATION', { operation: operationId });
  return JSON.parse(text) as MigrationPlan;
}
