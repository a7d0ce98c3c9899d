/** What every activity needs to know of the execution that it belongs to, and how its errors go up. */
import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { workerCheckpointMs } from '../../limits/shared.js';
import type { ClusterSettings } from '../../mysql/server/session/cluster-settings.js';
import { fencingToken } from '../../mysql/server/sidecar/epoch.js';
import { toFailure } from './failure.js';
import { operationIdOf } from './operation-id.js';

/**
 * `final`: nothing is made yet, and somebody waits for the answer to a mistake. `repeated`: what is prepared does not
 * hang on what one worker knows, so that it is tried again until a worker that knows better takes it.
 */
export type WorkerFacts = 'final' | 'repeated';

/** Runs `work`; what it throws becomes a failure. @param cluster is named where a server is the matter and the error does not tell which. */
export async function translated<Result>(
  cluster: string,
  work: () => Promise<Result>,
  workerFacts: WorkerFacts = 'repeated',
): Promise<Result> {
  try {
    return await unlessWorkerEnds(work);
  } catch (error) {
    const failure = toFailure(error, cluster, workerFacts === 'repeated');
    // What would be tried again is no failure of work that is to stop: it is not tried again then.
    if (isAskedToStop() && isRetryable(failure)) throw new CancelledFailure(failure.message);
    throw failure;
  }
}

/** @throws what the work throws; the reason of Temporal's signal where the worker ends and the work does not. */
async function unlessWorkerEnds<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const signal = context.cancellationSignal;
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const left = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      // Nobody's activity is current where the signal is handled.
      if (!isAskedToStop(context)) timer = setTimeout(() => reject(signal.reason as Error), workerCheckpointMs);
    };
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work(), left]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** A configured cluster by its name. @throws UNKNOWN_CLUSTER. */
export type FindCluster = (name: string) => ClusterSettings;

function isRetryable(failure: Error): boolean {
  return failure instanceof ApplicationFailure && failure.nonRetryable !== true;
}

/** By the workflow, not because the worker shuts down. */
function isAskedToStop(context = Context.current()): boolean {
  return context.cancellationDetails?.cancelRequested === true;
}

/** Only for the first run of a workflow, in which alone preparations happen. */
export function currentOperationId(): string {
  const { workflowId, runId } = execution();
  return operationIdOf(workflowId, runId);
}

/** By which right this attempt works on its operation: with the fencing token that is its own. */
export function byRight({ operationId, grant }: { readonly operationId: string; readonly grant: number }): {
  readonly operationId: string;
  readonly token: string;
} {
  return { operationId, token: fencingToken(grant, activityInfo().attempt) };
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
