/** The process of a local server that can be ended and started again, with another child each time. */
import type { ChildExit, SupervisedChild } from './supervise.js';

export interface ServerProcess {
  readonly logFile: string;
  /** The server's own pid, of its last start. */
  pid(): number;
  exited(): Promise<ChildExit>;
  /** Sends a signal to the server; after SIGKILL it returns when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data and ports, once it has ended. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @param startAgain returns when the server answers, with the same log file as `first`. */
export function serverProcess(first: SupervisedChild, startAgain: () => Promise<SupervisedChild>): ServerProcess {
  let child = first;
  return {
    logFile: first.logFile,
    pid: () => child.pid,
    exited: () => child.exited,
    async kill(signal) {
      child.kill(signal);
      if (signal === 'SIGKILL') await child.exited;
    },
    async start() {
      child = await startAgain();
    },
    stop: () => child.stop(),
  };
}
