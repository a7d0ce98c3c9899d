/**
 * The activities: each parses its request, calls one function of the data plane, heartbeats, and translates the error.
 * No SQL and no decisions here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { SwitchyardActivities } from '../contract/migration/activities.js';
import type {
  OperationRef,
  PrepareRequest,
  ProgressHeartbeat,
  SynchroniseGoal,
} from '../contract/operation/activities.js';
import type { MoveActivities } from '../contract/move/activities.js';
import type { ReconcileActivities } from '../contract/reconcile.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { pausedCheckIntervalMs } from '../limits/activities.js';
import { attemptCutOver } from '../mysql/migration/attempt-cut-over.js';
import { resolveCutOver } from '../mysql/migration/resolve-cut-over.js';
import { checkStoredPosition } from '../mysql/table/follow/position.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import { dropRetained, finishMigration, removeMigration } from '../mysql/migration/clean-up.js';
import { retainedTableOf } from '../mysql/migration/own-database.js';
import { prepareMigration } from '../mysql/migration/prepare-migration.js';
import { recordAudit } from '../mysql/server/sidecar/audit.js';
import { fencingToken } from '../mysql/server/sidecar/epoch.js';
import { synchronise } from '../mysql/migration/synchronise-migration.js';
import { createRouter, type RouterSettings } from '../router/create-router.js';
import { createMoveActivities } from './move/create-activities.js';
import {
  currentOperationId,
  onCluster,
  throwUnlessAskedToStop,
  translated,
  type FindCluster,
} from './operation/execution.js';
import { withHeartbeats } from './operation/heartbeats.js';
import { cutOverSettings, parseOnlineDdlInput } from './migration/parse-input.js';
import { retainForMs } from './operation/parse-input.js';
import { reconcileCluster } from './reconcile-cluster.js';
import { askOwner, callRouterActivity, currentOwner } from './operation/workflows.js';

export interface ActivityDependencies {
  readonly clusters: ReadonlyMap<string, ClusterSettings>;
  /** Who tells applications where tables are; moves need one. */
  readonly router?: RouterSettings | undefined;
}

/** What a run of `synchronise` shows before it has progress of its own to report. */
const goalStages: Readonly<Record<SynchroniseGoal, ProgressHeartbeat['stage']>> = {
  copied: 'copying',
  indexed: 'indexing',
  verified: 'verifying',
  follow: 'following',
};
const resolving: ProgressHeartbeat = { stage: 'cuttingOver', detail: 'finding out whether the last attempt swapped' };

/** All activities over these clusters. */
export function createActivities({
  clusters,
  router,
}: ActivityDependencies): SwitchyardActivities & MoveActivities & ReconcileActivities {
  const find: FindCluster = (name) => {
    const cluster = clusters.get(name);
    if (cluster === undefined) {
      throw new SwitchyardError('UNKNOWN_CLUSTER', { cluster: name, known: [...clusters.keys()].join(', ') });
    }
    return cluster;
  };
  const on = <Result>(name: string, work: (cluster: ClusterSettings) => Promise<Result>): Promise<Result> =>
    onCluster(find, name, work);
  return {
    ...createMoveActivities({
      find,
      router: router === undefined ? undefined : createRouter(router, callRouterActivity),
      askOwner,
    }),
    reconcileCluster: ({ input }) => reconcileCluster(find, clusters, input),
    prepareMigration: (request) => translated('', () => prepare(find, request), 'final'),
    synchronise: (request) =>
      on(request.cluster, (cluster) =>
        withHeartbeats({ stage: goalStages[request.goal] }, async (signal, report) => {
          const { goal, verifiesNext = false } = request;
          const wanted = { ...operation(cluster, request), goal, verifiesNext };
          const result = await synchronise({ ...wanted, signal, onProgress: report });
          if (result.outcome === 'stopped') throwUnlessAskedToStop(signal);
          return result;
        }),
      ),
    watchPaused: (request) => on(request.cluster, (cluster) => watchPaused(cluster, request)),
    attemptCutOver: (request) =>
      on(request.cluster, (cluster) =>
        withHeartbeats({ stage: 'cuttingOver', detail: `attempt ${request.attempt}` }, (signal) => {
          const { lockTimeoutMs } = request.cutOver;
          return attemptCutOver({ ...operation(cluster, request), attempt: request.attempt, lockTimeoutMs, signal });
        }),
      ),
    resolveCutOver: (request) =>
      on(request.cluster, (cluster) => withHeartbeats(resolving, () => resolveCutOver(operation(cluster, request)))),
    finishMigration: ({ cluster: name, operationId }) =>
      on(name, (cluster) => withHeartbeats({ stage: 'closing' }, () => finishMigration(cluster, operationId))),
    cleanUpMigration: ({ cluster: name, operationId, outcome }) =>
      on(name, (cluster) =>
        withHeartbeats({ stage: 'cleaningUp' }, async () => ({
          leftBehind: await removeMigration(cluster, operationId ?? currentOperationId(), outcome),
        })),
      ),
    recordAudit: (request) => on(request.cluster, (cluster) => recordAudit(cluster, request)),
    dropRetainedTable: ({ cluster: name, operationId, retainedTable }) =>
      on(name, (cluster) =>
        withHeartbeats({ stage: 'dropping' }, async () => ({
          outcome: await dropRetained(cluster, operationId, retainedTable),
        })),
      ),
  };
}

function operation(
  cluster: ClusterSettings,
  { operationId, grant }: OperationRef,
): { cluster: ClusterSettings; operationId: string; token: string } {
  return { cluster, operationId, token: fencingToken(grant, activityInfo().attempt) };
}

async function prepare(find: FindCluster, { input, grant }: PrepareRequest) {
  const parsed = parseOnlineDdlInput(input);
  const { plan, warnings } = await onCluster(
    find,
    parsed.cluster,
    (cluster) =>
      withHeartbeats({ stage: 'preparing' }, async () =>
        prepareMigration({
          cluster,
          operationId: currentOperationId(),
          token: fencingToken(grant, activityInfo().attempt),
          owner: await currentOwner(),
          database: parsed.database,
          statement: parsed.statement,
          sqlMode: parsed.options?.sqlMode,
          askOwner,
        }),
      ),
    'final',
  );
  return {
    operationId: plan.operationId,
    cluster: parsed.cluster,
    database: plan.source.database,
    table: plan.source.table,
    retainedTable: retainedTableOf(plan),
    postponeLaunch: parsed.options?.postponeLaunch ?? false,
    postponeCompletion: parsed.options?.postponeCompletion ?? false,
    verify: parsed.options?.verify ?? true,
    retainForMs: retainForMs(parsed),
    cutOver: cutOverSettings(parsed),
    warnings,
  };
}

/** Nothing is done while paused, but binlogs that are purged end the migration at once, not when it goes on. */
async function watchPaused(cluster: ClusterSettings, { operationId }: OperationRef): Promise<{ outcome: 'stopped' }> {
  await withHeartbeats({ stage: 'paused' }, async (signal) => {
    while (!signal.aborted) {
      await checkStoredPosition(cluster, operationId);
      await sleep(pausedCheckIntervalMs, undefined, { signal }).catch(() => undefined);
    }
    throwUnlessAskedToStop(signal);
  });
  return { outcome: 'stopped' };
}
