/**
 * Finds the JSON documents that text does not carry to another server, and names the values in them (P5). The source
 * server itself tries it on each document.
 */
import type { Key } from '../../../binlog/key.js';
import { searchedDocumentBytesMax } from '../../../limits/mysql-table.js';
import { quoteColumn } from '../../../schema/identifier.js';
import type { ColumnModel } from '../../../schema/table-model.js';
import { keyOfRow, keySelectList } from '../rows/key-sql.js';
import type { Session } from '../../server/session/session.js';
import { columnKind } from '../rows/column-kind.js';
import { changesAsText, selectChangedNodes } from '../rows/json-through-text.js';
import { from, whereKeys, type KeyedTable } from './side.js';

/** A value in a document that text does not carry. */
interface NodeBeyondText {
  /** As in JSON_EXTRACT: `$."price"`, `$."dates"[2]`. */
  readonly path: string;
  /** As JSON_TYPE calls it: `DECIMAL`, `TIME`, `BLOB` … */
  readonly type: string;
}

export interface JsonBeyondText extends NodeBeyondText {
  readonly column: string;
  readonly key: Key;
}

export interface JsonFindings {
  /** Documents in all columns. */
  readonly documents: number;
  /** The values of the first ones. */
  readonly values: readonly JsonBeyondText[];
}

/** The names of those columns whose documents travel. */
export function jsonColumnsOf(columns: readonly ColumnModel[]): readonly string[] {
  return columns
    .filter((column) => columnKind(column) === 'json' && column.generated === 'none')
    .map(({ name }) => name);
}

/** Looks at the documents in these columns of the rows that `where` chooses. @param shownMax documents of a column whose values are named. */
export async function findJsonBeyondText(
  session: Session,
  table: KeyedTable,
  columns: readonly string[],
  where: string,
  shownMax: number,
): Promise<JsonFindings> {
  let documents = 0;
  const values: JsonBeyondText[] = [];
  for (const column of columns) {
    const changed = `(${where}) AND ${changesAsText(quoteColumn(table.table, column))}`;
    const { _sw_rows: n } = await session.row<{ _sw_rows: number | string }>(
      `SELECT${table.hint} COUNT(*) AS _sw_rows FROM ${from(table)} WHERE ${changed}`,
    );
    documents += Number(n);
    if (Number(n) > 0 && shownMax > 0) values.push(...(await valuesOf(session, table, column, changed, shownMax)));
  }
  return { documents, values };
}

async function valuesOf(
  session: Session,
  table: KeyedTable,
  column: string,
  changed: string,
  shownMax: number,
): Promise<readonly JsonBeyondText[]> {
  const { keyColumns } = table;
  const rows = await session.rows(
    `SELECT${table.hint} ${keySelectList(keyColumns)} FROM ${from(table)} WHERE ${changed} LIMIT ${shownMax}`,
  );
  const values: JsonBeyondText[] = [];
  for (const row of rows) {
    const key = keyOfRow(row, keyColumns);
    const nodes = await nodesBeyondText(session, table, key, quoteColumn(table.table, column));
    values.push(...nodes.map((node) => ({ column, key, ...node })));
  }
  return values;
}

/** Of the document of one row; none of one that is too large to be searched. */
export function nodesOfSmallDocument(
  session: Session,
  table: KeyedTable,
  key: Key,
  column: string,
): Promise<readonly NodeBeyondText[]> {
  const name = quoteColumn(table.table, column);
  const small = `JSON_STORAGE_SIZE(${name}) <= ${searchedDocumentBytesMax}`;
  return nodesBeyondText(session, table, key, `IF(${small}, ${name}, NULL)`);
}

/** @param document SQL for it, from the row's columns. */
async function nodesBeyondText(
  session: Session,
  table: KeyedTable,
  key: Key,
  document: string,
): Promise<readonly NodeBeyondText[]> {
  const read = `(SELECT ${document} FROM ${from(table)} WHERE ${whereKeys(table, [key])})`;
  const nodes = await session.rows<{ _sw_path: unknown; _sw_type: unknown }>(
    selectChangedNodes(read, '_sw_path, JSON_TYPE(_sw_v) AS _sw_type'),
  );
  return nodes.map(({ _sw_path: path, _sw_type: type }) => ({ path: String(path), type: String(type) }));
}
