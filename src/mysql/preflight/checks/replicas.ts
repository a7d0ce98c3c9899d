/** Who replays our transactions: long statements, such as adding an index, hold up replicas and group members. */
import type { Session } from '../../server/session/session.js';
import type { Check } from '../check.js';

interface ReplicaRow {
  readonly Server_Id: number | string;
  readonly Host: string;
  readonly Port: number | string;
}

/**
 * Replicas that are connected now, and the other active members of a replication group, as `host:port` or by server id.
 * Needs REPLICATION SLAVE and SELECT on performance_schema. Our own feeds do not register, so they are not among them.
 */
export async function replicasAttached(session: Session): Promise<readonly string[]> {
  const replicas = await session.rows<ReplicaRow>('SHOW REPLICAS');
  const members = await session.rows<{ member: string }>(
    `SELECT CONCAT(member_host, ':', member_port) AS member FROM performance_schema.replication_group_members
      WHERE member_id <> @@GLOBAL.server_uuid AND member_state IN ('ONLINE', 'RECOVERING')`,
  );
  return [...replicas.map(nameOf), ...members.map(({ member }) => member)];
}

/** A replica tells its host only where it was told to (report_host). */
function nameOf({ Server_Id, Host, Port }: ReplicaRow): string {
  return Host === '' ? `server id ${Server_Id}` : `${Host}:${Port}`;
}

/** Warns of replicas, never fails. */
export const checkReplicas: Check<'server'> = {
  scope: 'server',
  ask: async ({ session }) => {
    const replicas = await replicasAttached(session);
    if (replicas.length === 0) return [];
    return [`Replicas are attached (${replicas.join(', ')}): they replay the whole copy, so watch their lag.`];
  },
};
