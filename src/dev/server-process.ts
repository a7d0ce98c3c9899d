/** The process of a local server that can be ended and started again, with another child each time. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ChildExit, SupervisedChild } from './supervise.js';

export interface ServerProcess {
  readonly logFile: string;
  /** The server's own pid, of its last start. */
  pid(): number;
  exited(): Promise<ChildExit>;
  /** Sends a signal to the server; it returns when the process has ended (SIGKILL), or stands still (SIGSTOP). */
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
      if (signal === 'SIGSTOP') await standsStill(child.pid);
    },
    async start() {
      child = await startAgain();
    },
    stop: () => child.stop(),
  };
}

const run = promisify(execFile);
/** Between two looks at the process, and for its other threads once the first one stands. */
const standStillLookMs = 20;
const standStillLooksMax = 100;

/** A busy machine stops a process a moment after the signal was sent. */
async function standsStill(pid: number): Promise<void> {
  for (let look = 0; look < standStillLooksMax; look += 1) {
    const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)]);
    await sleep(standStillLookMs);
    if (stdout.trim().startsWith('T')) return;
  }
}
