/** Which errors are an ordinary end of an attempt under a watchdog, in a cut-over as in a switch. */
import { errorNumbers, serverErrorNumber } from '../session/server-errors.js';
import type { Watchdog } from './watchdog.js';

/**
 * `stopped`: who asked for the attempt has ended it. `interrupted`: its statement was killed at the deadline, or the lock
 * was not granted in time. Undefined for everything else, which goes up.
 */
export function ordinaryEnd(
  error: unknown,
  signal: AbortSignal,
  guard: Watchdog,
): 'stopped' | 'interrupted' | undefined {
  const number = serverErrorNumber(error);
  const interrupted =
    number === errorNumbers.queryInterrupted ||
    number === errorNumbers.lockWaitTimeout ||
    (guard.expired.aborted && error === guard.expired.reason);
  if (signal.aborted && (interrupted || error === signal.reason)) return 'stopped';
  return interrupted ? 'interrupted' : undefined;
}

/** Why an attempt that was interrupted came to nothing where nobody held the lock. */
export function interruptedDetail(guard: Watchdog): string {
  return guard.expired.aborted ? 'the attempt took too long and was ended' : 'the lock was not granted in time';
}
