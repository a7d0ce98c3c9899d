/** There is a binlog to follow. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws BINLOG_OFF. */
export const checkBinlogOn: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    if (facts.logBin !== true) throw new SwitchyardError('BINLOG_OFF', { cluster: session.cluster.name });
    return [];
  },
};
