/**
 * The statements that move rows of one table from one server to another. Pure. A row leaves the source as a few values
 * whose bytes, one after the other, are the line or the tuple: short columns are joined by the server, and a column that
 * may be large is a value by itself, since what CONCAT makes is NULL above max_allowed_packet.
 */
import { joinedColumnsBytesMax } from '../../../limits/mysql-table.js';
import { quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import type { KeyColumn } from '../../../schema/iteration-key.js';
import type { ColumnModel, TableName } from '../../../schema/table-model.js';
import { keySelectList } from '../rows/key-sql.js';
import type { JsonWay } from '../rows/table-plan.js';
import { renderedColumn, type RenderedColumn } from './rendered-column.js';

/** A table with the same definition on two servers. */
export interface TransferTable {
  readonly source: TableName;
  readonly target: TableName;
  /** The source's key, by which ranges and lists of keys are read. */
  readonly indexName: string;
  readonly keyColumns: readonly KeyColumn[];
  /** The source's columns; generated ones are not written. */
  readonly columns: readonly ColumnModel[];
  /** Has generated columns: where these round, every row costs a note. */
  readonly computes: boolean;
  readonly json: JsonWay;
  /** What stands behind the rows of an INSERT: then it may write fewer of them. */
  readonly onDuplicate?: string;
}

/** How rows are written: piped into LOAD DATA, or by strict INSERT statements. */
export type TransferMethod = 'load' | 'insert';

export interface TransferSql {
  /** The values of a row whose bytes make the line or the tuple. */
  readonly values: readonly string[];
  /** How many warnings the row costs on the target, as one more value; undefined where it is none for every row. */
  readonly warnings: string | undefined;
  /** How many of the row's values go by INSERT only, as one more value; undefined where it is none for every row. */
  readonly needsInsert: string | undefined;
  /** The columns that may cost a warning. */
  readonly warningColumns: readonly string[];
  /** LOAD DATA, or an INSERT up to its tuples. */
  readonly write: string;
  /** What stands behind the tuples. */
  readonly onDuplicate: string;
}

/** @throws COLUMN_NOT_TRANSFERABLE. */
export function transferSql(table: TransferTable, method: TransferMethod): TransferSql {
  const columns = table.columns
    .filter(({ generated }) => generated === 'none')
    .map((column) => renderedColumn(table.source, column, table.json));
  const warnings = columns.flatMap(({ name, warns }) => (warns === undefined ? [] : [{ name, warns }]));
  return {
    values: joined(columns, method),
    warnings: sum(warnings.map(({ warns }) => warns)),
    needsInsert: method === 'insert' ? undefined : sum(columns.flatMap(({ needsLiteral }) => needsLiteral ?? [])),
    warningColumns: warnings.map(({ name }) => name),
    onDuplicate: table.onDuplicate ?? '',
    write: method === 'load' ? loadStatement(table, columns) : insertHead(table, columns),
  };
}

function sum(terms: readonly string[]): string | undefined {
  return terms.length === 0 ? undefined : terms.join(' + ');
}

/** Reads the rows that `where` chooses: their values, then the two numbers. */
export function selectRows(table: TransferTable, sql: TransferSql, where: string): string {
  const list = [...sql.values, sql.warnings ?? '0', sql.needsInsert ?? '0'];
  return `SELECT ${list.join(', ')} FROM ${fromSource(table)} WHERE ${where}`;
}

/** The key of a row that cannot be rendered, or has more than `bytesMax` bytes when it is. */
export function selectLargeRow(table: TransferTable, { values }: TransferSql, where: string, bytesMax: number): string {
  const size = values.map((value) => `LENGTH(${value})`).join(' + ');
  return `SELECT ${keySelectList(table.keyColumns)} FROM ${fromSource(table)}
    WHERE (${where}) AND IFNULL(${size}, ${bytesMax} + 1) > ${bytesMax} LIMIT 1`;
}

function fromSource({ source, indexName }: TransferTable): string {
  return `${quoteTable(source)} FORCE INDEX (${quoteIdentifier(indexName)})`;
}

/** Each value is binary, as its literals are: else it would be converted when it is sent. */
function joined(columns: readonly RenderedColumn[], method: TransferMethod): readonly string[] {
  const [first, between, last] = method === 'load' ? ['', ',', '\\n'] : ['(', ',', ')'];
  const groups: string[][] = [];
  let bytes = Infinity;
  columns.forEach((column, index) => {
    if (bytes + column.bytesMax > joinedColumnsBytesMax) {
      groups.push([]);
      bytes = 0;
    }
    bytes += column.bytesMax;
    const value = method === 'load' ? column.field : column.literal;
    groups.at(-1)?.push(`_binary'${index === 0 ? first : between}'`, value);
  });
  groups.at(-1)?.push(`_binary'${last}'`);
  return groups.map((group) => `CONCAT(${group.join(', ')})`);
}

function loadStatement({ target }: TransferTable, columns: readonly RenderedColumn[]): string {
  const variable = (index: number): string => `@switchyard_${index}`;
  const fields = columns.map(({ name, fromField }, index) =>
    fromField === undefined ? quoteIdentifier(name) : variable(index),
  );
  const assigned = columns.flatMap(({ name, fromField }, index) =>
    fromField === undefined ? [] : [`${quoteIdentifier(name)} = ${fromField(variable(index))}`],
  );
  return `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quoteTable(target)} CHARACTER SET binary
    FIELDS TERMINATED BY ',' ENCLOSED BY '\\'' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'
    (${fields.join(', ')})${assigned.length === 0 ? '' : ` SET ${assigned.join(', ')}`}`;
}

function insertHead({ target }: TransferTable, columns: readonly RenderedColumn[]): string {
  return `INTO ${quoteTable(target)} (${columns.map(({ name }) => quoteIdentifier(name)).join(', ')}) VALUES `;
}
