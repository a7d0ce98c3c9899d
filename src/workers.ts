/** The Temporal workers of one process: one for each kind of work, over one connection. */
import { GracefulShutdownPeriodExpiredError, Worker, type WorkerOptions } from '@temporalio/worker';
import { queueOf, type WorkKind, type WorkPlaces } from './domain/work-kinds.js';
import {
  heartbeatThrottleMs,
  waitingForClusterShare,
  workerCachedWorkflowsMax,
  workerForceAfterGraceMs,
  workerStickyTimeoutMs,
} from './limits/worker.js';

/** What a process takes upon itself. */
export interface WorkerKinds {
  readonly serves: readonly WorkKind[];
  /** How many activities of a kind run at once. */
  readonly slots: Readonly<Record<WorkKind, number>> & {
    /** Of those of `work` on one cluster; absent: all. */
    readonly workPerCluster?: number | undefined;
  };
  /** How long what runs may go on when the process is asked to end. */
  readonly shutdownGraceMs: number;
}

/** How much work the activities of the process do at once; undefined: as much as they get. */
export function placesOf({ slots }: WorkerKinds): WorkPlaces | undefined {
  const { work: inAll, workPerCluster: perCluster } = slots;
  return perCluster === undefined ? undefined : { inAll, perCluster };
}

/** What waits for its cluster has a slot, too, and must not keep others waiting. */
function slotsOf(kind: WorkKind, { slots }: WorkerKinds): number {
  const isLimited = kind === 'work' && slots.workPerCluster !== undefined;
  return isLimited ? slots.work * waitingForClusterShare : slots[kind];
}

/** What is the same for all workers of a process; the bundle is for the one that takes workflow tasks. */
type SharedOptions = Pick<WorkerOptions, 'connection' | 'namespace' | 'identity' | 'activities' | 'workflowBundle'> & {
  readonly taskQueue: string;
};

/** @param changed options of all of them that are to be otherwise. @throws the SDK's errors. */
export async function createWorkers(
  { taskQueue, workflowBundle, ...shared }: SharedOptions,
  kinds: WorkerKinds,
  changed: Partial<WorkerOptions> = {},
): Promise<readonly Worker[]> {
  const ofKind = (kind: WorkKind): WorkerOptions => ({
    ...shared,
    taskQueue: queueOf(taskQueue, kind),
    maxConcurrentActivityTaskExecutions: slotsOf(kind, kinds),
    shutdownGraceTime: kinds.shutdownGraceMs,
    shutdownForceTime: kinds.shutdownGraceMs + workerForceAfterGraceMs,
    maxHeartbeatThrottleInterval: heartbeatThrottleMs[kind],
    defaultHeartbeatThrottleInterval: heartbeatThrottleMs[kind],
    ...(kind === 'control' ? decides : {}),
    ...changed,
  });
  const decides: Partial<WorkerOptions> = {
    ...(workflowBundle === undefined ? {} : { workflowBundle }),
    maxCachedWorkflows: workerCachedWorkflowsMax,
    stickyQueueScheduleToStartTimeout: workerStickyTimeoutMs,
  };
  return Promise.all([...new Set(kinds.serves)].map((kind) => Worker.create(ofKind(kind))));
}

/**
 * Runs them until the process is asked to stop; when one ends for whatever reason, the others end, too.
 * @returns whether everything that ran has ended within the time for it. @throws the SDK's errors.
 */
export async function runWorkers(workers: readonly Worker[]): Promise<boolean> {
  const stopOthers = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(stopOthers)));
  const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  const failed = errors.find((error) => !(error instanceof GracefulShutdownPeriodExpiredError));
  if (failed !== undefined) throw failed;
  return errors.length === 0;
}
