/** The session that holds the table locks, with limits that make the *server* end it when we are frozen or gone. */
import { lockSessionPingMs, underLockMs } from '../../../limits/mysql.js';
import { Session, type SessionVariables } from '../session/session.js';
import type { ClusterSettings } from '../session/cluster-settings.js';

const silenceSeconds = Math.ceil(underLockMs / 1_000);

/** For a session whose locks others wait for: the server ends it when it is silent, so it must be kept alive. */
export const endedSoon: SessionVariables = {
  wait_timeout: silenceSeconds,
  net_read_timeout: silenceSeconds,
  net_write_timeout: silenceSeconds,
};

/**
 * @param variables of the session that reads or writes rows under the lock.
 * @param lockTimeoutMs how long the lock may be waited for; the server knows whole seconds only, so the watchdog is the
 *   exact bound and this one the bound for a worker that does not run any more.
 */
export function openLockSession(
  cluster: ClusterSettings,
  variables: SessionVariables,
  lockTimeoutMs: number,
): Promise<Session> {
  const seconds = Math.max(1, Math.ceil(lockTimeoutMs / 1_000));
  return Session.open(cluster, {
    ...variables,
    lock_wait_timeout: seconds,
    innodb_lock_wait_timeout: seconds,
    ...endedSoon,
    // BEGIN under LOCK TABLES releases the locks, silently: transactions under them start by themselves instead.
    autocommit: 0,
  });
}

/** The server ends a silent lock session soon, on purpose; until the interval is cleared it hears from us. */
export function keepAlive(session: Session): NodeJS.Timeout {
  return setInterval(() => void session.run('DO 0').catch(() => undefined), lockSessionPingMs);
}
