/** The replicas whose lag the throttle may look at answer, and let our account see the row by which it is told. */
import type { ReplicaSettings } from '../../mysql/server/session/cluster-settings.js';
import { askReplica } from '../../mysql/server/probe/replica-lags.js';
import { replicasAttached } from '../../mysql/preflight/checks/replicas.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { ok, problemOf, type Check, type Finding } from '../check.js';

export const checkReplicas: Check<'cluster'> = {
  scope: 'cluster',
  name: 'replicas',
  ask: async ({ cluster, signal }) => {
    const configured = await Promise.all(
      (cluster.replicas ?? []).map((replica) => lookAt(replica, cluster.name, signal)),
    );
    const attached = await withSession(cluster, controlVariables, replicasAttached).catch(() => []);
    const said =
      attached.length === 0
        ? 'No replica is attached.'
        : `Attached: ${attached.join(', ')}; they replay what is copied here, so give them a limit (\`throttle\`) where their lag matters.`;
    return configured.length > 0 ? configured : [ok(said)];
  },
};

async function lookAt(replica: ReplicaSettings, cluster: string, signal: AbortSignal): Promise<Finding> {
  try {
    await askReplica({ ...replica, lifeline: signal });
    return ok(`Replica ${replica.name} at ${replica.host}:${replica.port} answers.`);
  } catch (error) {
    const { message, ...finding } = problemOf(error, replica.name);
    return {
      ...finding,
      message: `Replica ${replica.name} of cluster ${cluster} cannot be asked for its lag: ${message}`,
    };
  }
}
