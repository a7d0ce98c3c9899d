/** Ends of an attempt to move traffic by which nothing has switched, and what is said of them. */
import type { Blocker, SwitchAttempt } from '../../domain/attempt.js';
import { StillHeld } from '../server/locks/brief-locks.js';
import { TimeUp } from '../server/session/joint-signal.js';
import { errorNumbers, serverErrorNumber } from '../server/session/server-errors.js';

type NotSwitched = Extract<SwitchAttempt, { outcome: 'notSwitched' }>;

export const comparedAnew =
  'another server answers than the one on which the tables were compared, and comparing them anew takes longer than an attempt';

/** The message of a `TimeUp` while what was written last is applied. */
export const drainIsOver = 'the time for what was written last is over';

/** Numbers were used that are in no row. */
export class CounterIsLow extends Error {
  constructor(
    table: string,
    readonly holders: readonly Blocker[],
  ) {
    super(`AUTO_INCREMENT of ${table} has to be raised first`);
  }
}

export function notSwitched(
  reason: NotSwitched['reason'],
  detail: string,
  blockers: readonly Blocker[] = [],
): NotSwitched {
  return { outcome: 'notSwitched', reason, detail, blockers };
}

/**
 * What an attempt says that an error has ended, once its gate is open again.
 * @param isStopped it was asked to stop before it refused anybody. @throws every error that is no ordinary end.
 */
export function ordinaryEnd(
  error: unknown,
  { isStopped, drainTimeoutMs }: { readonly isStopped: boolean; readonly drainTimeoutMs: number },
): NotSwitched {
  if (isStopped) return notSwitched('stopped', 'stopped before the switch');
  if (error instanceof StillHeld) return notSwitched('blocked', error.message, error.holders);
  if (error instanceof CounterIsLow) {
    const { message, holders } = error;
    return notSwitched(holders.length > 0 ? 'blocked' : 'deadline', message, holders);
  }
  if (error instanceof TimeUp && error.message === drainIsOver) {
    return notSwitched('drain', `what was written last did not arrive within ${drainTimeoutMs} ms`);
  }
  if (error instanceof TimeUp) return notSwitched('deadline', 'the attempt took too long and was ended');
  const number = serverErrorNumber(error);
  if (number === errorNumbers.queryInterrupted || number === errorNumbers.lockWaitTimeout) {
    return notSwitched('deadline', 'a lock was not granted in time');
  }
  throw error;
}
