/** What activities ask Temporal about other workflows, and those that they start. */
import type { Called } from '../../domain/routing.js';
import { activityInfo, getClient } from '@temporalio/activity';
import { tellRouterWorkflowId, workflowTypes } from '../../contract/names.js';
import type { TableCleanupInput } from '../../contract/retained-table.js';
import type { TellRouterInput } from '../../contract/tell-router.js';
import { tellRouterGraceMs } from '../../limits/activities.js';
import type { Owner, OwnerState } from '../../mysql/server/sidecar/operations.js';
import type { CallActivity } from '../../router/activity-driver.js';
import { execution } from './execution.js';
import { isWorkflowOpen, ownerStateIn, startTableCleanupOn, temporalPlace, type AskedTemporal } from './owners.js';

/** What became of the workflow that an operation belongs to, over continue-as-new too. */
export function askOwner(owner: Owner): Promise<OwnerState> {
  return ownerStateIn(asked(), owner);
}

/** Whether a workflow of this id is open, whichever run it is. */
export function isWorkflowRunning(workflowId: string): Promise<boolean> {
  return isWorkflowOpen(asked().client, workflowId);
}

/** The workflow that has asked for this activity, as records name it. */
export async function currentOwner(): Promise<Owner> {
  return { ...execution(), ...(await temporalPlace(asked())) };
}

function asked(): AskedTemporal {
  return { client: getClient(), namespace: activityInfo().namespace };
}

/** Starts the clean-up of tables that an activity has retained, unless it is open already. */
export function startTableCleanup(input: TableCleanupInput): Promise<void> {
  return startTableCleanupOn(getClient(), activityInfo().taskQueue, input);
}

/** Calls an activity of the user's own by a workflow; who repeats a call that still runs waits for that one. */
export const callRouterActivity: CallActivity = async (settings, ruleSet, signal) => {
  const { taskQueue, activityType, timeoutMs } = settings;
  const { operationId, move, version, rules } = ruleSet;
  const input: TellRouterInput = {
    ...{ taskQueue, activityType, timeoutMs },
    ruleSet: { operationId, move, version, rules: rules.map((rule) => ({ ...rule })) },
  };
  const handle = await getClient().workflow.start<(input: TellRouterInput) => Promise<Called>>(
    workflowTypes.tellRouter,
    {
      taskQueue: activityInfo().taskQueue,
      workflowId: tellRouterWorkflowId(operationId, version),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowExecutionTimeout: timeoutMs + tellRouterGraceMs,
      args: [input],
      staticSummary: `tell version ${version} of the rules of ${move}`,
    },
  );
  const result = handle.result();
  if (signal === undefined) return result;
  return Promise.race([result, rejectedBy(signal)]);
};

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
