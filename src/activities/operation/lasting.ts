/** Work that lasts until it has reached its goal, or is stopped. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pausedCheckIntervalMs } from '../../limits/activities.js';
import { throwUnlessAskedToStop } from './execution.js';

/** The result. @throws the signal's reason where it has stopped since its worker ends: another one goes on. */
export function unlessWorkerEnded<Result extends { readonly outcome: string }>(
  result: Result,
  signal: AbortSignal,
): Result {
  if (result.outcome === 'stopped') throwUnlessAskedToStop(signal);
  return result;
}

/** Nothing is done while paused, but binlogs that are purged end the operation at once, not when it goes on. */
export async function whilePaused(signal: AbortSignal, check: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await check();
    await sleep(pausedCheckIntervalMs, undefined, { signal }).catch(() => undefined);
  }
  throwUnlessAskedToStop(signal);
}
