/** One worker as a process: runs until it is asked to end, and ends then, whatever still runs in it. */
import { createWorker, type WorkerSettings } from './create-worker.js';
import { SwitchyardError } from './errors/switchyard-error.js';
import { workerEndAfterGraceMs } from './limits/worker.js';
import { createReport } from './telemetry/logger.js';
import { installTelemetry, type TelemetrySettings } from './telemetry/telemetry.js';
import type { Report } from './temporal/report.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Never returns: the process ends, and says why where that is for a failure. */
export async function runWorker(settings: WorkerSettings & TelemetrySettings): Promise<never> {
  // Until there is a worker nothing runs that needs time to end.
  for (const signal of signals) process.once(signal, endAtOnce);
  const report = createReport(settings.logs, (line) => process.stderr.write(line));
  try {
    const { seeWork, plugin } = installTelemetry(settings, [...signals]);
    const worker = await createWorker({ ...settings, seeWork, report, hooks: { plugins: [plugin] } });
    const { serves, shutdownGraceMs } = settings.worker;
    for (const signal of signals) {
      process.off(signal, endAtOnce).once(signal, () => endInAnyCase(shutdownGraceMs + workerEndAfterGraceMs, report));
    }
    report(`worker ready: pid ${process.pid}, task queue ${settings.taskQueue}: ${serves.join(', ')}`, 'info');
    await worker.run();
  } catch (error) {
    report(wordsOf(error), 'error');
    process.exit(1);
  }
  // A timer or a connection that somebody has left behind would keep the process for ever.
  process.exit();
}

/** What a person reads of a failure that ends the process. */
export function wordsOf(error: unknown): string {
  return error instanceof SwitchyardError ? `${error.code}: ${error.message}\n${error.remedy}` : String(error);
}

function endAtOnce(): never {
  process.exit();
}

/** An end that hangs in the SDK does not hear of the signal. */
function endInAnyCase(afterMs: number, report: Report): void {
  const end = (): never => {
    report(`the worker has not ended within ${afterMs} ms, and is ended`);
    process.exit();
  };
  setTimeout(end, afterMs).unref();
}
