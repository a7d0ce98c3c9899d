/** One row for each cut-over attempt: whose session, since when locked, from which position a revert would start. */
import type { Session } from '../session/session.js';

export interface CutOverRow {
  readonly attempt: number;
  /** ISO time; null before the lock was granted. */
  readonly lockedAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly blockedMs: number | null;
}

/** Begins the row of an attempt; repeating it (another worker, the same attempt) replaces it. */
export async function beginCutOver(
  session: Session,
  operationId: string,
  attempt: number,
  sessionId: number,
): Promise<void> {
  await session.run(
    `REPLACE INTO _switchyard.cut_overs (operation_id, attempt, session_id, started_at)
     VALUES (?, ?, ?, UTC_TIMESTAMP(6))`,
    [operationId, attempt, sessionId],
  );
}

/** Writes, before the swap, when the tables were locked and which transactions the old table contains. */
export async function recordLock(
  session: Session,
  operationId: string,
  attempt: number,
  position: string,
): Promise<void> {
  await session.run(
    `UPDATE _switchyard.cut_overs SET locked_at = UTC_TIMESTAMP(6), position = ?
      WHERE operation_id = ? AND attempt = ?`,
    [position, operationId, attempt],
  );
}

export async function endCutOver(
  session: Session,
  operationId: string,
  attempt: number,
  outcome: string,
  blockedMs: number,
): Promise<void> {
  await session.run(
    `UPDATE _switchyard.cut_overs SET ended_at = UTC_TIMESTAMP(6), outcome = ?, blocked_ms = ?
      WHERE operation_id = ? AND attempt = ?`,
    [outcome, blockedMs, operationId, attempt],
  );
}

/** The last attempt that got its lock, or undefined. */
export async function lastLockedCutOver(session: Session, operationId: string): Promise<CutOverRow | undefined> {
  const rows = await session.rows<CutOverRow>(
    `SELECT attempt, DATE_FORMAT(locked_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS lockedAt,
            DATE_FORMAT(ended_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS endedAt, outcome, blocked_ms AS blockedMs
       FROM _switchyard.cut_overs WHERE operation_id = ? AND locked_at IS NOT NULL ORDER BY attempt DESC LIMIT 1`,
    [operationId],
  );
  return rows[0];
}

/**
 * Whether an attempt of the operation came so far that its swap may have happened: that it has the lock is recorded before
 * the RENAME, and how it ended after it. Only to be asked while holding the operation's advisory lock.
 */
export async function mayHaveSwapped(session: Session, operationId: string): Promise<boolean> {
  const rows = await session.rows(
    `SELECT 1 FROM _switchyard.cut_overs
      WHERE operation_id = ? AND locked_at IS NOT NULL AND (ended_at IS NULL OR outcome = 'swapped') LIMIT 1`,
    [operationId],
  );
  return rows.length > 0;
}
