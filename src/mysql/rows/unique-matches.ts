/** How a unique index of the shadow is compared with the source rows that are about to be written into it. */
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import type { Session } from '../session/session.js';
import type { TablePlan } from './table-plan.js';

/**
 * The join condition "this source row would get this shadow row's unique value", or undefined where the index has a part
 * that no source column fills (an expression, a generated or a new column): then nothing can be looked up.
 */
export async function uniqueMatches(session: Session, plan: TablePlan, indexName: string): Promise<string | undefined> {
  const parts = await session.rows<{ column: string | null }>(
    `SELECT column_name AS \`column\` FROM information_schema.statistics
      WHERE table_schema = ? AND table_name = ? AND index_name = ?`,
    [plan.shadow.database, plan.shadow.table, indexName],
  );
  const conditions: string[] = [];
  for (const { column } of parts) {
    const pair = plan.pairs.find(({ target }) => target.name.toLowerCase() === column?.toLowerCase());
    if (pair === undefined) return undefined;
    const { source, target } = pair;
    const theirs = `${quoteTable(plan.source)}.${quoteIdentifier(source.name)}`;
    const ours = `${quoteTable(plan.shadow)}.${quoteIdentifier(target.name)}`;
    // The comparison is the index's own: in the new column's character set and collation.
    const converted =
      target.charset === null || target.collation === null
        ? theirs
        : `CONVERT(${theirs} USING ${target.charset}) COLLATE ${target.collation}`;
    conditions.push(`${ours} = ${converted}`);
  }
  return conditions.length === 0 ? undefined : conditions.join(' AND ');
}
