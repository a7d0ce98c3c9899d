/** Waits until a server that was just started answers, and finds it a port that nobody else takes meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { hasCode, SwitchyardError } from '../errors/switchyard-error.js';
import { devPollMs, devPortAttemptsMax, devPortMax, devPortMin, devStartTimeoutMs } from '../limits/dev.js';
import { describeExit, type SupervisedChild } from './supervise.js';

export const loopback = '127.0.0.1';

/**
 * Asks `probe` again and again until it says true, at most 60 s. Errors: DEV_START_FAILED where the child ended (with
 * the end of its log) or did not get ready in time; it is killed then.
 * @param probe must only say true of *this* child, not of another server that has the same port.
 */
export async function waitUntilReady(child: SupervisedChild, probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + devStartTimeoutMs;
  while (!(await probe())) {
    if (!child.isRunning()) throw await startFailed(child);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      const seconds = devStartTimeoutMs / 1_000;
      throw await startFailed(child, `it did not answer within ${seconds} s; `);
    }
    await delay(devPollMs);
  }
}

async function startFailed(child: SupervisedChild, why = ''): Promise<SwitchyardError> {
  return new SwitchyardError('DEV_START_FAILED', {
    server: child.title,
    problem: why + (await describeExit(child)),
    logFile: child.logFile,
    portTaken: /address already in use/i.test(await child.readLog()),
  });
}

/** A free port on loopback: `preferred` where it is free, else a random one of our range. */
export function choosePort(preferred?: number): Promise<number> {
  const count = devPortMax - devPortMin;
  const random = Array.from({ length: 100 }, () => devPortMin + Math.floor(Math.random() * count));
  return getPort({ host: loopback, port: preferred === undefined ? random : [preferred, ...random] });
}

/**
 * Starts something on a port that it chooses, and again on another one when somebody took that port in between.
 * @param start chooses its ports and throws DEV_START_FAILED when the server did not start.
 */
export async function startOnFreePort<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const portTaken = hasCode(error, 'DEV_START_FAILED') && error.facts.portTaken === true;
      if (!portTaken || attempt >= devPortAttemptsMax) throw error;
    }
  }
}
