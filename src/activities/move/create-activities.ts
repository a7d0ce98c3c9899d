/** The activities of a move: each calls one function of the data plane. No SQL and no decisions here. */
import type { MoveActivities, MoveOperation, PreparedMove } from '../../contract/move/activities.js';
import type { OperationActivities, PrepareRequest } from '../../contract/operation/activities.js';
import type { SeeWork } from '../../domain/work-seen.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { holdStreamPosition } from '../../mysql/move/check-position.js';
import { cleanUpMove } from '../../mysql/move/clean-up-move.js';
import { completeMove } from '../../mysql/move/complete-move.js';
import { finishMove } from '../../mysql/move/finish-move.js';
import { followReverse } from '../../mysql/move/follow-reverse.js';
import { forceCompleteMove } from '../../mysql/move/force-complete.js';
import type { MoveClusters } from '../../mysql/move/move-plan.js';
import { prepareMove } from '../../mysql/move/prepare-move.js';
import { probeServers } from '../../mysql/move/probe-servers.js';
import { probeUntilChanged } from '../../mysql/move/probe-until-changed.js';
import { resolveSwitch } from '../../mysql/move/resolve-switch.js';
import { routeMove } from '../../mysql/move/route-move.js';
import { reverseMove, switchMove } from '../../mysql/move/switch-move.js';
import { synchroniseMove } from '../../mysql/move/synchronise-move.js';
import { onWatchedPair } from '../../mysql/move/watched-pair.js';
import { firstStages } from '../../mysql/table/synchronise/goal.js';
import type { Router } from '../../router/port.js';
import { routeBy } from '../../router/route-by.js';
import { activitiesOf, withInput, type Servers, type Table } from '../operation/activity-table.js';
import { byRight, currentOperationId, type FindCluster } from '../operation/execution.js';
import { freeingTables } from '../operation/free-tables.js';
import { unlessWorkerEnded, whilePaused } from '../operation/lasting.js';
import type { Places } from '../operation/places.js';
import { currentOwner } from '../operation/workflows.js';
import { heldToWindow } from '../operation/held-to-window.js';
import { moveTerms, parseMoveTablesInput, preparation } from './parse-input.js';

/**
 * On both servers, which are watched; trouble is put down to the source, or to the target, where an error does not tell.
 * `unwatched`: the work watches them itself, as that one is silent is its result, or is done now and then only.
 */
type On = 'source' | 'target' | 'unwatched';
type Where = Omit<MoveOperation, 'operationId'>;
type InTable = Omit<MoveActivities, keyof OperationActivities | 'prepareMove'>;
type OnClusters<Names extends keyof MoveActivities> = Table<Pick<MoveActivities, Names>, On, Where, MoveClusters>;

/** All activities of moves. @param router absent where the configuration names none: moves are refused then. */
export function createMoveActivities(
  find: FindCluster,
  places: Places,
  router: Router | undefined,
  seeWork?: SeeWork,
): Omit<MoveActivities, keyof OperationActivities> {
  const rows: Table<InTable, On, Where, MoveClusters> = {
    ...replicating(places),
    ...movingTraffic(router),
    ...ending(router),
  };
  return {
    ...activitiesOf<InTable, On, Where, MoveClusters>(rows, {
      ...bothClusters(find),
      see: ({ sourceCluster: cluster }) => seeWork?.({ kind: 'moveTables', cluster }),
    }),
    prepareMove: (request) => prepare(find, router, request),
  };
}

function bothClusters(find: FindCluster): Servers<On, Where, MoveClusters> {
  return {
    named: (on, { sourceCluster, targetCluster }) => (on === 'target' ? targetCluster : sourceCluster),
    use: (on, { sourceCluster, targetCluster }, work, waits) => {
      const clusters = { source: find(sourceCluster), target: find(targetCluster) };
      return on === 'unwatched' ? work(clusters) : onWatchedPair(clusters, work, waits);
    },
  };
}

type Replicating = 'synchroniseMove' | 'watchPausedMove' | 'startReverse' | 'followReverse' | 'watchServers';

const followingReverse = (goal: 'caughtUp' | 'follow'): OnClusters<'followReverse'>['followReverse'] => ({
  on: 'unwatched',
  stage: 'following',
  run: async (request, clusters, { signal, waits, report: onProgress }) => {
    const { throttle, verifyAgain } = request;
    const wanted = { goal, throttle, verifyAgain, signal, waits, onProgress };
    return unlessWorkerEnded(await followReverse({ ...clusters, ...byRight(request), ...wanted }), signal);
  },
});

const replicating = (places: Places): OnClusters<Replicating> => ({
  synchroniseMove: {
    on: 'source',
    stage: ({ goal }) => ({ stage: firstStages[goal] }),
    run: async (request, clusters, { signal, waits, report: onProgress }) => {
      const { goal, throttle, verifyAgain, verifiesNext = false } = request;
      const given = { direction: 'forward', goal, verifiesNext, throttle, verifyAgain } as const;
      const wanted = { ...given, signal, waits, onProgress };
      const run = () => synchroniseMove({ ...clusters, ...byRight(request), ...wanted });
      const names = [request.sourceCluster, request.targetCluster];
      const placed = goal === 'follow' ? run() : places.during(names, { signal, waits }, run);
      return unlessWorkerEnded(await placed, signal);
    },
  },
  watchPausedMove: {
    on: 'unwatched',
    stage: 'paused',
    run: (request, clusters, { signal }) => {
      const wanted = { ...byRight(request), direction: request.direction };
      return whilePaused(signal, () =>
        onWatchedPair(clusters, (watched) => holdStreamPosition({ ...watched, ...wanted })),
      );
    },
  },
  startReverse: followingReverse('caughtUp'),
  followReverse: followingReverse('follow'),
  watchServers: {
    on: 'unwatched',
    stage: () => ({ stage: 'following', detail: 'watching the servers' }),
    run: ({ answering }, clusters, { signal }) => probeUntilChanged({ ...clusters, answering, signal }),
  },
});

type MovingTraffic = 'attemptSwitch' | 'attemptReverse' | 'resolveSwitch' | 'routeTraffic' | 'probeServers';

const movingTraffic = (router: Router | undefined): OnClusters<MovingTraffic> => ({
  attemptSwitch: {
    on: 'source',
    stage: ({ attempt }) => ({ stage: 'switching', detail: `attempt ${attempt}` }),
    run: (request, clusters, { signal, waits }) => {
      const { attempt, writes, limits, endsAtMs } = request;
      const wanted = { ...clusters, ...byRight(request), ...limits, attempt, writes, waits };
      return heldToWindow(
        endsAtMs,
        signal,
        (held) => switchMove({ ...wanted, signal: held }),
        (detail) => ({ outcome: 'notSwitched', reason: 'window', detail, blockers: [] }) as const,
      );
    },
  },
  attemptReverse: {
    on: 'target',
    stage: ({ attempt }) => ({ stage: 'reversing', detail: `attempt ${attempt}` }),
    run: (request, clusters, { signal, waits }) => {
      const { attempt, acceptLoss, limits } = request;
      return reverseMove({ ...clusters, ...byRight(request), ...limits, attempt, acceptLoss, signal, waits });
    },
  },
  resolveSwitch: {
    on: 'source',
    stage: () => ({ stage: 'switching', detail: 'finding out what became of the last attempt' }),
    run: (request, clusters) => {
      const { attempt, direction, acceptLoss, sourceGivenUp = false } = request;
      const givenUp = acceptLoss ? 'target' : sourceGivenUp ? 'source' : null;
      return resolveSwitch({ ...clusters, ...byRight(request), attempt, direction, givenUp });
    },
  },
  routeTraffic: {
    on: 'target',
    stage: 'routing',
    run: ({ operationId, version, reads, writes }, clusters, { signal }) =>
      routeMove({ ...clusters, operationId, route: routeBy(router), signal }, { version, reads, writes }),
  },
  probeServers: {
    on: 'unwatched',
    stage: 'probing',
    run: ({ sides, thorough }, clusters) => probeServers({ ...clusters, sides, thorough }),
  },
});

type Ending = 'completeMove' | 'forceCompleteMove' | 'finishMove' | 'cleanUpMove';

const ending = (router: Router | undefined): OnClusters<Ending> => ({
  completeMove: {
    on: 'source',
    stage: 'completing',
    run: ({ operationId }, clusters) => completeMove(clusters, operationId),
  },
  forceCompleteMove: {
    on: 'target',
    stage: () => ({ stage: 'completing', detail: 'without the source' }),
    run: ({ operationId, components, version }, clusters, { signal }) =>
      forceCompleteMove({ ...clusters, operationId, route: routeBy(router), signal }, { components, version }),
  },
  finishMove: {
    on: 'target',
    stage: 'closing',
    run: ({ operationId, forced }, clusters) => finishMove({ ...clusters, operationId, forced }),
  },
  cleanUpMove: {
    on: 'target',
    stage: 'cleaningUp',
    run: async ({ operationId = currentOperationId(), outcome, skip, version }, clusters, { signal }) => {
      const move = { ...clusters, operationId, route: routeBy(router), signal };
      return cleanUpMove(move, { state: outcome, skip, version });
    },
  },
});

function prepare(
  find: FindCluster,
  router: Router | undefined,
  { input, grant }: PrepareRequest,
): Promise<PreparedMove> {
  const read = () => parseMoveTablesInput(input);
  return withInput(
    read,
    ({ source }) => source.cluster,
    { stage: 'preparing', grant },
    async (parsed, { signal, waits, report }) => {
      if (router === undefined) throw new SwitchyardError('NO_ROUTER', {});
      const { source, target } = parsed;
      const { retainForMs, ...wanted } = preparation(parsed);
      const options = {
        ...wanted,
        ...{ ...byRight({ operationId: currentOperationId(), grant }), owner: await currentOwner() },
        ...{ ...freeingTables, retainForMs, signal },
        onMade: (made: number, of: number) =>
          report({ stage: 'preparing', detail: `${made} of ${of} target tables`, percent: (made / of) * 100 }),
      };
      const clusters = { source: find(source.cluster), target: find(target.cluster) };
      const prepared = await onWatchedPair(clusters, (watched) => prepareMove({ ...watched, ...options }), waits);
      const { operationId, sourceTables, tables } = prepared.plan;
      const terms = moveTerms(
        parsed,
        tables.map((table) => table.source.table),
      );
      const { retainedTables, warnings } = prepared;
      return { operationId, source, target, sourceTables, terms, warnings, retainedTables, retainForMs };
    },
  );
}
