/**
 * Which rows of the target have a unique value that a row of the source is about to write (design 5.4, collisions). Rows of
 * two servers cannot be joined, so the values go from one to the other, in the form in which keys do.
 */
import type { Key } from '../../binlog/key.js';
import { quoteIdentifier, quoteTable, sameName } from '../../schema/identifier.js';
import { keyColumnOf, type KeyColumn } from '../../schema/iteration-key.js';
import { keyIn, keyOfRow, keySelectList } from '../rows/key-sql.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { SessionPair } from '../session/session-pair.js';
import type { Session } from '../session/session.js';

/** Their keys; undefined where the index has a part that cannot be looked up (an expression, a prefix, a type no key has). */
export async function collidingKeysBetween(
  { source, target }: SessionPair,
  plan: TablePlan,
  indexName: string,
  keys: readonly Key[],
): Promise<readonly Key[] | undefined> {
  const columns = await columnsOf(target, plan, indexName);
  if (columns === undefined) return undefined;
  const names = columns.map(({ name }) => name);
  const keyNames = plan.key.columns.map(({ name }) => name);
  // A NULL is equal to nothing.
  const set = names.map((name) => `${quoteIdentifier(name)} IS NOT NULL`).join(' AND ');
  const values = await source.rows(
    `SELECT ${keySelectList(columns)} FROM ${quoteTable(plan.source)} WHERE ${keyIn(plan.key.columns, keyNames, keys)} AND ${set}`,
  );
  if (values.length === 0) return [];
  const wanted = values.map((row) => keyOfRow(row, columns));
  const rows = await target.rows(
    `SELECT ${keySelectList(plan.key.columns)} FROM ${quoteTable(plan.shadow)} WHERE ${keyIn(columns, names, wanted)}`,
  );
  return rows.map((row) => keyOfRow(row, plan.key.columns));
}

async function columnsOf(
  target: Session,
  { shadow, pairs }: TablePlan,
  indexName: string,
): Promise<readonly KeyColumn[] | undefined> {
  const parts = await target.rows<{ column: string | null; prefix: number | string | null }>(
    `SELECT column_name AS \`column\`, sub_part AS prefix FROM information_schema.statistics
      WHERE table_schema = ? AND table_name = ? AND index_name = ? ORDER BY seq_in_index`,
    [shadow.database, shadow.table, indexName],
  );
  const columns: KeyColumn[] = [];
  for (const { column, prefix } of parts) {
    const pair = pairs.find((one) => column !== null && sameName(one.target.name, column));
    const found = pair === undefined || prefix !== null ? undefined : keyColumnOf(pair.source);
    if (found === undefined) return undefined;
    columns.push(found);
  }
  return columns.length === 0 ? undefined : columns;
}
