/** What was compared of an operation, and what was not: the truth behind `verified` and `notCompared` (P6). */
import type { Key } from '../../../binlog/key.js';
import type { Session } from '../session/session.js';
import { byNumber, tableValues, whereTable, type NumberedRow, type ProgressKey } from './progress.js';

export interface VerificationRow {
  /** The whole table was compared once. */
  readonly verified: boolean;
  /** What the last comparison of the whole table could not compare, in words. */
  readonly notCompared: readonly string[];
  /** Changed rows since then that were not compared again. */
  readonly changesNotCompared: number;
  /** Which tables were compared, in the words of whoever asked for it; null where nobody has said it. */
  readonly comparedTables: string | null;
  /** How long ago the whole table was compared; null where it was not, or not by the stream that is followed now. */
  readonly comparedSecondsAgo: number | null;
}

interface StoredVerification {
  readonly verified: number;
  readonly notCompared: string | null;
  readonly changes: string;
  readonly comparedTables: string | null;
  readonly secondsAgo: string | null;
}

/** Of a table that was compared by the stream in the other direction: its changes since are compared, it as a whole is not. */
export const carriedOver = "'1970-01-02'";

const verificationColumns = `verified_at IS NOT NULL AS verified, not_compared AS notCompared,
  CAST(changes_not_compared AS CHAR) AS changes, compared_tables AS comparedTables,
  CAST(IF(verified_at = ${carriedOver}, NULL, TIMESTAMPDIFF(SECOND, verified_at, UTC_TIMESTAMP())) AS CHAR) AS secondsAgo`;

export async function loadVerification(session: Session, key: ProgressKey): Promise<VerificationRow> {
  const row = await session.row<StoredVerification>(
    `SELECT ${verificationColumns} FROM _switchyard.progress ${whereTable}`,
    tableValues(key),
  );
  return verificationOf(row);
}

/** The same of all tables, by their numbers. @throws where there are none. */
export async function loadAllVerification(
  session: Session,
  operationId: string,
): Promise<ReadonlyMap<number, VerificationRow>> {
  const rows = await session.rows<StoredVerification & NumberedRow>(
    `SELECT table_number AS tableNumber, ${verificationColumns} FROM _switchyard.progress WHERE operation_id = ?`,
    [operationId],
  );
  return byNumber(rows, verificationOf);
}

/** Whether all tables of the operation were compared once. */
export async function isAllVerified(session: Session, operationId: string): Promise<boolean> {
  const rows = await loadAllVerification(session, operationId);
  return [...rows.values()].every(({ verified }) => verified);
}

function verificationOf(row: StoredVerification): VerificationRow {
  const { verified, notCompared, changes, comparedTables, secondsAgo } = row;
  return {
    verified: Number(verified) === 1,
    notCompared: notCompared === null ? [] : (JSON.parse(notCompared) as string[]),
    changesNotCompared: Number(changes),
    comparedTables,
    comparedSecondsAgo: secondsAgo === null ? null : Number(secondsAgo),
  };
}

/** All that was not compared, for people. */
export function describeNotCompared({
  notCompared,
  changesNotCompared,
}: Pick<VerificationRow, 'notCompared' | 'changesNotCompared'>): readonly string[] {
  if (changesNotCompared === 0) return notCompared;
  return [
    ...notCompared,
    `${changesNotCompared} changes since the verification, which came too fast to be compared again`,
  ];
}

/** What a comparison of the whole table has come to. */
export interface Verified {
  readonly notCompared: readonly string[];
  /** Changes that were given up before it began: the comparison made up for them. */
  readonly changesMadeUpFor: number;
  /** Which tables they were when it began. */
  readonly comparedTables: string | null;
}

/** How far a comparison is; whoever goes on from there must see to it that what changes since is compared again. */
export interface ComparedSoFar {
  /** Every row up to and including this key was equal at some time; its changes since then are compared again. */
  readonly comparedUpTo: Key;
  readonly rowsCompared: number;
  /** What of it could not be compared, in words. */
  readonly notCompared: readonly string[];
}

/** A comparison of the whole table that is under way. */
export interface ComparisonProgress extends ComparedSoFar {
  /** Changes that were given up before it began: it makes up for them. */
  readonly changesMadeUpFor: number;
  /** Which tables they were when it began; absent in what earlier versions have kept. */
  readonly comparedTables?: string | null;
}

/** @returns undefined where none is under way. */
export async function loadComparison(session: Session, key: ProgressKey): Promise<ComparisonProgress | undefined> {
  const { comparison } = await session.row<{ comparison: string | null }>(
    `SELECT comparison FROM _switchyard.progress ${whereTable}`,
    tableValues(key),
  );
  return comparison === null ? undefined : (JSON.parse(comparison) as ComparisonProgress);
}

/** Keeps how far it is; part of the caller's fenced transaction. */
export async function saveComparison(
  session: Session,
  key: ProgressKey,
  comparison: ComparisonProgress,
): Promise<void> {
  await session.run(`UPDATE _switchyard.progress SET comparison = ?, updated_at = UTC_TIMESTAMP(6) ${whereTable}`, [
    JSON.stringify(comparison),
    ...tableValues(key),
  ]);
}

/** Marks the whole table as compared, now; part of the caller's fenced transaction. */
export async function saveVerified(session: Session, key: ProgressKey, verified: Verified): Promise<void> {
  const { notCompared, changesMadeUpFor, comparedTables } = verified;
  await session.run(
    `UPDATE _switchyard.progress SET verified_at = UTC_TIMESTAMP(6), not_compared = ?, compared_tables = ?,
            comparison = NULL,
            changes_not_compared = changes_not_compared - LEAST(?, changes_not_compared)
      ${whereTable}`,
    [JSON.stringify(notCompared), comparedTables, changesMadeUpFor, ...tableValues(key)],
  );
}

/** Keeps which tables they are where nothing was compared yet; part of the caller's fenced transaction. */
export async function saveTables(session: Session, key: ProgressKey, tables: string): Promise<void> {
  await session.run(
    `UPDATE _switchyard.progress SET compared_tables = ? ${whereTable} AND compared_tables IS NULL AND verified_at IS NULL`,
    [tables, ...tableValues(key)],
  );
}

/**
 * Takes over what the stream in the other direction has compared, up to the switch that has ended it: what it left equal
 * is equal still. Part of the caller's fenced transaction.
 */
export async function carryOver(session: Session, key: ProgressKey, row: VerificationRow): Promise<void> {
  const { verified, notCompared, changesNotCompared, comparedTables } = row;
  await session.run(
    `UPDATE _switchyard.progress SET verified_at = ${verified ? carriedOver : 'NULL'}, comparison = NULL,
            not_compared = ?, changes_not_compared = ?, compared_tables = ? ${whereTable}`,
    [JSON.stringify(notCompared), changesNotCompared, comparedTables, ...tableValues(key)],
  );
}

/** Counts changes that are not compared again; part of the caller's fenced transaction. */
export async function addChangesNotCompared(session: Session, key: ProgressKey, count: number): Promise<void> {
  await session.run(`UPDATE _switchyard.progress SET changes_not_compared = changes_not_compared + ? ${whereTable}`, [
    count,
    ...tableValues(key),
  ]);
}
