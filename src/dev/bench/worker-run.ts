/** One worker process that does one thing, and how that is watched from outside. */
import type { WorkflowHandle } from '@temporalio/client';
import { readProgress } from '../../client/progress.js';
import type { LocalStack } from '../local-stack.js';
import { during } from '../progress.js';
import { startWorkerOf, type WorkerProcess } from '../start-worker.js';
import type { BenchOptions } from './bench-servers.js';

/** Starts a worker of its own for the work, and ends it afterwards. @throws DEV_START_FAILED, what the work throws. */
export async function withWorker<Result>(
  stack: LocalStack,
  name: string,
  work: (worker: WorkerProcess) => Promise<Result>,
): Promise<Result> {
  const worker = await startWorkerOf(stack, `worker-${name}`);
  try {
    return await work(worker);
  } finally {
    await worker.stop();
  }
}

/** Shows the progress of the pending activity while the work goes on. */
export async function watched<Result>(
  handle: WorkflowHandle,
  { rows, progress }: Pick<BenchOptions, 'rows' | 'progress'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const task = progress.begin('Switchyard', rows, 'rows');
  let ended = false;
  const show = async (): Promise<void> => {
    while (!ended) {
      const beat = await readProgress(handle).catch(() => undefined);
      if (beat !== undefined) task.update(beat.rows ?? rows, `${beat.stage}, lag ${beat.lagMs ?? 0} ms`);
      // Seldom: asking costs Temporal time that belongs to the measurement.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  };
  const showing = show();
  try {
    return await during(task, work);
  } finally {
    ended = true;
    await showing;
  }
}
