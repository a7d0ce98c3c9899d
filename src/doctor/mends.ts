/** What is ours to mend, by the same workflows that people start. */
import type { ReconcileInput, ReconcileResult } from '../contract/reconcile.js';
import { reconcileWorkflowId, workflowTypes } from '../contract/names.js';
import { mendWaitMs } from '../limits/doctor.js';
import { withJointSignal } from '../mysql/server/session/joint-signal.js';
import type { ReachedTemporal } from './reached-temporal.js';

/**
 * Lets a worker reconcile what one operation has left. @returns what came of it.
 * @throws where it is not removed, or not yet: then it goes on without us.
 */
export async function reconcileByWorkflow(
  { client }: ReachedTemporal,
  taskQueue: string,
  input: ReconcileInput,
): Promise<string> {
  const workflowId = reconcileWorkflowId(input.cluster);
  const handle = await client.workflow.start<(input: ReconcileInput) => Promise<ReconcileResult>>(
    workflowTypes.reconcile,
    { taskQueue, workflowId, args: [input], staticSummary: `remove what operation ${input.operationId} has left` },
  );
  const message = `workflow ${workflowId} has not ended within ${mendWaitMs / 1_000} s, and goes on: is there a worker?`;
  const { residuals } = await withJointSignal([], { withinMs: mendWaitMs, message }, (signal) =>
    Promise.race([handle.result(), endOf(signal)]),
  );
  const [residual] = residuals;
  if (residual === undefined) return 'It was gone already.';
  if (residual.outcome !== 'removed') throw new Error(residual.why);
  return `Removed: ${residual.parts.join('; ')}.`;
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
