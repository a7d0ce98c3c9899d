/** One migration by a worker process of its own, measured from outside: by its history and by the operating system. */
import { taskQueueDefault, workflowTypes } from '../../contract/names.js';
import type { OnlineDdlResult } from '../../contract/migration/input.js';
import type { WorkerProcess } from '../start-worker.js';
import type { BenchServers } from './bench-servers.js';
import { readHistory, secondsBetween, type HistoryFigures } from './history.js';
import { readProcessUsage, type ProcessUsage } from './process-usage.js';
import { benchChange, benchDatabase, benchTable } from './sbtest.js';
import { watched, withWorker } from './worker-run.js';

export interface MeasuredMigration extends HistoryFigures {
  readonly result: OnlineDdlResult;
  /** What no activity of the data plane accounts for: Temporal and the workflow between them. */
  readonly betweenSeconds: number;
  /** Of the worker; undefined where the system does not tell. */
  readonly worker: ProcessUsage | undefined;
  /** When the tables were swapped, performance.now(). */
  readonly swappedAt: number;
}

/**
 * Starts a worker and the change, and waits for its end. @throws WorkflowFailedError, DEV_START_FAILED.
 * @param name of the workflow and of the log of its worker.
 */
export function measureMigration(servers: BenchServers, name: string): Promise<MeasuredMigration> {
  return withWorker(servers.stack, name, (worker) => migrate(servers, name, worker));
}

async function migrate(servers: BenchServers, name: string, worker: WorkerProcess): Promise<MeasuredMigration> {
  const { client, options } = servers;
  const statement = `ALTER TABLE ${benchTable} ${benchChange}`;
  const handle = await client.workflow.start(workflowTypes.onlineDdl, {
    taskQueue: taskQueueDefault,
    workflowId: `bench/${name}`,
    args: [{ cluster: 'commerce', database: benchDatabase, statement }],
  });
  const ended = await watched(handle, options, async () => {
    const result = (await handle.result()) as OnlineDdlResult;
    const swappedAt = performance.now() - (Date.now() - Date.parse(result.completedAt ?? ''));
    return { result, swappedAt, worker: await readProcessUsage(worker.pid) };
  });
  const history = await readHistory(handle);
  return { ...ended, ...history, betweenSeconds: secondsBetween(history.stages, history.seconds) };
}
