/** The activity that looks for what operations have left on a cluster, and removes what is nobody's any more. */
import { decodePayload } from '../contract/decode.js';
import { tableCleanupWorkflowId } from '../contract/names.js';
import { reconcileInputSchema, type ReconcileResult } from '../contract/reconcile.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { retainForMsDefault } from '../limits/limits.js';
import type { Cleanups } from '../mysql/reconcile/judgement.js';
import { reconcile } from '../mysql/reconcile/reconcile.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import { execution, onCluster, type FindCluster } from './operation/execution.js';
import { toFailure } from './operation/failure.js';
import { withHeartbeats } from './operation/heartbeats.js';
import { askOwner, isWorkflowRunning, startTableCleanup } from './operation/workflows.js';

/** @throws INVALID_INPUT, UNKNOWN_CLUSTER, as failures. */
export async function reconcileCluster(
  find: FindCluster,
  clusters: ReadonlyMap<string, ClusterSettings>,
  input: unknown,
): Promise<ReconcileResult> {
  const decoded = decodePayload(reconcileInputSchema, input);
  if (!decoded.fits) throw toFailure(new SwitchyardError('INVALID_INPUT', { problem: decoded.problem }), '');
  const { cluster, operationId, dryRun = false, ownerIsGone = false } = decoded.value;
  return onCluster(
    find,
    cluster,
    (watched) =>
      withHeartbeats({ stage: 'cleaningUp' }, async () => {
        const known = (name: string): ClusterSettings | undefined => clusters.get(name);
        const cleanups = cleanupsOn(cluster);
        const residuals = await reconcile({
          ...{ cluster: watched, find: known, askOwner, ownerIsGone, cleanups, operationId, dryRun },
          by: `workflow ${execution().workflowId}`,
        });
        return { cluster, dryRun, residuals };
      }),
    'final',
  );
}

/** The clean-ups of retained tables of one cluster. */
function cleanupsOn(cluster: string): Cleanups {
  return {
    isOpen: ({ database, table }) => isWorkflowRunning(tableCleanupWorkflowId(cluster, database, table)),
    start: ({ operationId, database, retainedTable, retainForMs = retainForMsDefault }) => {
      const completedAt = new Date().toISOString();
      return startTableCleanup({ cluster, database, operationId, retainedTable, retainForMs, completedAt });
    },
  };
}
