/** One worker as a process: runs until it is asked to end, and ends then, whatever still runs in it. */
import { createWorker, type WorkerSettings } from './create-worker.js';
import { workerEndMsMax } from './limits/worker.js';
import { installTelemetry, type TelemetrySettings } from './telemetry/telemetry.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Never returns: the process ends. @throws what prevents a start, and what makes a worker fail. */
export async function runWorker(settings: WorkerSettings & TelemetrySettings): Promise<never> {
  // Until there is a worker nothing runs that needs time to end.
  for (const signal of signals) process.once(signal, endAtOnce);
  const { seeWork, plugin } = installTelemetry(settings, [...signals]);
  const worker = await createWorker({ ...settings, seeWork, hooks: { plugins: [plugin] } });
  for (const signal of signals) process.off(signal, endAtOnce).once(signal, endInAnyCase);
  const { serves } = settings.worker;
  process.stderr.write(`worker ready: pid ${process.pid}, task queue ${settings.taskQueue}: ${serves.join(', ')}\n`);
  await worker.run();
  // A timer or a connection that somebody has left behind would keep the process for ever.
  process.exit();
}

function endAtOnce(): never {
  process.exit();
}

/** An end that hangs in the SDK does not hear of the signal. */
function endInAnyCase(): void {
  const end = (): never => {
    process.stderr.write(`the worker has not ended within ${workerEndMsMax} ms, and is ended\n`);
    process.exit();
  };
  setTimeout(end, workerEndMsMax).unref();
}
