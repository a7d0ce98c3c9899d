/**
 * An API key that is replaced while a worker runs: the file of the Temporal CLI's settings is read again now and then, and
 * its key is used from then on. A key of the environment cannot change: such a worker has to be replaced.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { temporalKeyLookIntervalMs } from '../limits/temporal.js';
import type { TemporalAccess } from './connect.js';
import { toStderr, type Report } from './report.js';
import { temporalSettings, type Environment } from './settings.js';

/** Looks until it is told to stop, which is what it returns. What cannot be read is left as it was. */
export function watchApiKey(
  { connection, apiKey }: TemporalAccess,
  env: Environment = process.env,
  report: Report = toStderr,
  intervalMs = temporalKeyLookIntervalMs,
): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const watch = async (): Promise<void> => {
    let used = apiKey;
    for (;;) {
      await sleep(intervalMs, undefined, { signal, ref: false });
      const found = keyIn(env);
      if (found === undefined || found === used) continue;
      await connection.setApiKey(found);
      used = found;
      report('the API key for Temporal has changed in its file, and the new one is used', 'info');
    }
  };
  // Told to stop, or the connection is closed: there is nothing to replace then.
  watch().catch(() => undefined);
  return () => stopped.abort();
}

function keyIn(env: Environment): string | undefined {
  try {
    return temporalSettings(env).apiKey;
  } catch {
    // Half written, perhaps; whoever starts anew is told of it.
    return undefined;
  }
}
