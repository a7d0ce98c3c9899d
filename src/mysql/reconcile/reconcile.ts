/**
 * Finds what operations have left on a cluster, for instance on one that was gone when they ended, and removes what is
 * certainly nobody's any more (design 6.6, P4).
 */
import { completeMove } from '../move/complete-move.js';
import type { MovePlan } from '../move/move-plan.js';
import { finishMove } from '../move/finish-move.js';
import { removeMove } from '../move/remove-move.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { removeOperation } from '../shadow/clean-up.js';
import { listOwned, openOperations, type OperationKind } from '../sidecar/operations.js';
import { hasStream } from '../sidecar/progress.js';
import { sidecarExists } from '../sidecar/schema.js';
import { listFences } from '../traffic/fence.js';
import { judge, type Judgement, type ReconcileOptions } from './judge.js';

/** What one operation has left on the cluster. */
export interface Residual {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly workflowId: string;
  /** What of it is there, one part each. */
  readonly parts: readonly string[];
  /** `removable`: what a dry run tells of what would be removed. */
  readonly outcome: 'removed' | 'removable' | 'refused' | 'inUse';
  readonly why: string;
}

/** @throws the driver's errors, what `isOpen` throws. */
export function reconcile(options: ReconcileOptions & { readonly dryRun: boolean }): Promise<readonly Residual[]> {
  return withSession(options.cluster, controlVariables, async (session) => {
    if (!(await sidecarExists(session))) return [];
    const residuals: Residual[] = [];
    for (const operation of await openOperations(session)) {
      const { operationId, kind, workflowId } = operation;
      const parts = await partsOf(session, operationId);
      const judgement = await judge(session, operation, options);
      const outcome = await settle(session, operationId, judgement, options);
      residuals.push({ operationId, kind, workflowId, parts, outcome, why: judgement.why });
    }
    return residuals;
  });
}

async function partsOf(session: Session, operationId: string): Promise<readonly string[]> {
  const locks = await session.rows<{ name: string }>(
    `SELECT CONCAT(database_name, '.', table_name) AS name FROM _switchyard.table_locks WHERE operation_id = ?`,
    [operationId],
  );
  const owned = await listOwned(session, operationId);
  const fences = await listFences(session, operationId);
  return [
    ...(locks.length > 0 ? [`locks of ${locks.map(({ name }) => name).join(', ')}`] : []),
    ...((await hasStream(session, operationId)) ? ['a stream'] : []),
    ...owned.map(({ role, database, table }) => `${role} table ${database}.${table}`),
    ...fences.map(({ name, database, table }) => `fence ${name} on ${database}.${table}`),
  ];
}

async function settle(
  session: Session,
  operationId: string,
  judgement: Judgement,
  { cluster, find, dryRun }: ReconcileOptions & { readonly dryRun: boolean },
): Promise<Residual['outcome']> {
  if (judgement.action === 'inUse') return 'inUse';
  if (judgement.action === 'refuse') return 'refused';
  if (dryRun) return 'removable';
  if (judgement.action === 'removeMigration') {
    await removeOperation(session, operationId, 'abandoned');
    return 'removed';
  }
  const { plan } = judgement;
  const side = ({ cluster: name }: MovePlan['source']): ClusterSettings =>
    name === cluster.name ? cluster : (find(name) ?? cluster);
  const clusters = { source: side(plan.source), target: side(plan.target) };
  if (judgement.action === 'removeMove') {
    await removeMove({ ...clusters, operationId, state: 'abandoned', skip: judgement.skip });
  } else {
    await completeMove(clusters, operationId);
    await finishMove({ ...clusters, operationId, forced: false });
  }
  return 'removed';
}
