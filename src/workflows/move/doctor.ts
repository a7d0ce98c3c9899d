/** What stays behind of a move, and what looks for it on its clusters. */
import { shellQuoted, workflowOptions } from '../../contract/command-line.js';
import type { MoveOperation } from '../../contract/move/activities.js';
import type { MoveTablesDoctor, MoveTablesLook } from '../../contract/move/status.js';
import { reconcileWorkflowId, workflowTypes } from '../../contract/names.js';
import { nextStep } from '../../lifecycle/move/next-step.js';
import { phaseOf } from '../../lifecycle/move/phase.js';
import type { MoveState } from '../../lifecycle/move/state.js';

/** Where the workers of the move are found. */
interface Place {
  readonly namespace: string;
  readonly taskQueue: string;
}

/** @param operation null before the preparation. */
export function moveDoctorOf(operation: MoveOperation | null, state: MoveState, place: Place): MoveTablesDoctor {
  const { residuals, unreachable } = state;
  const clusters = operation === null ? [] : [operation.sourceCluster, operation.targetCluster];
  return {
    version: 1,
    operationId: operation?.operationId ?? null,
    phase: phaseOf(state),
    residuals,
    unreachable,
    looks: clusters.map((cluster) => lookAt(cluster, operation?.operationId ?? '', place)),
    nextStep: nextStep(state).sentence,
  };
}

function lookAt(cluster: string, operationId: string, { namespace, taskQueue }: Place): MoveTablesLook {
  const input = { cluster, operationId, dryRun: true };
  const workflow = workflowOptions({ namespace, workflowId: reconcileWorkflowId(cluster) });
  const [queue, json] = [taskQueue, JSON.stringify(input)].map(shellQuoted);
  const start = `temporal workflow start --type ${workflowTypes.reconcile} --task-queue ${queue} --fail-existing`;
  const command = `${start} ${workflow} --input ${json} && temporal workflow result ${workflow}`;
  return { cluster, input, command };
}
