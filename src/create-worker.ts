/** The composition root: configuration -> activities -> Temporal workers. The only file that knows everything. */
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import { createActivities, type ActivityDependencies } from './activities/create-activities.js';
import { watchSearchAttributes } from './notify/search-attributes.js';
import { watchApiKey } from './temporal/api-key.js';
import { connectToTemporal } from './temporal/connect.js';
import { toStderr, type Report } from './temporal/report.js';
import { watchTemporal } from './temporal/watch.js';
import { workerDeployment } from './worker-deployment.js';
import { createWorkers, placesOf, runWorkers, type WorkerKinds } from './workers.js';

/**
 * All workflows in one file, with the payload converter that they need, for the option of this name of the SDK's workers.
 * Prebuilt (scripts/bundle-workflows.mjs): a worker starts in a tenth of the time and with half of the memory.
 */
export const workflowBundle = { codePath: fileURLToPath(new URL('./workflows.bundle.js', import.meta.url)) };

/** What of Temporal's own options a program may add that makes its worker by itself. */
export type WorkerHooks = Pick<WorkerOptions, 'interceptors' | 'plugins' | 'dataConverter' | 'sinks'>;

export interface WorkerSettings extends Omit<ActivityDependencies, 'places'> {
  readonly taskQueue: string;
  readonly worker: WorkerKinds;
  readonly hooks?: WorkerHooks;
  /** For what the process says of itself; standard error where it is absent. */
  readonly report?: Report;
  /** In place of those over the clusters, for workers without a database. */
  readonly activities?: object;
}

export interface RunnableWorker {
  /** Polls until the process is asked to stop, then ends what runs at a checkpoint; bounded. @throws the SDK's errors. */
  run(): Promise<void>;
}

/** A worker for these clusters, connected as the Temporal CLI would be (its environment variables and file). */
export async function createWorker({
  taskQueue,
  worker,
  hooks,
  activities,
  report = toStderr,
  ...dependencies
}: WorkerSettings): Promise<RunnableWorker> {
  const temporal = await connectToTemporal(process.env, report);
  const { connection, namespace } = temporal;
  const shared = {
    connection,
    namespace,
    taskQueue,
    identity: `switchyard ${process.pid}@${hostname()}`,
    workflowBundle,
    activities:
      activities ??
      createActivities({
        ...dependencies,
        places: placesOf(worker),
        // Operations go on without them.
        searchAttributes: watchSearchAttributes(connection.operatorService, namespace, (problem) =>
          report(`search attributes are not used, since Temporal does not tell which there are: ${problem}`),
        ),
      }),
  };
  const workers = await createWorkers(shared, worker, { ...workerDeployment(process.env), ...hooks });
  return {
    async run() {
      const watches = [watchTemporal(temporal, report), watchApiKey(temporal, process.env, report)];
      const hasEnded = await runWorkers(workers).finally(() => {
        for (const stop of watches) stop();
      });
      if (hasEnded) await connection.close();
      else report('the worker ends although activities still run; another worker goes on with them');
    },
  };
}
