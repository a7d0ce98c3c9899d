/** What the server itself replicates from elsewhere is in its binlog too. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws REPLICA_UPDATES_NOT_LOGGED; warns of any source. Needs REPLICATION CLIENT. */
export const checkReplicaUpdates: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    const rows = await session.rows<{ Source_Host: string; Source_Port: number }>('SHOW REPLICA STATUS');
    if (rows.length === 0) return [];
    const sources = rows.map(({ Source_Host, Source_Port }) => `${Source_Host}:${Source_Port}`);
    if (facts.logReplicaUpdates === false) {
      throw new SwitchyardError('REPLICA_UPDATES_NOT_LOGGED', { cluster: session.cluster.name, sources });
    }
    return [
      `The server replicates from ${sources.join(', ')}: the change is made here only, ` +
        `and what comes from there must fit the new definition after the cut-over.`,
    ];
  },
};
