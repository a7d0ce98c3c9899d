/** Every transaction has a GTID: positions, visibility and fencing of the feed are made of them. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws GTID_OFF, also in the permissive steps, where transactions without a GTID are possible. */
export const checkGtidOn: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    const { gtidMode, enforceGtidConsistency } = facts;
    // The server itself sees to it that enforce_gtid_consistency is on then.
    if (gtidMode === 'ON') return [];
    throw new SwitchyardError('GTID_OFF', {
      cluster: session.cluster.name,
      settings: [
        `gtid_mode=${gtidMode ?? 'unknown to the server'}`,
        `enforce_gtid_consistency=${enforceGtidConsistency ?? 'unknown to the server'}`,
      ],
    });
  },
};
