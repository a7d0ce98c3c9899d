/** The connection of a worker to Temporal: made again and again until it is there, and watched from then on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { temporalTryMs, temporalWaitsMs } from '../limits/temporal.js';
import { temporalProblem } from './problem.js';
import { toStderr, type Report } from './report.js';
import { temporalSettings, type Environment, type TemporalSettings } from './settings.js';

export interface TemporalAccess extends Pick<TemporalSettings, 'address' | 'namespace' | 'apiKey'> {
  readonly connection: NativeConnection;
}

/**
 * Returns when Temporal has answered. What may pass is tried again for ever, with a line for each try: a pod that ends and
 * is started again would only be slower. Files of certificates are read for each try.
 * @throws what a person has to mend in the settings, by its name.
 */
export async function connectToTemporal(
  env: Environment = process.env,
  report: Report = toStderr,
  waitsMs = temporalWaitsMs,
): Promise<TemporalAccess> {
  for (let failures = 1; ; failures += 1) {
    const settings = temporalSettings(env);
    try {
      return await connectOnce(settings);
    } catch (error) {
      const problem = temporalProblem(error, settings);
      if (problem.kind !== 'retryable') throw problem;
      const waitMs = waitsMs[Math.min(failures, waitsMs.length) - 1] ?? 0;
      report(
        `${problem.code}: ${problem.message} ${problem.remedy} (try ${failures}, the next one in ${waitMs / 1_000} s)`,
      );
      await sleep(waitMs);
    }
  }
}

/** One try. @throws what the SDK says (problem.ts), TEMPORAL_UNREACHABLE where nothing is said in time. */
export async function connectOnce({ connection: options, ...settings }: TemporalSettings): Promise<TemporalAccess> {
  const { address, namespace } = settings;
  const connection = await inTime(NativeConnection.connect(options), address);
  try {
    await connection.withDeadline(Date.now() + temporalTryMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { connection, ...settings };
}

/** The SDK knows no time limit here. A connection that comes too late is closed. */
async function inTime(connecting: Promise<NativeConnection>, address: string): Promise<NativeConnection> {
  const late = new AbortController();
  const silence = sleep(temporalTryMs, undefined, { signal: late.signal }).then(() => {
    connecting.then((connection) => connection.close()).catch(() => undefined);
    const problem = `no answer within ${temporalTryMs / 1_000} s`;
    throw new SwitchyardError('TEMPORAL_UNREACHABLE', { address, problem });
  });
  try {
    return await Promise.race([connecting, silence]);
  } finally {
    silence.catch(() => undefined);
    late.abort();
  }
}
