/**
 * Histograms of columns. A native ALTER keeps those of columns that it does not touch; a new table has none. They are put
 * on the empty copy: of a migration before the user's statement, so that the server itself says which ones it would keep,
 * and brought up to date just before the swap; of a move when the target tables are made.
 */
import { quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../../server/session/session.js';

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

/** Sessions on the server of the source and on that of the copy, which may be one. */
interface Servers {
  readonly from: Session;
  readonly to: Session;
}

/** The tables of a database that have some. */
export async function tablesWithHistograms(session: Session, database: string): Promise<ReadonlySet<string>> {
  const rows = await session.rows<{ name: string }>(
    'SELECT DISTINCT table_name AS name FROM information_schema.column_statistics WHERE schema_name = ?',
    [database],
  );
  return new Set(rows.map(({ name }) => name));
}

/**
 * Gives `copy` the histograms that `source` has now. @param only these columns; absent: all. @returns what the server
 * said of those that it did not take: they are missed by plans, and are no reason to stop.
 */
export async function carryHistograms(
  { from, to }: Servers,
  source: TableName,
  copy: TableName,
  only?: readonly string[],
): Promise<readonly string[]> {
  const wanted = await loadHistograms(from, source);
  const present = await loadHistograms(to, copy);
  const problems: string[] = [];
  for (const [name, { text, content }] of wanted) {
    if ((only !== undefined && !only.includes(name)) || present.get(name)?.content === content) continue;
    const rows = await to.rows<{ Msg_type: string; Msg_text: string }>(
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
  { source, copy, histograms }: { source: TableName; copy: TableName; histograms: readonly string[] },
): Promise<void> {
  if (histograms.length > 0) await carryHistograms({ from: session, to: session }, source, copy, histograms);
}
