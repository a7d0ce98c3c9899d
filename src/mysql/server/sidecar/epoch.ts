/**
 * The fence of an operation (P1). Its epoch is the token of the newest activity that works on it. Workflows give each
 * activity a `grant` that only grows, Temporal numbers its attempts; both together order all runs ever started:
 *
 *     token = grant * attemptsPerGrant + attempt
 *
 * Taking over raises the epoch to one's own token: the UPDATE waits for every transaction that still holds the shared
 * lock of an older token, also for statements whose client is long dead, so that nothing older commits afterwards.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Session } from '../session/session.js';

/** Attempts of one activity before tokens would collide: at one a second this is more than eleven days. */
const attemptsPerGrant = 1_000_000;

/** The epoch of an operation that nobody may work on any more; above every token. */
const closedEpoch = '9000000000000000000';

/** The fencing token of attempt `attempt` (from 1) of the activity with this grant (from 1). */
export function fencingToken(grant: number, attempt: number): string {
  return (BigInt(grant) * BigInt(attemptsPerGrant) + BigInt(Math.min(attempt, attemptsPerGrant - 1))).toString();
}

/** An epoch above every run of this token's activity and below every run of a later one: what a run leaves closed. */
export function epochAfterActivity(token: string): string {
  return ((BigInt(token) / BigInt(attemptsPerGrant) + 1n) * BigInt(attemptsPerGrant)).toString();
}

/**
 * Takes the operation over with `token`. Idempotent for the same token.
 * @throws FENCED when a newer run has it, or the operation is closed.
 */
export async function takeOver(session: Session, operationId: string, token: string): Promise<void> {
  // The row lock wait of this statement is as long as a chunk may take; it is repeated by the activity's retry.
  const { affectedRows } = await session.run(
    'UPDATE _switchyard.operations SET epoch = ? WHERE operation_id = ? AND epoch < ?',
    [token, operationId, token],
  );
  if (affectedRows === 0) await checkEpoch(session, operationId, token);
}

/** @throws FENCED when a newer run has the operation, or it is closed. */
export async function checkEpoch(session: Session, operationId: string, token: string): Promise<void> {
  const rows = await session.rows('SELECT 1 FROM _switchyard.operations WHERE operation_id = ? AND epoch = ?', [
    operationId,
    token,
  ]);
  if (rows.length === 0) throw new SwitchyardError('FENCED', { token });
}

/** The same where it was closed: an end that is not over is taken back. @throws FENCED when a newer run has it. */
export async function takeOverClosed(session: Session, operationId: string, token: string): Promise<void> {
  const { affectedRows } = await session.run(
    'UPDATE _switchyard.operations SET epoch = ? WHERE operation_id = ? AND epoch = ?',
    [token, operationId, closedEpoch],
  );
  if (affectedRows === 0) await takeOver(session, operationId, token);
}

/** Closes the operation for every worker, for good; waits like `takeOver`. */
export async function closeEpoch(session: Session, operationId: string): Promise<void> {
  await session.run('UPDATE _switchyard.operations SET epoch = ? WHERE operation_id = ?', [closedEpoch, operationId]);
}

/**
 * Runs `work` in one transaction that only exists while `token` is the newest: the shared lock on the epoch row is held
 * until COMMIT, which the client sends, so that a statement that outlives its client rolls back when the server notices.
 * @throws FENCED; anything else after a ROLLBACK.
 */
export async function fencedTransaction<Result>(
  session: Session,
  operationId: string,
  token: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await session.run('START TRANSACTION');
  try {
    const held = await session.rows(
      'SELECT 1 FROM _switchyard.operations WHERE operation_id = ? AND epoch = ? FOR SHARE',
      [operationId, token],
    );
    if (held.length === 0) throw new SwitchyardError('FENCED', { token });
    const result = await work();
    await session.run('COMMIT');
    return result;
  } catch (error) {
    // After a duplicate key only the statement is undone: the transaction must never be committed then.
    await session.run('ROLLBACK').catch(() => session.destroy());
    throw error;
  }
}
