/**
 * Histograms of columns. A native ALTER keeps those of columns that it does not touch; a new table has none. They are put
 * on the empty copy before the user's statement, so that the server itself says which ones it would keep, and brought up
 * to date just before the swap.
 */
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import type { TableName } from '../../schema/table-model.js';
import type { Session } from '../server/session/session.js';
import type { MigrationPlan } from './migration-plan.js';

/** As text by column: as JSON the driver would make integers of its fractions, which the server then refuses. */
async function loadHistograms(
  session: Session,
  { database, table }: TableName,
): Promise<ReadonlyMap<string, { readonly text: string; readonly content: string }>> {
  const rows = await session.rows<{ name: string; text: string; content: string }>(
    `SELECT column_name AS name, CAST(histogram AS CHAR) AS text,
            CAST(JSON_REMOVE(histogram, '$."last-updated"') AS CHAR) AS content
       FROM information_schema.column_statistics WHERE schema_name = ? AND table_name = ?`,
    [database, table],
  );
  return new Map(rows.map(({ name, ...histogram }) => [name, histogram]));
}

/** The names of columns that have a histogram. */
export async function histogramColumns(session: Session, table: TableName): Promise<readonly string[]> {
  return [...(await loadHistograms(session, table)).keys()];
}

/**
 * Gives `copy` the histograms that `source` has now. @param only these columns; absent: all. @returns what the server
 * said of those that it did not take: they are missed by plans, and are no reason to stop.
 */
export async function carryHistograms(
  session: Session,
  source: TableName,
  copy: TableName,
  only?: readonly string[],
): Promise<readonly string[]> {
  const wanted = await loadHistograms(session, source);
  const present = await loadHistograms(session, copy);
  const problems: string[] = [];
  for (const [name, { text, content }] of wanted) {
    if ((only !== undefined && !only.includes(name)) || present.get(name)?.content === content) continue;
    const rows = await session.rows<{ Msg_type: string; Msg_text: string }>(
      `ANALYZE TABLE ${quoteTable(copy)} UPDATE HISTOGRAM ON ${quoteIdentifier(name)} USING DATA ?`,
      [text],
    );
    const failed = rows.find(({ Msg_type }) => Msg_type.toLowerCase() === 'error');
    if (failed !== undefined) problems.push(`The histogram of column ${name} is not carried: ${failed.Msg_text}`);
  }
  return problems;
}

/** Before an attempt, while nobody is blocked. */
export async function ensureHistograms(
  session: Session,
  { source, copy: shadow, histograms }: MigrationPlan,
): Promise<void> {
  if (histograms.length > 0) await carryHistograms(session, source, shadow, histograms);
}
