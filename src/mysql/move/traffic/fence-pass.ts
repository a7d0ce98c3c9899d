/**
 * The pass that lets the feed through the fences of its operation. It is derived, and stored nowhere: every worker that
 * can log in to the cluster can make it again, since it comes from the password that it logs in with. Triggers hold only
 * its hash. A random pass in the sidecar would be in reach of every account with SELECT ON *.*, and in the binlog.
 *
 * What it protects from is mistakes. Whoever may drop a trigger, or read the variables of other sessions in
 * performance_schema, can get past a fence.
 */
import { createHash, scrypt } from 'node:crypto';
import { fencePassCost, fencePassesMax } from '../../../limits/mysql-move.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import type { Session } from '../../server/session/session.js';

/** The user variable that triggers look at. */
export const passVariable = '@_switchyard_pass';

const passBytes = 32;
const blockSize = 8;

/** Those of this process, by a hash of what they come from: every run of an operation's work asks for them. */
const passes = new Map<string, Promise<string>>();

/**
 * The pass of an operation for fences on this cluster; takes about 0.1 s the first time, so never under a lock.
 * Another password makes another pass: `raiseFences` then puts new fences in the place of the old ones.
 */
export function deriveFencePass({ password }: ClusterSettings, operationId: string): Promise<string> {
  const id = createHash('sha256')
    .update(JSON.stringify([operationId, password]))
    .digest('hex');
  const known = passes.get(id);
  if (known !== undefined) return known;
  if (passes.size === fencePassesMax) passes.clear();
  const pass = derive(password, operationId);
  passes.set(id, pass);
  pass.catch(() => passes.delete(id));
  return pass;
}

function derive(password: string, operationId: string): Promise<string> {
  const salt = `switchyard fence ${operationId}`;
  const options = { N: fencePassCost, r: blockSize, maxmem: 2 * 128 * blockSize * fencePassCost };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, passBytes, options, (error, key) => {
      if (error === null) resolve(key.toString('hex'));
      else reject(error);
    });
  });
}

/** What triggers compare: the server's SHA2(pass, 256). */
export function fencePassHash(pass: string): string {
  return createHash('sha256').update(pass).digest('hex');
}

/** Lets this session write behind the fences, until it ends. */
export async function letPass(session: Session, pass: string): Promise<void> {
  await session.run(`SET ${passVariable} = ?`, [pass]);
}
