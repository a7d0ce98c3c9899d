/** Notices schema changes of the copies by others: no feed follows them, and traffic must not go to another table. */
import { checkFingerprint } from '../table/follow/table-guard.js';
import type { Session } from '../server/session/session.js';
import { turned, type MoveStream } from './move-stream.js';

/**
 * Asked once the indexes are built.
 * @param to on the stream's `to`. @throws TABLE_CHANGED when a copy is not defined as its table was when the plan was made.
 */
export async function checkCopies(to: Session, { tables }: MoveStream): Promise<void> {
  for (const plan of tables) await checkFingerprint(to, turned(plan));
}
