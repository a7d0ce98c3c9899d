/**
 * How the shadow finds a row by the key of the table (docs/design/prepare.md, "The key"). Its own columns serve where
 * they hold the key exactly, by an index that is there or by one that is there until the swap; where the statement
 * converts or drops the key, invisible helper columns hold it in its source form until the swap.
 *
 * The index need not be unique: at most one row of the table has the key, and whatever changes a row writes it anew by its
 * key. What must be told is that two have written the same state of one row (a chunk and the feed), so some unique index,
 * whose columns follow from that state and are NOT NULL, has to be there.
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
      /** A unique index that begins with the columns. */
      readonly indexName: string;
      /** The shadow's columns that hold the key, in the order of the key. */
      readonly columns: readonly string[];
    }
  | {
      readonly kind: 'helper';
      /** The index on the columns; it does not exist yet. */
      readonly indexName: string;
      readonly isUnique: boolean;
      /** The columns that hold the key, in its order: the shadow's own, or helper columns. */
      readonly columns: readonly string[];
      /** What to ADD COLUMN, one for each helper column; empty where the columns are the shadow's own. */
      readonly definitions: readonly string[];
      /** The other unique index in which a duplicate is the same row; null where there is none. */
      readonly sameRowIndex: string | null;
    };

/**
 * @param shadow the shadow after the statement, without helpers.
 * @throws HELPER_NOT_POSSIBLE where the shadow's own columns do not hold the key and no helper can.
 */
export function planShadowKey(key: IterationKey, mapping: ColumnMapping, shadow: TableModel): ShadowKey {
  const targets = key.columns.map((column) => exactTarget(column, mapping));
  if (targets.every((target) => target !== undefined)) {
    const index = findIndexOn(targets, key, shadow) ?? findIndexFrom(targets, key, shadow);
    const columns = targets.map(({ name }) => name);
    if (index !== undefined) return { kind: 'direct', indexName: index.name, columns };
    const helper = indexOnOwn(columns, shadow);
    if (helper !== undefined) return helper;
  }
  const copies = key.columns.map(({ name }) => mapping.pairs.find(({ source }) => sameName(source.name, name))?.target);
  const isUnique = !shadow.partitioned;
  const problem = whyNoHelper(shadow, copies);
  if (problem !== undefined) {
    throw new SwitchyardError('HELPER_NOT_POSSIBLE', {
      key: displayKeyNames(key),
      problem,
    });
  }
  const columns = key.columns.map((_column, index) => helperColumnName(index + 1));
  const definitions = key.columns.map((column, index) => helperDefinition(columns[index] ?? '', column));
  return { kind: 'helper', indexName: helperIndexName, isUnique, columns, definitions, sameRowIndex: null };
}

/**
 * An index on the shadow's own columns, which only an index has to be dropped for; where it cannot be unique, the primary
 * key tells rows apart. Not without a primary key: a unique index on NOT NULL columns would be the clustered one, and could
 * not go without a rebuild.
 */
function indexOnOwn(columns: readonly string[], shadow: TableModel): ShadowKey | undefined {
  const isUnique = !shadow.partitioned;
  const isPossible = isUnique ? primaryOf(shadow) !== undefined : primaryContains(columns, shadow);
  if (!isPossible || whyNoIndex(shadow) !== undefined) return undefined;
  const sameRowIndex = isUnique ? null : 'PRIMARY';
  return { kind: 'helper', indexName: helperIndexName, isUnique, columns, definitions: [], sameRowIndex };
}

function primaryOf({ indexes }: TableModel): IndexModel | undefined {
  return indexes.find(({ name }) => name === 'PRIMARY');
}

function primaryContains(columns: readonly string[], shadow: TableModel): boolean {
  const parts = primaryOf(shadow)?.parts ?? [];
  return columns.every((name) =>
    parts.some(({ column, prefixLength }) => column !== null && prefixLength === null && sameName(column, name)),
  );
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

/** A unique index that begins with these columns, and never holds a NULL: as `(id, created)` in a table partitioned anew. */
function findIndexFrom(targets: readonly ColumnModel[], key: IterationKey, shadow: TableModel): IndexModel | undefined {
  const beginnings = shadow.indexes
    .filter(({ parts }) =>
      parts.every(({ column, prefixLength, nullable }) => column !== null && prefixLength === null && !nullable),
    )
    .map((index) => ({ ...index, parts: index.parts.slice(0, targets.length) }));
  return findIndexOn(targets, key, { ...shadow, indexes: beginnings });
}

/** Whether the directions of all parts are the key's, or all are turned round: then both are read in one order. */
function isWalkedAlike(index: IndexModel, key: IterationKey): boolean {
  const turned = index.parts.map(({ descending }, position) => descending !== key.columns[position]?.descending);
  return new Set(turned).size <= 1;
}

/** Why no index can be added, or undefined. */
function whyNoIndex({ indexes }: TableModel): string | undefined {
  if (indexes.some(({ name }) => sameName(name, helperIndexName)))
    return `an index is called ${helperIndexName} already`;
  return indexes.length >= indexesMax ? `the table has ${indexesMax} indexes already` : undefined;
}

/** Of a table, to the server. */
const indexesMax = 64;

/**
 * Why columns cannot be added now and dropped in a moment under the lock, or undefined.
 * @param copies the columns that become of those of the key; undefined for one that is dropped or generated.
 */
function whyNoHelper(shadow: TableModel, copies: readonly (ColumnModel | undefined)[]): string | undefined {
  const problem = whyNoIndex(shadow);
  if (problem !== undefined) return problem;
  const names = copies.flatMap((column) => (column === undefined ? [] : [column.name]));
  if (shadow.partitioned && (names.length < copies.length || !primaryContains(names, shadow))) {
    return 'a unique index on them would have to contain the partitioning columns, and the primary key does not contain the key';
  }
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
