/** What every activity needs to know of the execution that it belongs to, and how its errors go up. */
import { activityInfo, cancellationDetails } from '@temporalio/activity';
import { toFailure } from './failure.js';
import { operationIdOf } from './operation-id.js';

/** Runs `work`; what it throws becomes a failure. @param cluster is named where the server is the matter. */
export async function translated<Result>(cluster: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toFailure(error, cluster);
  }
}

/** Only for the first run of a workflow, in which alone preparations happen. */
export function currentOperationId(): string {
  const { workflowId, runId } = execution();
  return operationIdOf(workflowId, runId);
}

/** The workflow that has asked for this activity. */
export function execution(): { workflowId: string; runId: string } {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined) throw new TypeError('activities are called by workflows only');
  return workflowExecution;
}

/** A worker that shuts down ends this attempt as failed, so that another worker goes on; the workflow never hears. */
export function throwUnlessAskedToStop(signal: AbortSignal): void {
  if (signal.aborted && cancellationDetails()?.cancelRequested !== true) throw signal.reason;
}
