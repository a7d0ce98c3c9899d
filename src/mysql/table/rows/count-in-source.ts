/** How many rows of the source there are, found by their key whatever the modes of the session. */
import { quoteTable } from '../../../schema/identifier.js';
import type { Session } from '../../server/session/session.js';
import { keyHint } from './key-sql.js';
import type { TablePlan } from './table-plan.js';

/** @param where a condition on the key. @throws the driver's errors. */
export async function countInSource(session: Session, { key, source }: TablePlan, where: string): Promise<number> {
  const { _sw_rows: rows } = await session.row<{ _sw_rows: number | string }>(
    `SELECT${keyHint(key.columns)} COUNT(*) AS _sw_rows FROM ${quoteTable(source)} WHERE ${where}`,
  );
  return Number(rows);
}
