/**
 * Moves rows of one table to another server, exactly or not at all (P1, P5). Rows are rendered by the source server and
 * taken by the target as they are; no value is read here.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { displayKey, keyOfRow } from '../rows/key-sql.js';
import { insertRows, packetBytesMax } from './insert-rows.js';
import { loadRows, type TransferSessions } from './load-rows.js';
import { RowTooLarge } from './row-reader.js';
import { selectLargeRow, transferSql, type TransferMethod, type TransferTable } from './transfer-sql.js';

/**
 * Reads the rows that `where` chooses (made with rows/key-sql.ts) and writes them to the target in the transaction that
 * is open there. Sessions have `transferSourceVariables` and `transferTargetVariables`. @returns rows.
 * @throws LOAD_NOT_EXACT (then `insert` tells what is wrong), ROW_TOO_LARGE, RowWarning, the driver's errors. After any of
 * them the caller must roll back.
 */
export async function transferRows(
  sessions: TransferSessions,
  table: TransferTable,
  where: string,
  method: TransferMethod,
): Promise<number> {
  const sql = transferSql(table, method);
  // Where source and target have the same definition, not even a note is right (P5).
  await sessions.target.run(`SET SESSION sql_notes = ${table.computes ? 0 : 1}`);
  try {
    return await (method === 'load' ? loadRows : insertRows)(sessions, table, sql, where);
  } catch (error) {
    if (!(error instanceof RowTooLarge)) throw error;
    const { [error.side]: session, source } = sessions;
    const bytes = await packetBytesMax(session);
    // For the source a row is too large only when it cannot be rendered.
    const limit = error.side === 'source' ? Number.MAX_SAFE_INTEGER : bytes - sql.write.length;
    const [row] = await source.rows(selectLargeRow(table, sql, where, limit));
    throw new SwitchyardError(
      'ROW_TOO_LARGE',
      {
        table: `${table.source.database}.${table.source.table}`,
        key: row === undefined ? '(changed meanwhile)' : displayKey(table.keyColumns, keyOfRow(row, table.keyColumns)),
        cluster: session.cluster.name,
        maxAllowedPacket: bytes,
      },
      { cause: error },
    );
  }
}
