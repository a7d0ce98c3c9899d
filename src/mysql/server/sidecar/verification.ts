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
}

interface StoredVerification {
  readonly verified: number;
  readonly notCompared: string | null;
  readonly changes: string;
}

const verificationColumns = `verified_at IS NOT NULL AS verified, not_compared AS notCompared,
  CAST(changes_not_compared AS CHAR) AS changes`;

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

function verificationOf({ verified, notCompared, changes }: StoredVerification): VerificationRow {
  return {
    verified: Number(verified) === 1,
    notCompared: notCompared === null ? [] : (JSON.parse(notCompared) as string[]),
    changesNotCompared: Number(changes),
  };
}

/** All that was not compared, for people. */
export function describeNotCompared({ notCompared, changesNotCompared }: VerificationRow): readonly string[] {
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

/** Marks the whole table as compared; part of the caller's fenced transaction. */
export async function saveVerified(session: Session, key: ProgressKey, verified: Verified): Promise<void> {
  const { notCompared, changesMadeUpFor } = verified;
  await session.run(
    `UPDATE _switchyard.progress SET verified_at = COALESCE(verified_at, UTC_TIMESTAMP(6)), not_compared = ?,
            comparison = NULL,
            changes_not_compared = changes_not_compared - LEAST(?, changes_not_compared)
      ${whereTable}`,
    [JSON.stringify(notCompared), changesMadeUpFor, ...tableValues(key)],
  );
}

/** Counts changes that are not compared again; part of the caller's fenced transaction. */
export async function addChangesNotCompared(session: Session, key: ProgressKey, count: number): Promise<void> {
  await session.run(`UPDATE _switchyard.progress SET changes_not_compared = changes_not_compared + ? ${whereTable}`, [
    count,
    ...tableValues(key),
  ]);
}
