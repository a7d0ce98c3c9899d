/** The activities of a migration: each calls one function of the data plane. No SQL and no decisions here. */
import type { PreparedMigration, SwitchyardActivities } from '../../contract/migration/activities.js';
import type { OperationActivities, PrepareRequest } from '../../contract/operation/activities.js';
import type { OnlineDdlInput } from '../../contract/migration/input.js';
import type { StatementPlan } from '../../domain/statement-plan.js';
import type { SeeWork } from '../../domain/work-seen.js';
import { attemptCutOver } from '../../mysql/migration/attempt-cut-over.js';
import { finishMigration, removeMigration } from '../../mysql/migration/clean-up.js';
import { retainedTableOf } from '../../mysql/migration/own-database.js';
import { planStatements } from '../../mysql/migration/plan/plan-statements.js';
import { prepareMigration } from '../../mysql/migration/prepare-migration.js';
import { resolveCutOver } from '../../mysql/migration/resolve-cut-over.js';
import { synchronise } from '../../mysql/migration/synchronise-migration.js';
import type { ClusterSettings } from '../../mysql/server/session/cluster-settings.js';
import type { Waits } from '../../mysql/server/waits.js';
import { onWatchedServer } from '../../mysql/server/session/watched-server.js';
import { holdPosition } from '../../mysql/table/follow/position.js';
import { firstStages } from '../../mysql/table/synchronise/goal.js';
import { activitiesOf, oneCluster, withInput } from '../operation/activity-table.js';
import { heldToWindow } from '../operation/held-to-window.js';
import { byRight, currentOperationId, execution, type FindCluster } from '../operation/execution.js';
import { unlessWorkerEnded, whilePaused } from '../operation/lasting.js';
import { operationIdOf } from '../operation/operation-id.js';
import type { Places } from '../operation/places.js';
import { retainForMs } from '../operation/parse-input.js';
import { askOwner, currentOwner } from '../operation/workflows.js';
import { migrationTerms, parseOnlineDdlInput } from './parse-input.js';

type MigrationActivities = Omit<SwitchyardActivities, keyof OperationActivities>;
type OfPrepared = Omit<MigrationActivities, 'prepareMigration'>;

/** All activities of migrations over the clusters that `find` knows. */
export function createMigrationActivities(find: FindCluster, places: Places, seeWork?: SeeWork): MigrationActivities {
  return {
    prepareMigration: (request) => prepare(find, request),
    ...activitiesOf<OfPrepared, 'cluster', { readonly cluster: string }, ClusterSettings>(
      {
        synchronise: {
          on: 'cluster',
          stage: ({ goal }) => ({ stage: firstStages[goal] }),
          run: async (request, cluster, { signal, waits, report: onProgress }) => {
            const { goal, verifiesNext = false, throttle, verifyAgain: again } = request;
            const wanted = { goal, verifiesNext, throttle, verifyAgain: again, signal, waits, onProgress };
            const run = () => synchronise({ cluster, ...byRight(request), ...wanted });
            const placed = goal === 'follow' ? run() : places.during([request.cluster], { signal, waits }, run);
            return unlessWorkerEnded(await placed, signal);
          },
        },
        watchPaused: {
          on: 'cluster',
          stage: 'paused',
          run: async (request, cluster, { signal }) => {
            const { operationId, token } = byRight(request);
            await whilePaused(signal, () => holdPosition(cluster, operationId, token));
            return { outcome: 'stopped' };
          },
        },
        attemptCutOver: {
          on: 'cluster',
          stage: ({ attempt }) => ({ stage: 'cuttingOver', detail: `attempt ${attempt}` }),
          run: (request, cluster, { signal, waits }) => {
            const { attempt, cutOver, endsAtMs } = request;
            const wanted = { cluster, ...byRight(request), attempt, lockTimeoutMs: cutOver.lockTimeoutMs, waits };
            return heldToWindow(
              endsAtMs,
              signal,
              (held) => attemptCutOver({ ...wanted, signal: held }),
              (detail) => ({ outcome: 'notSwapped', reason: 'window', detail, blockers: [], blockedMs: 0 }) as const,
            );
          },
        },
        resolveCutOver: {
          on: 'cluster',
          stage: () => ({ stage: 'cuttingOver', detail: 'finding out whether the last attempt swapped' }),
          run: (request, cluster) => resolveCutOver({ cluster, ...byRight(request) }),
        },
        finishMigration: {
          on: 'cluster',
          stage: 'closing',
          run: ({ operationId }, cluster) => finishMigration(cluster, operationId),
        },
        cleanUpMigration: {
          on: 'cluster',
          stage: 'cleaningUp',
          run: async ({ operationId = currentOperationId(), outcome }, cluster) => ({
            leftBehind: await removeMigration(cluster, operationId, outcome),
          }),
        },
      },
      { ...oneCluster(find), see: (where) => seeWork?.({ kind: 'onlineDdl', ...where }) },
    ),
  };
}

function prepare(find: FindCluster, { input, grant }: PrepareRequest): Promise<PreparedMigration> {
  const read = () => parseOnlineDdlInput(input);
  return withInput(
    read,
    ({ cluster }) => cluster,
    { stage: 'preparing', grant },
    async (parsed, { waits }) => {
      const wanted = {
        ...byRight({ operationId: currentOperationId(), grant }),
        ...{ owner: await currentOwner(), askOwner },
        ...{ database: parsed.database, statement: parsed.statement, sqlMode: parsed.options?.sqlMode },
        allowDestructive: parsed.options?.allowDestructive,
      };
      const work = (cluster: ClusterSettings) => prepareMigration({ cluster, ...wanted });
      const planned = parsed.options?.postponeLaunch === true ? await planOf(find, parsed, grant, waits) : undefined;
      const { plan, warnings } = await onWatchedServer(find(parsed.cluster), work, waits);
      return {
        operationId: plan.operationId,
        cluster: parsed.cluster,
        database: plan.source.database,
        table: plan.source.table,
        retainedTable: retainedTableOf(plan),
        retainForMs: retainForMs(parsed),
        ...migrationTerms(parsed),
        warnings,
        ...(planned === undefined ? {} : { plan: planned }),
      };
    },
  );
}

/** As `planDdl` plans it: somebody looks at it before the launch. An operation of its own, which is over before this one begins. */
async function planOf(
  find: FindCluster,
  parsed: OnlineDdlInput,
  grant: number,
  waits: Waits,
): Promise<StatementPlan | undefined> {
  const { cluster: name, database, statement, options } = parsed;
  const { workflowId, runId } = execution();
  const wanted = {
    ...byRight({ operationId: operationIdOf(`${workflowId} plan`, runId), grant }),
    ...{ owner: await currentOwner(), database, statements: [statement], sqlMode: options?.sqlMode },
    terms: { lockTimeoutMs: migrationTerms(parsed).cutOver.lockTimeoutMs, retainForMs: retainForMs(parsed) },
  };
  const [plan] = await onWatchedServer(find(name), (cluster) => planStatements({ cluster, ...wanted }), waits);
  return plan;
}
