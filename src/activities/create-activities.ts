/** All activities, of both kinds of operation. */
import type { SwitchyardActivities } from '../contract/migration/activities.js';
import type { MoveActivities } from '../contract/move/activities.js';
import type { ReconcileActivities } from '../contract/reconcile.js';
import type { SearchAttributeName } from '../contract/operation/search-attributes.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import type { NotifySettings } from '../notify/settings.js';
import { createRouter, type RouterSettings } from '../router/create-router.js';
import { createMigrationActivities } from './migration/create-activities.js';
import { createMoveActivities } from './move/create-activities.js';
import { createOperationActivities } from './operation/create-activities.js';
import type { FindCluster } from './operation/execution.js';
import { tellingOutside, toldBy, type LookOutside } from './operation/outside.js';
import { callRouterActivity } from './operation/workflows.js';
import { reconcileCluster } from './reconcile-cluster.js';

export interface ActivityDependencies {
  readonly clusters: ReadonlyMap<string, ClusterSettings>;
  /** Who tells applications where tables are; moves need one. */
  readonly router?: RouterSettings | undefined;
  /** Who is told of operations; absent: nobody. */
  readonly notify?: NotifySettings | undefined;
  /** Those that the namespace has; absent: none are used. Never rejects. */
  readonly searchAttributes?: () => Promise<readonly SearchAttributeName[]>;
}

/** All activities over these clusters. */
export function createActivities({
  clusters,
  router,
  notify,
  searchAttributes = () => Promise.resolve([]),
}: ActivityDependencies): SwitchyardActivities & MoveActivities & ReconcileActivities {
  const find: FindCluster = (name) => {
    const cluster = clusters.get(name);
    if (cluster === undefined) {
      throw new SwitchyardError('UNKNOWN_CLUSTER', { cluster: name, known: [...clusters.keys()].join(', ') });
    }
    return cluster;
  };
  const told = notify === undefined ? {} : { notify: toldBy(notify) };
  const look: LookOutside = async () => ({ searchAttributes: await searchAttributes(), ...told });
  const migration = createMigrationActivities(find);
  const move = createMoveActivities(find, router === undefined ? undefined : createRouter(router, callRouterActivity));
  return {
    ...createOperationActivities(find, look, notify),
    ...migration,
    ...move,
    prepareMigration: tellingOutside(look, migration.prepareMigration),
    prepareMove: tellingOutside(look, move.prepareMove),
    reconcileCluster: ({ input }) => reconcileCluster(find, clusters, input),
  };
}
