/** The activities of a move: each parses its request, calls one function of the data plane, and translates the error. */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { PrepareRequest } from '../../contract/operation/activities.js';
import type { MoveActivities, MoveOperation, MoveRef, PreparedMove } from '../../contract/move/activities.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { pausedCheckIntervalMs } from '../../limits/activities.js';
import { removeAbandonedMigration } from '../../mysql/migration/clean-up.js';
import { checkStreamPosition } from '../../mysql/move/check-position.js';
import { completeMove } from '../../mysql/move/complete-move.js';
import { finishMove } from '../../mysql/move/finish-move.js';
import { followReverse } from '../../mysql/move/follow-reverse.js';
import { forceComplete, type ForcedPart } from '../../mysql/move/force-complete.js';
import { findMovePlan, type MovePlan } from '../../mysql/move/move-plan.js';
import type { MoveClusters } from '../../mysql/move/move-stream.js';
import { prepareMove } from '../../mysql/move/prepare-move.js';
import { probeServers } from '../../mysql/move/probe-servers.js';
import { removeMove } from '../../mysql/move/remove-move.js';
import { resolveSwitch } from '../../mysql/move/resolve-switch.js';
import { reverseMove, switchMove } from '../../mysql/move/switch-move.js';
import { synchroniseMove } from '../../mysql/move/synchronise-move.js';
import { probeUntilChanged } from '../../mysql/move/probe-until-changed.js';
import { onWatchedPair } from '../../mysql/move/watched-pair.js';
import type { ClusterSettings } from '../../mysql/server/session/cluster-settings.js';
import { onWatchedServer } from '../../mysql/server/session/watched-server.js';
import { fencingToken } from '../../mysql/server/sidecar/epoch.js';
import type { AskOwner } from '../../mysql/server/sidecar/operations.js';
import type { Router } from '../../router/port.js';
import { ruleSetOf, type RoutedTraffic } from '../../router/rule-set.js';
import { lookAtWindows } from './attempt-windows.js';
import { currentOperationId, throwUnlessAskedToStop, translated } from '../operation/execution.js';
import { withHeartbeats } from '../operation/heartbeats.js';
import { retainForMs } from '../operation/parse-input.js';
import { moveTerms, parseMoveTablesInput } from './parse-input.js';
import { currentOwner } from '../operation/workflows.js';

export interface MoveDependencies {
  readonly find: (cluster: string) => ClusterSettings;
  /** Absent where the configuration names none: moves are refused then. */
  readonly router: Router | undefined;
  /** What became of the workflow that an operation belongs to. */
  readonly askOwner: AskOwner;
}

type OwnMoveActivities = Omit<MoveActivities, 'recordAudit'>;

/** All activities of moves over these clusters. */
export function createMoveActivities(dependencies: MoveDependencies): OwnMoveActivities {
  return {
    ...{ ...replicating(dependencies), ...movingTraffic(dependencies), ...ending(dependencies) },
    lookAtWindows: ({ windows, atMs }) => Promise.resolve(lookAtWindows(windows, atMs)),
  };
}

/** The clusters of a move for one piece of work, which ends when one that it needs is silent. */
function onClusters<Result>(
  dependencies: MoveDependencies,
  request: Omit<MoveOperation, 'operationId'>,
  work: (clusters: MoveClusters) => Promise<Result>,
): Promise<Result> {
  return onWatchedPair(clustersOf(dependencies, request), work);
}

function clustersOf({ find }: MoveDependencies, { sourceCluster, targetCluster }: Omit<MoveOperation, 'operationId'>) {
  return { source: find(sourceCluster), target: find(targetCluster) };
}

interface Work extends MoveClusters {
  readonly operationId: string;
  readonly token: string;
}

/** The same for work of an operation, with its token. */
function onOperation<Result>(
  dependencies: MoveDependencies,
  request: MoveRef,
  work: (work: Work) => Promise<Result>,
): Promise<Result> {
  return onClusters(dependencies, request, (clusters) => work(workOf(request, clusters)));
}

function workOf(request: MoveRef, clusters: MoveClusters): Work {
  return { ...clusters, operationId: request.operationId, token: tokenOf(request) };
}

function tokenOf({ grant }: Pick<MoveRef, 'grant'>): string {
  return fencingToken(grant, activityInfo().attempt);
}

type Replicating =
  'prepareMove' | 'synchroniseMove' | 'watchPausedMove' | 'startReverse' | 'followReverse' | 'watchServers';

function replicating(dependencies: MoveDependencies): Pick<OwnMoveActivities, Replicating> {
  const reverse = (goal: 'caughtUp' | 'follow') => (request: MoveRef) =>
    translated(request.sourceCluster, () =>
      withHeartbeats({ stage: 'following' }, async (signal, onProgress) => {
        // It watches its servers itself: that one is silent is its result.
        const work = workOf(request, clustersOf(dependencies, request));
        const followed = await followReverse({ ...work, goal, signal, onProgress });
        if (followed.outcome === 'stopped') throwUnlessAskedToStop(signal);
        return followed;
      }),
    );
  return {
    prepareMove: (request) => prepare(dependencies, request),
    synchroniseMove: (request) =>
      translated(request.sourceCluster, () =>
        withHeartbeats({ stage: 'following' }, async (signal, onProgress) => {
          const { goal, throttle, verifiesNext = false } = request;
          const wanted = { direction: 'forward', goal, verifiesNext, throttle } as const;
          const result = await onOperation(dependencies, request, (work) =>
            synchroniseMove({ ...work, ...wanted, signal, onProgress }),
          );
          if (result.outcome === 'stopped') throwUnlessAskedToStop(signal);
          return result;
        }),
      ),
    watchPausedMove: (request) =>
      translated(request.sourceCluster, () =>
        withHeartbeats({ stage: 'paused' }, async (signal) => {
          while (!signal.aborted) {
            const { direction } = request;
            await onOperation(dependencies, request, (work) => checkStreamPosition({ ...work, direction }));
            await sleep(pausedCheckIntervalMs, undefined, { signal }).catch(() => undefined);
          }
          throwUnlessAskedToStop(signal);
        }),
      ),
    startReverse: reverse('caughtUp'),
    followReverse: reverse('follow'),
    watchServers: (request) =>
      translated(request.sourceCluster, () =>
        withHeartbeats({ stage: 'following', detail: 'watching the servers' }, (signal) =>
          probeUntilChanged({ ...clustersOf(dependencies, request), answering: request.answering, signal }),
        ),
      ),
  };
}

async function prepare(dependencies: MoveDependencies, { input, grant }: PrepareRequest): Promise<PreparedMove> {
  const parsed = parseMoveTablesInput(input);
  const { source, target, name } = parsed;
  if (dependencies.router === undefined) throw new SwitchyardError('NO_ROUTER', {});
  return translated(
    source.cluster,
    () =>
      withHeartbeats({ stage: 'preparing' }, async (signal, report) => {
        const where = { sourceCluster: source.cluster, targetCluster: target.cluster };
        const options = {
          ...{ name, sourceDatabase: source.database, targetDatabase: target.database },
          ...(parsed.tables === undefined ? {} : { tables: parsed.tables }),
          ...(parsed.excludeTables === undefined ? {} : { excludeTables: parsed.excludeTables }),
          ...{ operationId: currentOperationId(), token: tokenOf({ grant }), owner: await currentOwner() },
          json: parsed.options?.json ?? 'exact',
          askOwner: dependencies.askOwner,
          removeAbandonedMigration,
          sourceTables: parsed.options?.sourceTables ?? 'rename',
          retainForMs: retainForMs(parsed),
          deferSecondaryIndexes: parsed.options?.deferSecondaryIndexes ?? true,
          onMade: (made: number, of: number) =>
            report({ stage: 'preparing', detail: `${made} of ${of} target tables`, percent: (made / of) * 100 }),
          signal,
        };
        const { plan, retainedTables, warnings } = await onClusters(dependencies, where, (clusters) =>
          prepareMove({ ...clusters, ...options }),
        );
        const terms = moveTerms(
          parsed,
          plan.tables.map((table) => table.source.table),
        );
        const { operationId, sourceTables } = plan;
        return {
          ...{ operationId, source, target, sourceTables, terms, warnings },
          ...{ retainedTables, retainForMs: retainForMs(parsed) },
        };
      }),
    'final',
  );
}

type MovingTraffic = 'attemptSwitch' | 'attemptReverse' | 'resolveSwitch' | 'routeTraffic' | 'probeServers';

function movingTraffic(dependencies: MoveDependencies): Pick<OwnMoveActivities, MovingTraffic> {
  return {
    attemptSwitch: (request) =>
      translated(request.sourceCluster, () =>
        withHeartbeats({ stage: 'switching', detail: `attempt ${request.attempt}` }, (signal) => {
          const { attempt, writes, limits } = request;
          return onOperation(dependencies, request, (work) =>
            switchMove({ ...work, ...limits, attempt, writes, signal }),
          );
        }),
      ),
    attemptReverse: (request) =>
      translated(request.targetCluster, () =>
        withHeartbeats({ stage: 'reversing', detail: `attempt ${request.attempt}` }, (signal) => {
          const { attempt, acceptLoss, limits } = request;
          return onOperation(dependencies, request, (work) =>
            reverseMove({ ...work, ...limits, attempt, acceptLoss, signal }),
          );
        }),
      ),
    resolveSwitch: (request) =>
      translated(request.sourceCluster, () =>
        withHeartbeats({ stage: 'switching', detail: 'finding out what became of the last attempt' }, () => {
          const { attempt, direction, acceptLoss } = request;
          return onOperation(dependencies, request, (work) =>
            resolveSwitch({ ...work, attempt, direction, acceptLoss }),
          );
        }),
      ),
    routeTraffic: (request) =>
      translated(request.targetCluster, () =>
        withHeartbeats({ stage: 'routing' }, async (signal) => {
          const plan = await planOf(dependencies, request);
          await tellRouter(dependencies, plan, request, signal);
        }),
      ),
    probeServers: ({ sides, thorough, ...request }) =>
      withHeartbeats({ stage: 'probing' }, () =>
        probeServers({ ...clustersOf(dependencies, request), sides, thorough }),
      ),
  };
}

function planOf(dependencies: MoveDependencies, request: MoveOperation): Promise<MovePlan> {
  return onClusters(dependencies, request, (clusters) => findMovePlan(clusters, request.operationId));
}

/** A router that has something newer has been told enough. */
async function tellRouter(
  { router }: MoveDependencies,
  { operationId, name, source, target, tables }: MovePlan,
  { version, reads, writes }: RoutedTraffic,
  signal: AbortSignal,
): Promise<void> {
  if (router === undefined) throw new SwitchyardError('NO_ROUTER', {});
  const names = tables.map((table) => table.source.table);
  const move = { operationId, move: name, source, target, tables: names };
  await router.apply(ruleSetOf(move, { version, reads, writes }), signal);
}

type Ending = 'completeMove' | 'forceCompleteMove' | 'finishMove' | 'cleanUpMove';

function ending(dependencies: MoveDependencies): Pick<OwnMoveActivities, Ending> {
  return {
    completeMove: (request) =>
      translated(request.sourceCluster, () =>
        withHeartbeats({ stage: 'completing' }, () =>
          onClusters(dependencies, request, (clusters) => completeMove(clusters, request.operationId)),
        ),
      ),
    forceCompleteMove: (request) =>
      translated(request.targetCluster, () =>
        withHeartbeats({ stage: 'completing', detail: 'without the source' }, async (signal) => {
          const { operationId, components, version } = request;
          const parts = components.filter((part): part is ForcedPart => part !== 'routing');
          const residuals = await onWatchedServer(dependencies.find(request.targetCluster), (target) =>
            forceComplete({ target, operationId, parts }),
          );
          if (!components.includes('routing')) return { components, routed: false, residuals };
          const notRouted = await tryToRoute(dependencies, request, { version, to: 'target' }, signal);
          return { components, residuals, ...(notRouted === null ? { routed: true } : { routed: false, notRouted }) };
        }),
      ),
    finishMove: (request) =>
      translated(request.targetCluster, () =>
        withHeartbeats({ stage: 'closing' }, async () => {
          const { operationId, forced } = request;
          const residuals = await onClusters(dependencies, request, (clusters) =>
            finishMove({ ...clusters, operationId, forced }),
          );
          return { residuals };
        }),
      ),
    cleanUpMove: (request) =>
      translated(request.targetCluster, () =>
        withHeartbeats({ stage: 'cleaningUp' }, async (signal) => {
          const { operationId = currentOperationId(), outcome, skip, version } = request;
          // Before the plan is gone, which names what the rules are about.
          const notRouted = skip.includes('router')
            ? await tryToRoute(dependencies, { ...request, operationId }, { version, to: 'source' }, signal)
            : null;
          const skipped = skip.filter((one) => one !== 'router');
          const residuals = await onClusters(dependencies, request, (clusters) =>
            removeMove({ ...clusters, operationId, state: outcome, skip: skipped }),
          );
          return { residuals: notRouted === null ? residuals : [...residuals, notRouted] };
        }),
      ),
  };
}

/**
 * Tells the router of an end that does not wait for it.
 * @returns null where it was told; else which rules it may not have, why, and what to do.
 */
async function tryToRoute(
  dependencies: MoveDependencies,
  request: MoveOperation,
  { version, to }: { readonly version: number; readonly to: 'source' | 'target' },
  signal: AbortSignal,
): Promise<string | null> {
  const { operationId } = request;
  let what = `the rules of operation ${operationId}`;
  try {
    const plan = await planOf(dependencies, request);
    const { [to]: home, source } = plan;
    const names = plan.tables.map(({ source: { database, table } }) => `${database}.${table}`).join(', ');
    what = `the rules of the move ${plan.name} (operation ${operationId}) for ${names} of cluster ${source.cluster}`;
    what += `, by which reads and writes go to database ${home.database} of cluster ${home.cluster}`;
    await tellRouter(dependencies, plan, { version, reads: to, writes: to }, signal);
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    return `at the router, which was not told (${problem}): version ${version} of ${what}. Correct its rules by hand`;
  }
}
