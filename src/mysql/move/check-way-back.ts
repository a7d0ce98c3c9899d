/** Whether the account may still do on both servers what a move needs: looked at again before the traffic moves (P7). */
import { hasCode, type SwitchyardError } from '../../errors/switchyard-error.js';
import { checkPrivileges } from '../preflight/checks/privileges.js';
import { loadServerFacts } from '../preflight/server-facts.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import type { MoveStream } from './move-stream.js';
import { homesOf } from './move-stream.js';

/** @returns MISSING_PRIVILEGES of the first server where some are; undefined where none are. @throws the driver's errors. */
export async function findMissingPrivileges(stream: MoveStream): Promise<SwitchyardError | undefined> {
  const homes = homesOf(stream);
  for (const side of ['from', 'to'] as const) {
    const { database } = homes[side];
    try {
      await withSession(stream[side], controlVariables, async (session) => {
        const facts = await loadServerFacts(session);
        await checkPrivileges.ask({ session, facts, database, needsOwnDatabases: false, expectedDurationSeconds: 0 });
      });
    } catch (error) {
      if (hasCode(error, 'MISSING_PRIVILEGES')) return error;
      throw error;
    }
  }
  return undefined;
}
