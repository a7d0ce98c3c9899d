/** The last changes before the traffic moves, for which writers wait. */
import type { GtidSet } from '../../binlog/gtid-set.js';
import { killedWithinMs } from '../../limits/mysql-move.js';
import { Watchdog } from '../server/locks/watchdog.js';
import { errorNumbers, serverErrorNumber } from '../server/session/server-errors.js';
import type { SessionPair } from '../server/session/session-pair.js';
import type { Session } from '../server/session/session.js';
import { fencedTransaction } from '../server/sidecar/epoch.js';
import type { Follower } from '../table/follow/follower.js';

export interface LastChanges {
  readonly operationId: string;
  readonly token: string;
  readonly follower: Follower;
  readonly rows: SessionPair;
  /** On the server of the rows' target; ends what they wait for there. */
  readonly receiver: Session;
  /** Everything up to here. */
  readonly target: GtidSet;
  readonly signal: AbortSignal;
}

/**
 * A row lock on the other side would hold up what is written there, and with it all writers here; and a server that is
 * frozen does not hear of a KILL: its socket goes. @throws the signal's reason, data errors, FENCED, the driver's errors.
 */
export async function applyLastChanges(changes: LastChanges): Promise<void> {
  const { operationId, token, follower, rows, receiver, target, signal } = changes;
  const guard = new Watchdog(receiver, rows.target.id);
  let abandoning: NodeJS.Timeout | undefined;
  const stop = (): void => {
    guard.arm(0);
    abandoning = setTimeout(() => rows.target.abandon('no answer to the last changes'), killedWithinMs);
  };
  signal.addEventListener('abort', stop);
  try {
    const transaction = (_isLast: boolean, write: () => Promise<void>): Promise<void> =>
      fencedTransaction(rows.target, operationId, token, write);
    await follower.drainUnderLock(rows, transaction, target, signal);
  } catch (error) {
    if (serverErrorNumber(error) === errorNumbers.queryInterrupted || rows.target.closed) signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(abandoning);
    signal.removeEventListener('abort', stop);
    guard.disarm();
  }
}
