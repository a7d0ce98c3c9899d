/**
 * What copying, following and comparing must know of one table and of the table that becomes its copy: the shadow of a
 * migration, or the target table of a move, which is on another server. Plain data, made once and kept in the sidecar as
 * JSON; it holds names and definitions, never rows and never secrets (P8).
 */
import type { ColumnPair, CopiedPair } from '../../../schema/column-mapping.js';
import type { ImplicitDefault } from '../../../schema/implicit-defaults.js';
import type { IterationKey } from '../../../schema/iteration-key.js';
import { definitionFingerprintText } from '../../../schema/create-statement.js';
import { sameName } from '../../../schema/identifier.js';
import type { TableModel, TableName } from '../../../schema/table-model.js';
import type { UnwrittenColumns } from '../../../schema/unwritten-columns.js';
import type { ConversionSettings } from '../../server/session/variables.js';

export type { ColumnPair, CopiedPair };

/** A secondary index of the copy that is built after the rows are there, as the server's own definition of it. */
export interface DeferredIndex {
  readonly name: string;
  readonly definition: string;
  /** Its columns; null where a part is an expression (which no such index has), or a prefix in a plan of an older version. */
  readonly columns: readonly (string | null)[];
  /** How much of each column is in it, in characters or bytes, null for all; absent where no part is a prefix. */
  readonly prefixLengths?: readonly (number | null)[];
}

/** How JSON goes to another server: exactly, or as text, which makes DOUBLEs of DECIMALs and strings of dates and bytes. */
export type JsonWay = 'exact' | 'text';

export interface TablePlan {
  readonly operationId: string;
  /** Its place among the tables of a move, from 0; absent in a migration, which has one. */
  readonly tableNumber?: number;
  readonly source: TableName;
  /** The copy. */
  readonly copy: TableName;
  readonly conversion: ConversionSettings;
  /** Absent: exactly. What goes as text is compared as text. */
  readonly json?: JsonWay;
  /** The key by which the source is walked and changes are followed. */
  readonly key: IterationKey;
  /** The copy's columns that hold that key byte-exact, in the same order: its own columns, or helper columns. */
  readonly copyKey: readonly string[];
  /** The index by which rows are found by them; a unique one begins with them, or it is a helper. */
  readonly copyKeyIndex: string;
  /** The unique index in which a duplicate is the same row; absent: `copyKeyIndex`. */
  readonly sameRowIndex?: string;
  /** Whether that index is a helper on the copy's own columns, and goes after the swap. */
  readonly hasHelperIndex?: boolean;
  /** Helper columns that hold the source key; they go before the swap. */
  readonly helperColumns: readonly string[];
  readonly pairs: readonly CopiedPair[];
  /** New columns that an INSERT cannot leave out, with what a native ALTER fills in. */
  readonly implicitDefaults: readonly ImplicitDefault[];
  /** The copy's columns that the server fills; absent in a move. */
  readonly unwritten?: UnwrittenColumns;
  readonly deferredIndexes: readonly DeferredIndex[];
  /** Not in a move: our work on the copy is signed, and anybody else's shows in the source's binlog (sidecar/own-work.ts). */
  readonly signsWork?: true;
  /** SHOW CREATE TABLE of the source without AUTO_INCREMENT: changed by somebody else -> stop (P5). */
  readonly sourceFingerprint: string;
  readonly sourceColumnCount: number;
  readonly averageRowBytes: number;
  readonly rowsEstimated: number;
  readonly lowerCaseTableNames: boolean;
}

/** Whether a duplicate in this index of the copy means that the row itself is there already. */
export function isSameRow({ copyKeyIndex, sameRowIndex = copyKeyIndex }: TablePlan, indexName: string): boolean {
  return sameName(indexName, sameRowIndex);
}

/** What a plan says of the source table alone. */
export function describeSource(
  table: TableModel,
  key: IterationKey,
): Pick<TablePlan, 'source' | 'key' | 'sourceFingerprint' | 'sourceColumnCount' | 'averageRowBytes' | 'rowsEstimated'> {
  return {
    source: { database: table.database, table: table.table },
    key,
    sourceFingerprint: definitionFingerprintText(table.createStatement),
    sourceColumnCount: table.columns.length,
    averageRowBytes: Math.ceil(table.dataBytesEstimated / Math.max(table.rowsEstimated, 1)),
    rowsEstimated: table.rowsEstimated,
  };
}
