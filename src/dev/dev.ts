/**
 * Two MySQL clusters, Temporal and a worker on this machine, until Ctrl-C. Prints commands ready to paste; with --json the
 * first line of standard output describes everything. Progress and errors go to standard error.
 */
import { taskQueueDefault } from '../contract/names.js';
import { startLocalStack, type LocalStack } from './local-stack.js';
import type { MysqlServer } from './mysql-server.js';
import { pasteReadyCommands } from './paste-ready.js';
import { createProgress, type Progress } from './progress.js';
import { reportEnd } from './report-end.js';
import { startWorkerOf } from './start-worker.js';
import { untilSomethingEnds } from './until-something-ends.js';
import type { DevOptions } from './options.js';

/** Ends the process. */
export function dev(options: DevOptions): Promise<void> {
  return run(options, createProgress()).catch((error: unknown) => process.exit(reportEnd(error)));
}

async function run(options: DevOptions, progress: Progress): Promise<void> {
  const { json, ...stackOptions } = options;
  const stack = await startLocalStack({
    ...stackOptions,
    preferDefaultTemporalPorts: true,
    stopOnSignals: true,
    progress,
  });
  try {
    const worker = await startWorkerOf(stack);
    process.stdout.write(json ? `${JSON.stringify(describe(stack))}\n` : pasteReadyCommands(stack, worker.logFile));
    await untilSomethingEnds(stack, worker);
  } catch (error) {
    await stack.stop({ keepLogs: true });
    throw error;
  }
}

function describe({ temporal, clusters, replicas, configFile }: LocalStack): object {
  const { address, namespace, ui } = temporal;
  const login = ({ host, port, user, password, pid }: MysqlServer): object => ({
    host,
    port,
    user,
    password,
    pid: pid(),
  });
  return {
    temporal: { address, namespace, taskQueue: taskQueueDefault, ui },
    clusters: { commerce: login(clusters.commerce), customer: login(clusters.customer) },
    replicas: Object.fromEntries(Object.entries(replicas).map(([cluster, replica]) => [cluster, login(replica)])),
    config: configFile,
  };
}
