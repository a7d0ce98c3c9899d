/** The server answers, lets our account in, and what is sent is encrypted. */
import { refuseOtherServers } from '../../mysql/server/session/server-version.js';
import { agreedTls } from '../../mysql/server/session/agreed-tls.js';
import type { ClusterSettings } from '../../mysql/server/session/cluster-settings.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { loadServerFacts } from '../../mysql/preflight/server-facts.js';
import { ok, warning, type Check } from '../check.js';

export const checkConnection: Check<'cluster'> = {
  scope: 'cluster',
  name: 'connection',
  opens: true,
  ask: ({ cluster }) =>
    withSession(cluster, controlVariables, async (session) => {
      const { version, versionComment } = await loadServerFacts(session);
      refuseOtherServers(cluster.name, version, versionComment);
      const agreed = await agreedTls(session);
      const where = `MySQL ${version} at ${cluster.host}:${cluster.port}`;
      if (agreed !== undefined) {
        const mode = cluster.tls?.mode ?? 'without `tls` in the configuration';
        return [ok(`${where}, encrypted with ${agreed.version} (${agreed.cipher}), ${mode}.`)];
      }
      if (isThisMachine(cluster)) return [ok(`${where}, not encrypted, on this machine.`)];
      const remedy = 'Give the cluster `tls` in the configuration (docs/servers.md, "TLS").';
      return [warning(`${where}, and nothing that goes there is encrypted, the password of a login apart.`, remedy)];
    }),
};

function isThisMachine({ host }: ClusterSettings): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
