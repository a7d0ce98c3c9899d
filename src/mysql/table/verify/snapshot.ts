/** Reading both tables as they were at one moment: a transaction of its own for each look, ended as soon as it is read. */
import { sessionsOf, type SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';

/** Makes sessions fit for `inSnapshot`: a consistent snapshot exists at REPEATABLE READ only. */
export async function prepareForSnapshots(sessions: SessionPair): Promise<void> {
  for (const session of sessionsOf(sessions)) {
    await session.run("SET SESSION transaction_isolation = 'REPEATABLE-READ'");
  }
}

/**
 * Runs `read` in one consistent snapshot, without locks on rows. A snapshot never outlives it. Two servers have two, taken
 * one after the other: what differs is looked at again in any case (suspects.ts).
 */
export async function inSnapshot<Result>(sessions: SessionPair, read: () => Promise<Result>): Promise<Result> {
  const each = async (work: (session: Session) => Promise<unknown>): Promise<void> => {
    for (const session of sessionsOf(sessions)) await work(session);
  };
  await each((session) => session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY'));
  let result: Result;
  try {
    result = await read();
  } catch (error) {
    // The connection may be gone, and its transaction with it; what is told is the first error.
    await each((session) => session.run('ROLLBACK').catch(() => undefined));
    throw error;
  }
  await each((session) => session.run('COMMIT'));
  return result;
}
