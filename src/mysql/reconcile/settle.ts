/** Removes what was judged to be nobody's any more. Everything here can be repeated. */
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { tableExists } from '../server/introspect/load-table.js';
import { completeMove } from '../move/complete-move.js';
import { closeMoveOn, finishMove } from '../move/finish-move.js';
import type { MovePlan } from '../move/move-plan.js';
import { removeFrom, removeMove } from '../move/remove-move.js';
import { ownName } from '../../schema/names.js';
import type { TableName } from '../../schema/table-model.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import type { Session } from '../server/session/session.js';
import { removeAbandonedMigration, removeShadow } from '../migration/clean-up.js';
import { dropOwnDatabase } from '../server/sidecar/table-database.js';
import { closeOperation, forgetTable, listOwned } from '../server/sidecar/operations.js';
import type { Judgement, ReconcileOptions } from './judgement.js';

/** @param session on the cluster. @throws the driver's errors, what waits for a person. */
export async function settle(
  session: Session,
  operationId: string,
  judgement: Judgement,
  options: ReconcileOptions,
): Promise<void> {
  await remove(session, operationId, judgement, options);
  await forgetGone(session, operationId);
}

async function remove(
  session: Session,
  operationId: string,
  judgement: Judgement,
  options: ReconcileOptions,
): Promise<void> {
  switch (judgement.action) {
    case 'removeMigration':
      await removeAbandonedMigration(session, operationId);
      // Its workflow was gone before it could start the clean-up of a table that it had swapped.
      await startCleanups(session, operationId, options);
      break;
    case 'removeRemains':
      await takeAdvisoryLockForSure(session, operationId);
      await removeShadow(session, operationId);
      await closeOperation(session, operationId, 'abandoned');
      break;
    case 'removeMoveHere':
      await removeFrom(session, operationId, 'abandoned');
      break;
    case 'closeTarget':
      await closeMoveOn(session, operationId, 'target');
      break;
    case 'removeMove': {
      const { plan, skip } = judgement;
      await removeMove({ ...clustersOf(plan, options), operationId, state: 'abandoned', skip });
      break;
    }
    case 'finishMove':
      await finish(judgement.plan, options);
      break;
    default:
  }
}

async function finish(plan: MovePlan, options: ReconcileOptions): Promise<void> {
  const { operationId } = plan;
  const clusters = clustersOf(plan, options);
  await completeMove(clusters, operationId, (tables, { retainForMs }) =>
    startCleanup({ operationId, tables, retainForMs }, options),
  );
  await finishMove({ ...clusters, operationId, forced: false });
}

function clustersOf(
  { source, target }: MovePlan,
  { cluster, find }: ReconcileOptions,
): { source: ClusterSettings; target: ClusterSettings } {
  const side = (name: string): ClusterSettings => (name === cluster.name ? cluster : (find(name) ?? cluster));
  return { source: side(source.cluster), target: side(target.cluster) };
}

async function startCleanups(session: Session, operationId: string, options: ReconcileOptions): Promise<void> {
  const tables: TableName[] = [];
  for (const owned of await listOwned(session, operationId)) {
    const { role, database, table } = owned;
    if (role !== 'retained' || !(await tableExists(session, owned))) continue;
    tables.push({ database, table: ownName(owned) ?? table });
  }
  await startCleanup({ operationId, tables }, options);
}

/** One for all tables of a database, as the operation itself would have started it. */
async function startCleanup(
  { tables, ...common }: { operationId: string; tables: readonly TableName[]; retainForMs?: number },
  { cleanups }: ReconcileOptions,
): Promise<void> {
  for (const database of new Set(tables.map((table) => table.database))) {
    const retainedTables = tables.filter((table) => table.database === database).map(({ table }) => table);
    await cleanups.start({ ...common, database, retainedTables });
  }
}

/** Records of tables that somebody has dropped. */
async function forgetGone(session: Session, operationId: string): Promise<void> {
  for (const owned of await listOwned(session, operationId)) {
    if (await tableExists(session, owned)) continue;
    await dropOwnDatabase(session, owned);
    await forgetTable(session, operationId, owned);
  }
}
