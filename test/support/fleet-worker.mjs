// A worker like any other, without a database: its activities are those of src/dev/bench/fleet-activities.ts, and heartbeat
// as the real ones do. Arguments: --config FILE.
import { throwUnlessAskedToStop } from '../../dist/activities/operation/execution.js';
import { withHeartbeats } from '../../dist/activities/operation/heartbeats.js';
import { loadConfig } from '../../dist/config/config.js';
import { createFleetActivities } from '../../dist/dev/bench/fleet-activities.js';
import { runWorker } from '../../dist/run-worker.js';

/** Follows until the workflow asks it to stop; another worker goes on where this one ends. */
function untilStopped(grant) {
  return withHeartbeats({ first: { stage: 'following' }, grant }, async ({ signal }) => {
    await new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', resolve, { once: true });
    });
    throwUnlessAskedToStop(signal);
  });
}

const config = loadConfig(process.argv[process.argv.indexOf('--config') + 1], process.env);
await runWorker({ ...config, activities: createFleetActivities(untilStopped) });
