/** What stays behind of a move, and what looks for it on its clusters. */
import type { MoveOperation } from '../../contract/move-activities.js';
import type { MoveTablesDoctor, MoveTablesLook } from '../../contract/move-status.js';
import { reconcileWorkflowId, workflowTypes } from '../../contract/names.js';
import { nextMoveStep } from '../../lifecycle/move/next-step.js';
import { movePhaseOf } from '../../lifecycle/move/phase.js';
import type { MoveState } from '../../lifecycle/move/state.js';

/** @param operation null before the preparation. @param taskQueue that the workers poll. */
export function moveDoctorOf(operation: MoveOperation | null, state: MoveState, taskQueue: string): MoveTablesDoctor {
  const { residuals, unreachable } = state;
  const clusters = operation === null ? [] : [operation.sourceCluster, operation.targetCluster];
  return {
    version: 1,
    operationId: operation?.operationId ?? null,
    phase: movePhaseOf(state),
    residuals,
    unreachable,
    looks: clusters.map((cluster) => lookAt(cluster, operation?.operationId ?? '', taskQueue)),
    nextStep: nextMoveStep(state).sentence,
  };
}

function lookAt(cluster: string, operationId: string, taskQueue: string): MoveTablesLook {
  const input = { cluster, operationId, dryRun: true };
  const [workflowId, queue, json] = [reconcileWorkflowId(cluster), taskQueue, JSON.stringify(input)].map(quoted);
  const start = `temporal workflow start --type ${workflowTypes.reconcile} --task-queue ${queue} --fail-existing`;
  const command = `${start} --workflow-id ${workflowId} --input ${json} && temporal workflow result --workflow-id ${workflowId}`;
  return { cluster, input, command };
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
