/**
 * How the shadow finds a row by the key of the table (design 5.2.3). Its own columns serve where they hold the key exactly;
 * where the statement converts or drops the key, invisible helper columns hold it in its source form until the swap.
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { ColumnMapping } from './column-mapping.js';
import { splitCreateStatement } from './create-statement.js';
import { quoteIdentifier, sameName } from './identifier.js';
import type { IterationKey, KeyColumn } from './iteration-key.js';
import { helperColumnName, helperIndexName } from './names.js';
import { tableOptionsOf } from './table-options-of.js';
import type { ColumnModel, IndexModel, TableModel } from './table-model.js';

export type ShadowKey =
  | {
      readonly kind: 'direct';
      readonly indexName: string;
      /** The shadow's columns that hold the key, in the order of the key. */
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'helper';
      /** The unique index on the helper columns; neither exists yet. */
      readonly indexName: string;
      /** Names of the helper columns, in the order of the key. */
      readonly columns: readonly string[];
      /** What to ADD COLUMN, one for each. */
      readonly definitions: readonly string[];
    };

/**
 * @param shadow the shadow after the statement, without helpers.
 * @throws HELPER_NOT_POSSIBLE where the shadow's own columns do not hold the key and no helper can.
 */
export function planShadowKey(key: IterationKey, mapping: ColumnMapping, shadow: TableModel): ShadowKey {
  const targets = key.columns.map((column) => exactTarget(column, mapping));
  if (targets.every((target) => target !== undefined)) {
    const index = findIndexOn(targets, key, shadow);
    if (index !== undefined) return { kind: 'direct', indexName: index.name, columns: targets.map(({ name }) => name) };
  }
  const problem = whyNoHelper(shadow);
  if (problem !== undefined) {
    throw new SwitchyardError('HELPER_NOT_POSSIBLE', {
      key: displayKeyNames(key),
      problem,
    });
  }
  const columns = key.columns.map((_column, index) => helperColumnName(index + 1));
  const definitions = key.columns.map((column, index) => helperDefinition(columns[index] ?? '', column));
  return { kind: 'helper', indexName: helperIndexName, columns, definitions };
}

/** The columns of a key for people. */
export function displayKeyNames({ columns }: IterationKey): string {
  return `(${columns.map(({ name }) => name).join(', ')})`;
}

/** The column of the shadow that holds this key column's values so that equal stays equal and different different. */
function exactTarget(column: KeyColumn, mapping: ColumnMapping): ColumnModel | undefined {
  const pair = mapping.pairs.find(({ source }) => sameName(source.name, column.name));
  return pair !== undefined && keepsExact(pair.source, pair.target) ? pair.target : undefined;
}

const integerTypes = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);

/**
 * The same type; or types between which the server converts one to one under strict mode or fails: integers of any width
 * and sign, and longer VARCHAR and VARBINARY of one collation. Those are the key changes of every day. (Not shorter ones:
 * spaces at the end are cut without an error.)
 */
function keepsExact(source: ColumnModel, target: ColumnModel): boolean {
  if (integerTypes.has(source.dataType) && integerTypes.has(target.dataType)) return true;
  if (source.dataType !== target.dataType) return false;
  if (source.charset !== target.charset || source.collation !== target.collation) return false;
  if (source.columnType === target.columnType) return true;
  const isVariable = source.dataType === 'varchar' || source.dataType === 'varbinary';
  return isVariable && (source.octetLength ?? Infinity) <= (target.octetLength ?? 0);
}

/** A unique index on exactly these columns in this order. */
function findIndexOn(targets: readonly ColumnModel[], key: IterationKey, shadow: TableModel): IndexModel | undefined {
  const fitting = shadow.indexes.filter(
    (index) =>
      index.unique &&
      index.parts.length === targets.length &&
      index.parts.every(({ column, prefixLength }, position) => {
        const target = targets[position];
        return prefixLength === null && column !== null && target !== undefined && sameName(column, target.name);
      }) &&
      isWalkedAlike(index, key),
  );
  return fitting.find(({ name }) => name === 'PRIMARY') ?? fitting.find(({ visible }) => visible) ?? fitting[0];
}

/** Whether the directions of all parts are the key's, or all are turned round: then both are read in one order. */
function isWalkedAlike(index: IndexModel, key: IterationKey): boolean {
  const turned = index.parts.map(({ descending }, position) => descending !== key.columns[position]?.descending);
  return new Set(turned).size <= 1;
}

/** Why columns cannot be added now and dropped in a moment under the lock, or undefined. */
function whyNoHelper(shadow: TableModel): string | undefined {
  if (shadow.partitioned) return 'every unique index of a partitioned table must contain the partitioning columns';
  if (shadow.indexes.some(({ type }) => type === 'FULLTEXT')) {
    return 'a table with a FULLTEXT index cannot drop a column without a rebuild';
  }
  const options = tableOptionsOf(splitCreateStatement(shadow.createStatement).options);
  if (options.get('ROW_FORMAT')?.toUpperCase() === 'COMPRESSED' || options.has('KEY_BLOCK_SIZE')) {
    return 'a table with compressed rows cannot drop a column without a rebuild';
  }
  return undefined;
}

/**
 * The source type, so that its equality is the key's. NULL is allowed although no value is NULL: a unique index on NOT NULL
 * columns could become the clustered index of a shadow without a primary key, and could not go without a rebuild.
 */
function helperDefinition(name: string, { columnType, charset, collation }: KeyColumn): string {
  const text = charset === null || collation === null ? '' : ` CHARACTER SET ${charset} COLLATE ${collation}`;
  return `${quoteIdentifier(name)} ${columnType}${text} NULL INVISIBLE`;
}
