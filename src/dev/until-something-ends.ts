import { SwitchyardError } from '../errors/switchyard-error.js';
import type { LocalStack } from './local-stack.js';
import type { WorkerProcess } from './start-worker.js';

/** Stays; ends with an error when a server or the worker ends although nobody stops the stack. */
export async function untilSomethingEnds(stack: LocalStack, worker: WorkerProcess): Promise<never> {
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
