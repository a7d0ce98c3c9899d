/** Where an operation stands: stream position, copy watermark, stages that are done. Never in the epoch's row. */
import type { Key } from '../../../binlog/key.js';
import { inSets, rowsOf } from '../introspect/in-sets.js';
import type { Session } from '../session/session.js';

/** Which table of which operation. */
export interface ProgressKey {
  readonly operationId: string;
  /** 0 where it is absent. */
  readonly tableNumber?: number;
}

/** The values of `whereTable`. */
export function tableValues({ operationId, tableNumber = 0 }: ProgressKey): readonly [string, number] {
  return [operationId, tableNumber];
}

export const whereTable = 'WHERE operation_id = ? AND table_number = ?';

export interface ProgressRow {
  /** Every key up to and including this one was copied; null before the first chunk. */
  readonly watermark: Key | null;
  /** The greatest key when copying began; null for a table without rows. Undefined before it was read. */
  readonly upperBound: Key | null | undefined;
  readonly rowsCopied: number;
  readonly copied: boolean;
  readonly indexed: boolean;
}

/**
 * Writes the first position of a stream: read before the first chunk, or at the switch that it follows. A comparison that
 * was under way with another stream says nothing about this one.
 */
export async function startStream(session: Session, operationId: string, position: string): Promise<void> {
  await session.run(
    'REPLACE INTO _switchyard.streams (operation_id, position, updated_at) VALUES (?, ?, UTC_TIMESTAMP(6))',
    [operationId, position],
  );
  await forgetComparisons(session, operationId);
}

/**
 * Forgets how far comparisons of the operation's tables are: for whoever applies changes without comparing them again; part of the caller's fenced
 * transaction.
 */
export async function forgetComparisons(session: Session, operationId: string): Promise<void> {
  await session.run('UPDATE _switchyard.progress SET comparison = NULL WHERE operation_id = ?', [operationId]);
}

/** The rows of the tables' progress: from the beginning. A preparation that is repeated begins anew. */
export async function startProgress(session: Session, operationId: string, tables: number): Promise<void> {
  await session.run('DELETE FROM _switchyard.progress WHERE operation_id = ?', [operationId]);
  await ensureProgress(session, operationId, tables);
}

/** The same, where there are none. */
export async function ensureProgress(session: Session, operationId: string, tables: number): Promise<void> {
  for (const set of inSets(Array.from({ length: tables }, (_, number) => number))) {
    await session.run(
      `INSERT INTO _switchyard.progress (operation_id, table_number, updated_at)
       VALUES ${rowsOf(set, '(?, ?, UTC_TIMESTAMP(6))')} ON DUPLICATE KEY UPDATE operation_id = VALUES(operation_id)`,
      set.flatMap((number) => [operationId, number]),
    );
  }
}

/** Ends the stream: whoever still follows it is fenced out by the epoch. */
export async function removeStream(session: Session, operationId: string): Promise<void> {
  await session.run('DELETE FROM _switchyard.streams WHERE operation_id = ?', [operationId]);
}

/** Whether the operation has a stream that writes to this server. */
export async function hasStream(session: Session, operationId: string): Promise<boolean> {
  const rows = await session.rows('SELECT 1 FROM _switchyard.streams WHERE operation_id = ?', [operationId]);
  return rows.length > 0;
}

/** The stream position: an executed GTID set in the server's text form. */
export async function loadPosition(session: Session, operationId: string): Promise<string> {
  const { position } = await session.row<{ position: string }>(
    'SELECT position FROM _switchyard.streams WHERE operation_id = ?',
    [operationId],
  );
  return position;
}

/**
 * When the last transaction of the position was committed, at the latest: milliseconds by the clock of the server that it
 * is followed on.
 */
export async function loadCommitTime(session: Session, operationId: string): Promise<number> {
  const { ms } = await session.row<{ ms: number | string }>(
    `SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', updated_at) / 1000 AS ms
       FROM _switchyard.streams WHERE operation_id = ?`,
    [operationId],
  );
  return Number(ms);
}

/**
 * Stores the position, and when the last of its transactions was committed where that is known; part of the caller's
 * fenced transaction.
 */
export async function savePosition(
  session: Session,
  operationId: string,
  position: string,
  committedAtMs: number | null,
): Promise<void> {
  // Rounded up: a transaction of the position is never later than it.
  const at =
    committedAtMs === null ? null : new Date(Math.ceil(committedAtMs)).toISOString().replace(/[TZ]/g, ' ').trim();
  await session.run(
    'UPDATE _switchyard.streams SET position = ?, updated_at = COALESCE(?, updated_at) WHERE operation_id = ?',
    [position, at, operationId],
  );
}

interface StoredProgress {
  readonly watermark: string | null;
  readonly upperBound: string | null;
  readonly rowsCopied: string;
  readonly copied: number;
  readonly indexed: number;
}

const progressColumns = `watermark, upper_bound AS upperBound, CAST(rows_copied AS CHAR) AS rowsCopied,
  copied_at IS NOT NULL AS copied, indexed_at IS NOT NULL AS indexed`;

export async function loadProgress(session: Session, key: ProgressKey): Promise<ProgressRow> {
  const row = await session.row<StoredProgress>(
    `SELECT ${progressColumns} FROM _switchyard.progress ${whereTable}`,
    tableValues(key),
  );
  return progressOf(row);
}

/** The same of all tables, by their numbers. @throws where there are none. */
export async function loadAllProgress(
  session: Session,
  operationId: string,
): Promise<ReadonlyMap<number, ProgressRow>> {
  const rows = await session.rows<StoredProgress & NumberedRow>(
    `SELECT table_number AS tableNumber, ${progressColumns} FROM _switchyard.progress WHERE operation_id = ?`,
    [operationId],
  );
  return byNumber(rows, progressOf);
}

/** A row of one of the operation's tables. */
export interface NumberedRow {
  readonly tableNumber: number | string;
}

/** What is read from each row, by the table's number. @throws where there are none. */
export function byNumber<Row extends NumberedRow, Read>(
  rows: readonly Row[],
  read: (row: Row) => Read,
): ReadonlyMap<number, Read> {
  if (rows.length === 0) throw new Error('no row of any table of the operation');
  return new Map(rows.map((row) => [Number(row.tableNumber), read(row)]));
}

function progressOf(row: StoredProgress): ProgressRow {
  return {
    watermark: row.watermark === null ? null : (JSON.parse(row.watermark) as Key),
    upperBound: row.upperBound === null ? undefined : (JSON.parse(row.upperBound) as Key | null),
    rowsCopied: Number(row.rowsCopied),
    copied: Number(row.copied) === 1,
    indexed: Number(row.indexed) === 1,
  };
}

/**
 * Stores the greatest key at the start, once; part of the caller's fenced transaction: a frozen worker that wakes must
 * not lower what a newer one has copied up to.
 */
export async function saveUpperBound(session: Session, key: ProgressKey, bound: Key | null): Promise<void> {
  await session.run(
    `UPDATE _switchyard.progress SET upper_bound = ?, updated_at = UTC_TIMESTAMP(6)
      ${whereTable} AND upper_bound IS NULL`,
    [JSON.stringify(bound), ...tableValues(key)],
  );
}

/** Stores how far copying is; part of the caller's fenced transaction. */
export async function saveCopyProgress(
  session: Session,
  key: ProgressKey,
  watermark: Key | null,
  rowsCopied: number,
): Promise<void> {
  await session.run(
    `UPDATE _switchyard.progress SET watermark = ?, rows_copied = ?, updated_at = UTC_TIMESTAMP(6)
      ${whereTable}`,
    [watermark === null ? null : JSON.stringify(watermark), rowsCopied, ...tableValues(key)],
  );
}

/** Marks a stage as done, once; `verified` is marked with what was compared (verification.ts). */
export async function markStage(session: Session, key: ProgressKey, stage: 'copied' | 'indexed'): Promise<void> {
  await session.run(
    `UPDATE _switchyard.progress SET ${stage}_at = COALESCE(${stage}_at, UTC_TIMESTAMP(6)) ${whereTable}`,
    tableValues(key),
  );
}
