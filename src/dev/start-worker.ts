/** Starts the built worker as a child, as `npm run worker` would: demo and fault tests kill and freeze it. */
import { dirname, join, resolve } from 'node:path';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { exists } from './cache.js';
import type { LocalStack } from './local-stack.js';
import { waitUntilReady } from './ready.js';
import { supervise, type ChildExit } from './supervise.js';
import { withoutTemporalSettings } from './temporal-server.js';

export interface StartWorkerOptions {
  /** Path of a configuration file. */
  readonly configFile: string;
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly logFile: string;
  /** Who it is, for messages, where there are several. */
  readonly title?: string;
  /** The worker's script; `dist/worker.js` of this package where absent. */
  readonly script?: string;
  /** More environment for it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface WorkerProcess {
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<ChildExit>;
  kill(signal: NodeJS.Signals): void;
  /** Lets it finish what it must (SIGTERM), bounded. */
  stop(): Promise<void>;
}

/** The line with which a worker says that it polls. */
const readyLine = 'worker ready';

/**
 * Starts a worker for a stack, which ends before the stack's servers do. @throws as `startWorker`.
 * @param name of its log in the stack's folder.
 */
export async function startWorkerOf(stack: LocalStack, name = 'worker'): Promise<WorkerProcess> {
  const { configFile, temporal, folder } = stack;
  const worker = await startWorker({ configFile, temporal, logFile: join(folder, `${name}.log`) });
  stack.stopFirst(worker);
  return worker;
}

/** Returns when the worker polls. Errors: DEV_TOOL_MISSING where it is not built, DEV_START_FAILED with its last lines. */
export async function startWorker(options: StartWorkerOptions): Promise<WorkerProcess> {
  // Two folders up is the package, from src/dev as well as from dist/dev.
  const script = options.script ?? resolve(import.meta.dirname, '../../dist/worker.js');
  if (!(await exists(script))) {
    throw new SwitchyardError('DEV_TOOL_MISSING', {
      tool: 'The worker',
      problem: `${script} does not exist`,
      remedy: 'Run "npm run build" first.',
    });
  }
  const child = await supervise({
    title: options.title ?? 'the worker',
    program: { command: process.execPath, args: [script] },
    args: ['--config', options.configFile],
    env: {
      ...withoutTemporalSettings(process.env),
      TEMPORAL_ADDRESS: options.temporal.address,
      TEMPORAL_NAMESPACE: options.temporal.namespace,
      // Nor the profile in the user's Temporal configuration file. (An empty file would crash the SDK's reader.)
      TEMPORAL_CONFIG_FILE: join(dirname(options.logFile), 'no-temporal-settings.toml'),
      ...options.env,
    },
    logFile: options.logFile,
    signal: options.signal,
  });
  await waitUntilReady(child, async () => (await child.readLog()).includes(readyLine));
  const { pid, logFile, exited } = child;
  return { pid, logFile, exited, kill: (signal) => child.kill(signal), stop: () => child.stop() };
}
