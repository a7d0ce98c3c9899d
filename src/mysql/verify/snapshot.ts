/** Reading both tables as they were at one moment: a transaction of its own for each look, ended as soon as it is read. */
import type { Session } from '../session/session.js';

/** Makes a session fit for `inSnapshot`: a consistent snapshot exists at REPEATABLE READ only. */
export async function prepareForSnapshots(session: Session): Promise<void> {
  await session.run("SET SESSION transaction_isolation = 'REPEATABLE-READ'");
}

/** Runs `read` in one consistent snapshot, without locks on rows. A snapshot never outlives it. */
export async function inSnapshot<Result>(session: Session, read: () => Promise<Result>): Promise<Result> {
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  let result: Result;
  try {
    result = await read();
  } catch (error) {
    // The connection may be gone, and its transaction with it; what is told is the first error.
    await session.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await session.run('COMMIT');
  return result;
}
