/**
 * No XA transaction is prepared: its changes are in the binlog before our position, its commit is behind it, so the
 * feed would not know which rows it changed. One that is prepared later is followed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { preparedXaPollMs, preparedXaWaitMs } from '../../../limits/mysql-preflight.js';
import { preparedXa } from '../../server/locks/blockers.js';
import type { Session } from '../../server/session/session.js';
import type { Check } from '../check.js';

/** Needs XA_RECOVER_ADMIN. @throws XA_PREPARED. */
export const checkPreparedXa: Check<'server'> = {
  scope: 'server',
  ask: async ({ session }) => {
    await waitForPreparedXa(session, preparedXaWaitMs);
    return [];
  },
};

/** @param waitMs how long to wait for them to end. @throws XA_PREPARED. */
export async function waitForPreparedXa(session: Session, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const xids = await preparedXa(session);
    if (xids.length === 0) return;
    if (performance.now() >= deadline) {
      const waitedSeconds = Math.round(waitMs / 1_000);
      throw new SwitchyardError('XA_PREPARED', { cluster: session.cluster.name, waitedSeconds, xids });
    }
    await sleep(preparedXaPollMs);
  }
}
