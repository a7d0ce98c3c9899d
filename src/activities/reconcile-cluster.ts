/** The activity that looks for what operations have left on a cluster, and removes what is nobody's any more. */
import { tableCleanupWorkflowId, tablesCleanupWorkflowId } from '../contract/names.js';
import { readInput } from '../contract/not-built.js';
import { reconcileInputSchema, type ReconcileInput, type ReconcileResult } from '../contract/reconcile.js';
import { retainForMsDefault } from '../limits/shared.js';
import type { Cleanups } from '../mysql/reconcile/judgement.js';
import { reconcile } from '../mysql/reconcile/reconcile.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import { onWatchedServer } from '../mysql/server/session/watched-server.js';
import { withInput } from './operation/activity-table.js';
import { execution, type FindCluster } from './operation/execution.js';
import { askOwner, isWorkflowRunning, startTableCleanup } from './operation/workflows.js';

/** @throws INVALID_INPUT, UNKNOWN_CLUSTER, as failures. */
export function reconcileCluster(
  find: FindCluster,
  clusters: ReadonlyMap<string, ClusterSettings>,
  given: unknown,
): Promise<ReconcileResult> {
  const read = () => parseReconcileInput(given);
  return withInput(
    read,
    ({ cluster }) => cluster,
    { stage: 'cleaningUp' },
    async (input) => {
      const { cluster: name, operationId, dryRun = false, ownerIsGone = false } = input;
      const known = (other: string): ClusterSettings | undefined => clusters.get(other);
      const by = `workflow ${execution().workflowId}`;
      const options = { find: known, askOwner, ownerIsGone, cleanups: cleanupsOn(name), operationId, dryRun, by };
      const residuals = await onWatchedServer(find(name), (cluster) => reconcile({ cluster, ...options }));
      return { cluster: name, dryRun, residuals };
    },
  );
}

function parseReconcileInput(input: unknown): ReconcileInput {
  return readInput(reconcileInputSchema, [], input);
}

/** The clean-ups of retained tables of one cluster. */
function cleanupsOn(cluster: string): Cleanups {
  return {
    isOpen: async ({ database, table }, operationId) =>
      (await isWorkflowRunning(tableCleanupWorkflowId(cluster, database, table))) ||
      isWorkflowRunning(tablesCleanupWorkflowId(cluster, database, operationId)),
    start: ({ operationId, database, retainedTables, retainForMs = retainForMsDefault }) => {
      const [retainedTable = '', ...others] = retainedTables;
      const tables = others.length === 0 ? {} : { tables: retainedTables };
      const completedAt = new Date().toISOString();
      return startTableCleanup({ cluster, database, operationId, retainedTable, ...tables, retainForMs, completedAt });
    },
  };
}
