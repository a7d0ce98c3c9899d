/** Finds where chunks begin and end. Bounds are rows of the source, judged by the server's own order. */
import type { Key } from '../../../binlog/key.js';
import { quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import { keyHint, keyOfRow, keyOrder, keyRange, keySelectList } from '../rows/key-sql.js';
import type { Session } from '../../server/session/session.js';
import type { TablePlan } from '../rows/table-plan.js';

function fromSource(plan: TablePlan): string {
  return `${quoteTable(plan.source)} FORCE INDEX (${quoteIdentifier(plan.key.indexName)})`;
}

/** The greatest key there is, or null for a table without rows. What is inserted above it later comes by the feed. */
export async function greatestKey(session: Session, plan: TablePlan): Promise<Key | null> {
  const { columns } = plan.key;
  const [row] = await session.rows(
    `SELECT ${keySelectList(columns)} FROM ${fromSource(plan)} ORDER BY ${keyOrder(plan.source, columns, 'DESC')} LIMIT 1`,
  );
  return row === undefined ? null : keyOfRow(row, columns);
}

/** The key `rows` rows after `lower`, but at most `upper`: the inclusive end of the next chunk. */
export async function chunkEnd(
  session: Session,
  plan: TablePlan,
  lower: Key | null,
  upper: Key,
  rows: number,
): Promise<Key> {
  const { columns } = plan.key;
  const [row] = await session.rows(
    `SELECT${keyHint(columns)} ${keySelectList(columns)} FROM ${fromSource(plan)} WHERE ${keyRange(columns, lower, upper)}
      ORDER BY ${keyOrder(plan.source, columns)} LIMIT 1 OFFSET ${Math.max(rows, 1) - 1}`,
  );
  return row === undefined ? upper : keyOfRow(row, columns);
}
