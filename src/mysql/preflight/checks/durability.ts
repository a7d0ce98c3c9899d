/**
 * What the server acknowledged, and what the feed was given, is still there after a power loss (P1). Otherwise the
 * server would come back without transactions that we have passed, and use their GTIDs again for others.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';
import type { ServerFacts } from '../server-facts.js';

interface Setting {
  readonly variable: string;
  readonly needed: string;
  readonly read: (facts: ServerFacts) => string | number | null;
}

const settings: readonly Setting[] = [
  { variable: 'sync_binlog', needed: '1', read: ({ syncBinlog }) => syncBinlog },
  {
    variable: 'innodb_flush_log_at_trx_commit',
    needed: '1',
    read: ({ innodbFlushLogAtTrxCommit }) => innodbFlushLogAtTrxCommit,
  },
  // With IGNORE_ERROR a full disk makes the server go on without its binlog.
  { variable: 'binlog_error_action', needed: 'ABORT_SERVER', read: ({ binlogErrorAction }) => binlogErrorAction },
];

/** @throws DURABILITY_TOO_LOW naming each setting. */
export const checkDurability: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    const low = settings.filter(({ needed, read }) => {
      const value = read(facts);
      return value !== null && String(value) !== needed;
    });
    if (low.length === 0) return [];
    throw new SwitchyardError('DURABILITY_TOO_LOW', {
      cluster: session.cluster.name,
      settings: low.map(({ variable, read }) => `${variable}=${read(facts)}`),
      needed: low.map(({ variable, needed }) => `${variable} = ${needed}`),
    });
  },
};
