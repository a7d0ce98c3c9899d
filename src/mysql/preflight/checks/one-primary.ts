/** Nobody writes to the table through another server: the lock of a cut-over holds on one server only (P1). */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws MULTI_PRIMARY for group replication in multi-primary mode, and for Galera. */
export const checkOnePrimary: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    const settings = [
      ...(facts.groupReplicationSinglePrimaryMode === false ? ['group_replication_single_primary_mode=OFF'] : []),
      ...(facts.wsrepOn === true ? ['wsrep_on=ON'] : []),
    ];
    if (settings.length > 0) throw new SwitchyardError('MULTI_PRIMARY', { cluster: session.cluster.name, settings });
    return [];
  },
};
