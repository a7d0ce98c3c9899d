/** How a unique index of the shadow is compared with the source rows that are about to be written into it. */
import { quoteColumn, sameName } from '../../schema/identifier.js';
import type { Session } from '../session/session.js';
import type { TablePlan } from './table-plan.js';

/**
 * The join condition "this source row would get this shadow row's unique value", or undefined where the index has a part
 * that no source column fills as it is (an expression, a prefix, a generated or a new column): nothing can be looked up then.
 */
export async function uniqueMatches(session: Session, plan: TablePlan, indexName: string): Promise<string | undefined> {
  const parts = await session.rows<{ column: string | null; prefix: number | string | null }>(
    `SELECT column_name AS \`column\`, sub_part AS prefix FROM information_schema.statistics
      WHERE table_schema = ? AND table_name = ? AND index_name = ?`,
    [plan.shadow.database, plan.shadow.table, indexName],
  );
  const conditions: string[] = [];
  for (const { column, prefix } of parts) {
    const pair = plan.pairs.find(({ target }) => column !== null && sameName(target.name, column));
    if (pair === undefined || prefix !== null) return undefined;
    const { source, target } = pair;
    const theirs = quoteColumn(plan.source, source.name);
    const ours = quoteColumn(plan.shadow, target.name);
    // The comparison is the index's own: in the new column's character set and collation.
    const converted =
      target.charset === null || target.collation === null
        ? theirs
        : `CONVERT(${theirs} USING ${target.charset}) COLLATE ${target.collation}`;
    conditions.push(`${ours} = ${converted}`);
  }
  return conditions.length === 0 ? undefined : conditions.join(' AND ');
}
