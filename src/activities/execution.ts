/** What every activity needs to know of the execution that it belongs to, and how its errors go up. */
import { activityInfo, cancellationDetails } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ClusterSettings } from '../mysql/session/cluster-settings.js';
import { onWatchedServer } from '../mysql/session/watched-server.js';
import { toFailure } from './failure.js';
import { operationIdOf } from './operation-id.js';

/** Runs `work`; what it throws becomes a failure. @param cluster is named where a server is the matter and the error does not tell which. */
export async function translated<Result>(cluster: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failure = toFailure(error, cluster);
    // What would be tried again is no failure of work that is to stop: it is not tried again then.
    if (isAskedToStop() && isRetryable(failure)) throw new CancelledFailure(failure.message);
    throw failure;
  }
}

/** A configured cluster by its name. @throws UNKNOWN_CLUSTER. */
export type FindCluster = (name: string) => ClusterSettings;

/** Runs `work` while the server of one cluster answers; what it throws becomes a failure. */
export function onCluster<Result>(
  find: FindCluster,
  name: string,
  work: (cluster: ClusterSettings) => Promise<Result>,
): Promise<Result> {
  return translated(name, () => onWatchedServer(find(name), work));
}

function isRetryable(failure: Error): boolean {
  return failure instanceof ApplicationFailure && failure.nonRetryable !== true;
}

/** By the workflow, not because the worker shuts down. */
function isAskedToStop(): boolean {
  return cancellationDetails()?.cancelRequested === true;
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
  if (signal.aborted && !isAskedToStop()) throw signal.reason;
}
