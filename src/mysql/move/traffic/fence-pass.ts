/**
 * The pass that lets the feed through the fences of its operation. It is a secret of the operation on that server, in its
 * gate, so that neither the account nor its password has to stay what it is. Triggers hold only its hash, and it is in no
 * history.
 *
 * What it protects from is mistakes. Whoever may drop a trigger, read the sidecar, or read the variables of other sessions
 * in performance_schema, can get past a fence.
 */
import { createHash } from 'node:crypto';
import type { Session } from '../../server/session/session.js';

/** The user variable that triggers look at. */
export const passVariable = '@_switchyard_pass';

/** What triggers compare: the server's SHA2(pass, 256). */
export function fencePassHash(pass: string): string {
  return createHash('sha256').update(pass).digest('hex');
}

/** Lets this session write behind the fences, until it ends. */
export async function letPass(session: Session, pass: string): Promise<void> {
  await session.run(`SET ${passVariable} = ?`, [pass]);
}
