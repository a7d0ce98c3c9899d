/** All activities, of both kinds of operation. */
import type { SwitchyardActivities } from '../contract/migration/activities.js';
import type { MoveActivities } from '../contract/move/activities.js';
import type { PlanDdlActivities } from '../contract/plan-ddl.js';
import type { ReconcileActivities } from '../contract/reconcile.js';
import type { SearchAttributeName } from '../contract/operation/search-attributes.js';
import type { SeeWork } from '../domain/work-seen.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import type { NotifySettings } from '../notify/settings.js';
import { createRouter, type RouterSettings } from '../router/create-router.js';
import { createMigrationActivities } from './migration/create-activities.js';
import { createMoveActivities } from './move/create-activities.js';
import { createOperationActivities } from './operation/create-activities.js';
import type { WorkPlaces } from '../domain/work-kinds.js';
import type { FindCluster } from './operation/execution.js';
import { tellingOutside, toldBy, type LookOutside } from './operation/outside.js';
import { Places } from './operation/places.js';
import { callRouterActivity } from './operation/workflows.js';
import { planDdl } from './plan-ddl.js';
import { reconcileCluster } from './reconcile-cluster.js';

export interface ActivityDependencies {
  readonly clusters: ReadonlyMap<string, ClusterSettings>;
  /** Who tells applications where tables are; moves need one. */
  readonly router?: RouterSettings | undefined;
  /** Who is told of operations; absent: nobody. */
  readonly notify?: NotifySettings | undefined;
  /** Those that the namespace has; absent: none are used. Never rejects. */
  readonly searchAttributes?: () => Promise<readonly SearchAttributeName[]>;
  /** How much heavy work is done at once; absent: as much as is asked for. */
  readonly places?: WorkPlaces | undefined;
  /** Absent: nobody looks. */
  readonly seeWork?: SeeWork | undefined;
}

/** All activities over these clusters. */
export function createActivities({
  clusters,
  router,
  notify,
  searchAttributes = () => Promise.resolve([]),
  places: limits,
  seeWork,
}: ActivityDependencies): SwitchyardActivities & MoveActivities & ReconcileActivities & PlanDdlActivities {
  const find: FindCluster = (name) => {
    const cluster = clusters.get(name);
    if (cluster === undefined) {
      throw new SwitchyardError('UNKNOWN_CLUSTER', { cluster: name, known: [...clusters.keys()].join(', ') });
    }
    return cluster;
  };
  const told = notify === undefined ? {} : { notify: toldBy(notify) };
  const look: LookOutside = async () => ({ searchAttributes: await searchAttributes(), ...told });
  const places = new Places(limits);
  const migration = createMigrationActivities(find, places, seeWork);
  const toRouter = router === undefined ? undefined : createRouter(router, callRouterActivity);
  const move = createMoveActivities(find, places, toRouter, seeWork);
  return {
    ...createOperationActivities(find, look, notify),
    ...migration,
    ...move,
    prepareMigration: tellingOutside(look, migration.prepareMigration),
    prepareMove: tellingOutside(look, move.prepareMove),
    planDdl: ({ input }) => planDdl(find, input),
    reconcileCluster: ({ input }) => reconcileCluster(find, clusters, input),
  };
}
