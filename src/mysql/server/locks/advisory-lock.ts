/**
 * The advisory lock that only one cut-over, resolution or clean-up of an operation holds. It belongs to the session, so
 * it outlives a dead client for as long as the server still executes that client's last statement: a RENAME that waits.
 */
import { advisoryLockWaitSeconds } from '../../../limits/mysql-server.js';
import { killConnection } from '../session/kill.js';
import type { Session } from '../session/session.js';

function lockName(operationId: string): string {
  return `_switchyard/${operationId}`;
}

/** Takes the lock for `session`. @returns false when another session still has it after `waitSeconds`. */
export async function takeAdvisoryLock(
  session: Session,
  operationId: string,
  waitSeconds = advisoryLockWaitSeconds,
): Promise<boolean> {
  const { taken } = await session.row<{ taken: number | null }>('SELECT GET_LOCK(?, ?) AS taken', [
    lockName(operationId),
    waitSeconds,
  ]);
  return Number(taken) === 1;
}

/**
 * Takes the lock whatever it needs: waits for the holder, and ends the holder's session when it does not go by itself.
 * Only sessions of this operation's own attempts ever take this lock.
 */
export async function takeAdvisoryLockForSure(session: Session, operationId: string): Promise<void> {
  while (!(await takeAdvisoryLock(session, operationId))) {
    const { holder } = await session.row<{ holder: number | string | null }>('SELECT IS_USED_LOCK(?) AS holder', [
      lockName(operationId),
    ]);
    if (holder !== null) await killConnection(session, Number(holder));
  }
}
