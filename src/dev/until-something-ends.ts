import { SwitchyardError } from '../errors/switchyard-error.js';
import type { LocalStack } from './local-stack.js';
import type { WorkerProcess } from './start-worker.js';

/**
 * Stays; ends with an error when a server or the worker ends although nobody stops the stack.
 * @param mayEnd a cluster that is killed on purpose.
 */
export async function untilSomethingEnds(
  stack: LocalStack,
  worker: WorkerProcess,
  mayEnd?: keyof LocalStack['clusters'],
): Promise<never> {
  const clusters = Object.values(stack.clusters).filter(({ name }) => name !== mayEnd);
  const parts = [
    { server: 'The worker', logFile: worker.logFile, exited: worker.exited },
    { server: 'Temporal', logFile: stack.temporal.logFile, exited: stack.temporal.exited() },
    ...clusters.map((cluster) => ({
      server: `mysqld of cluster ${cluster.name}`,
      logFile: cluster.logFile,
      exited: cluster.exited(),
    })),
  ];
  const ended = await Promise.race(parts.map(async (part) => ({ ...part, exit: await part.exited })));
  // A signal arrived: its handler stops everything and ends the process.
  if (stack.isStopping()) return new Promise(() => undefined);
  const { server, logFile, exit } = ended;
  throw new SwitchyardError('DEV_ENDED', { server, how: exit.signal ?? `exit code ${exit.code}`, logFile });
}
