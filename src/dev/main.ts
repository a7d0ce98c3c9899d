/**
 * `npm run dev`: two MySQL clusters, Temporal and a worker on this machine, until Ctrl-C. Prints commands ready to paste;
 * with --json the first line of standard output describes everything. Progress and errors go to standard error.
 */
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { taskQueueDefault } from '../contract/names.js';
import { hasCode, SwitchyardError } from '../errors/switchyard-error.js';
import { startLocalStack, type LocalStack } from './local-stack.js';
import type { MysqlServer } from './mysql-server.js';
import { pasteReadyCommands } from './paste-ready.js';
import { createProgress, type Progress } from './progress.js';
import { startWorker, type WorkerProcess } from './start-worker.js';
import { exitCodeOf } from './stop-signals.js';

interface DevOptions {
  readonly json?: true;
  readonly folder?: string;
  readonly keep?: true;
}

function parseArguments(): DevOptions {
  const command = new Command('npm run dev --')
    .description('Starts two local MySQL clusters (commerce, customer), Temporal and a worker, and stays until Ctrl-C.')
    .option('--json', 'print one line of JSON with all addresses instead of commands to paste')
    .option('--folder <path>', 'keep data and logs in this folder and go on with what it holds')
    .option('--keep', 'do not remove the temporary folder at the end')
    .exitOverride();
  try {
    return command.parse().opts<DevOptions>();
  } catch (error) {
    // Commander has said it; a wrong option is 2, --help is 0.
    process.exit(error instanceof CommanderError && error.exitCode === 0 ? 0 : 2);
  }
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
    const worker = await startWorker({
      configFile: stack.configFile,
      temporal: stack.temporal,
      logFile: join(stack.folder, 'worker.log'),
    });
    stack.stopFirst(worker);
    process.stdout.write(json ? `${JSON.stringify(describe(stack))}\n` : pasteReadyCommands(stack, worker.logFile));
    await untilSomethingEnds(stack, worker);
  } catch (error) {
    await stack.stop({ keepLogs: true });
    throw error;
  }
}

function describe({ temporal, clusters, configFile }: LocalStack): object {
  const { address, namespace, ui } = temporal;
  const login = ({ host, port, user, password }: MysqlServer): object => ({ host, port, user, password });
  return {
    temporal: { address, namespace, taskQueue: taskQueueDefault, ui },
    clusters: { commerce: login(clusters.commerce), customer: login(clusters.customer) },
    config: configFile,
  };
}

/** Stays; ends with an error when a server or the worker ends although nobody stops the stack. */
async function untilSomethingEnds(stack: LocalStack, worker: WorkerProcess): Promise<never> {
  const { commerce, customer } = stack.clusters;
  const parts = [
    { server: 'The worker', logFile: worker.logFile, exited: worker.exited },
    { server: 'Temporal', logFile: stack.temporal.logFile, exited: stack.temporal.exited() },
    { server: 'mysqld of cluster commerce', logFile: commerce.logFile, exited: commerce.exited() },
    { server: 'mysqld of cluster customer', logFile: customer.logFile, exited: customer.exited() },
  ];
  const ended = await Promise.race(parts.map(async (part) => ({ ...part, exit: await part.exited })));
  // A signal arrived: its handler stops everything and ends the process.
  if (stack.isStopping()) return new Promise(() => undefined);
  const { server, logFile, exit } = ended;
  throw new SwitchyardError('DEV_ENDED', { server, how: exit.signal ?? `exit code ${exit.code}`, logFile });
}

function report(error: unknown): number {
  if (hasCode(error, 'DEV_STOPPED')) return exitCodeOf(error.facts.signal as NodeJS.Signals);
  const text = error instanceof SwitchyardError ? `${error.message}\n${error.remedy}` : String(error);
  process.stderr.write(`${text}\n`);
  return 1;
}

const options = parseArguments();
run(options, createProgress()).catch((error: unknown) => process.exit(report(error)));
