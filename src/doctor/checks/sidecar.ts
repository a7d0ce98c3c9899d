/** The version of our records on the cluster. */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import { ensureSidecar, sidecarState } from '../../mysql/server/sidecar/schema.js';
import { ok, problemOf, type Check } from '../check.js';

export const checkSidecar: Check<'cluster'> = {
  scope: 'cluster',
  name: 'sidecar',
  ask: ({ cluster, find }) =>
    withSession(cluster, controlVariables, async (session) => {
      const { state, version, known, isAdditive } = await sidecarState(session);
      switch (state) {
        case 'absent':
          return [ok('There is none yet; the first operation makes it.')];
        case 'current':
          return [ok(`Version ${version}, which this version of Switchyard knows.`)];
        case 'newer':
          return [problemOf(new SwitchyardError('SIDECAR_TOO_NEW', { version, known }))];
        case 'older':
          return [
            {
              level: 'warning',
              message: `Version ${version}, and this version of Switchyard has ${known}.`,
              remedy: `The next operation that a worker of this version prepares brings it up to date, and so does --fix${isAdditive ? '.' : `; ${olderWorkers}.`}`,
              mend: {
                what: `bring the sidecar of cluster ${cluster.name} up to version ${known}${isAdditive ? '' : ` (${olderWorkers})`}`,
                apply: () => upgrade(find(cluster.name) ?? cluster, known),
              },
            },
          ];
      }
    }),
};

const olderWorkers = 'workers of an older version stand still from then on, and have to be replaced before';

async function upgrade(cluster: Parameters<typeof withSession>[0], version: number): Promise<string> {
  await withSession(cluster, controlVariables, ensureSidecar);
  return `The sidecar of cluster ${cluster.name} has version ${version}.`;
}
