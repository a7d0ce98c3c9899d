/**
 * A Temporal Schedule that starts an operation by itself: each night a look at a cluster for what operations have left
 * there, which only tells (`dryRun`). A schema change is scheduled in the same way, with its type and its input.
 */
import type { Client, ScheduleHandle } from '@temporalio/client';
import { reconcileWorkflowId, taskQueueDefault, workflowTypes, type ReconcileInput } from 'switchyard/contract';

export function lookEachNight(client: Client, cluster: string, taskQueue = taskQueueDefault): Promise<ScheduleHandle> {
  const input: ReconcileInput = { cluster, dryRun: true };
  return client.schedule.create({
    scheduleId: `nightly-${reconcileWorkflowId(cluster)}`,
    spec: { calendars: [{ hour: 3, minute: 30 }], timezone: 'Europe/Berlin' },
    // Never two at once: what is late is left out.
    policies: { overlap: 'SKIP', catchupWindow: '1h' },
    action: {
      type: 'startWorkflow',
      workflowType: workflowTypes.reconcile,
      workflowId: reconcileWorkflowId(cluster),
      taskQueue,
      args: [input],
    },
  });
}
