/**
 * Finds the JSON documents that text does not carry to another server, and names the values in them (P5). The source
 * server itself tries it on each document.
 */
import type { Key } from '../../binlog/key.js';
import { jsonDocumentsShownMax } from '../../limits/verify.js';
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import type { KeyColumn } from '../../schema/iteration-key.js';
import type { ColumnModel, TableName } from '../../schema/table-model.js';
import { keyIn, keyOfRow, keySelectList } from '../rows/key-sql.js';
import type { Session } from '../session/session.js';
import { columnKind } from './column-kind.js';
import { changesAsText, selectChangedNodes } from './json-text.js';

/** The source's table, and the key by which its rows are found. */
export interface TableWithJson {
  readonly source: TableName;
  readonly indexName: string;
  readonly keyColumns: readonly KeyColumn[];
  readonly columns: readonly ColumnModel[];
}

/** A value in a document that text does not carry. */
export interface JsonBeyondText {
  readonly column: string;
  readonly key: Key;
  /** As in JSON_EXTRACT: `$."price"`, `$."dates"[2]`. */
  readonly path: string;
  /** As JSON_TYPE calls it: `DECIMAL`, `TIME`, `BLOB` … */
  readonly type: string;
}

export interface JsonFindings {
  /** Documents in all columns. */
  readonly documents: number;
  /** The values of the first ones. */
  readonly values: readonly JsonBeyondText[];
}

/** Looks at all documents of the rows that `where` chooses. */
export async function findJsonBeyondText(source: Session, table: TableWithJson, where: string): Promise<JsonFindings> {
  let documents = 0;
  const values: JsonBeyondText[] = [];
  for (const column of table.columns) {
    if (columnKind(column) !== 'json' || column.generated !== 'none') continue;
    const changed = `(${where}) AND ${changesAsText(quoteIdentifier(column.name))}`;
    const { n } = await source.row<{ n: number | string }>(`SELECT COUNT(*) AS n FROM ${from(table)} WHERE ${changed}`);
    documents += Number(n);
    if (Number(n) > 0) values.push(...(await valuesOf(source, table, column.name, changed)));
  }
  return { documents, values };
}

function from({ source, indexName }: TableWithJson): string {
  return `${quoteTable(source)} FORCE INDEX (${quoteIdentifier(indexName)})`;
}

async function valuesOf(
  source: Session,
  table: TableWithJson,
  column: string,
  changed: string,
): Promise<readonly JsonBeyondText[]> {
  const { keyColumns } = table;
  const keys = await source.rows(
    `SELECT ${keySelectList(keyColumns)} FROM ${from(table)} WHERE ${changed} LIMIT ${jsonDocumentsShownMax}`,
  );
  const values: JsonBeyondText[] = [];
  for (const row of keys) {
    const key = keyOfRow(row, keyColumns);
    const names = keyColumns.map(({ name }) => name);
    const document = `SELECT ${quoteIdentifier(column)} FROM ${from(table)} WHERE ${keyIn(keyColumns, names, [key])}`;
    const found = await source.rows<{ path: unknown; type: unknown }>(
      selectChangedNodes(`(${document})`, 'path, JSON_TYPE(v) AS type'),
    );
    values.push(...found.map(({ path, type }) => ({ column, key, path: String(path), type: String(type) })));
  }
  return values;
}
