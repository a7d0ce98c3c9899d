import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** Installs Temporal's runtime once per process (the files of a run share one), quiet but for errors. */
export function installRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    workerHeartbeatInterval: 0,
    // Signals end the test run, not a worker.
    shutdownSignals: [],
  });
}
