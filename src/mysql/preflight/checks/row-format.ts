/**
 * New sessions log the rows that they change. A session can still choose otherwise: the feed stops by name when it sees
 * that. Any row metadata will do, since only keys are read; which keys a MINIMAL image has is asked where the key is chosen.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws BINLOG_FORMAT_NOT_ROW. A server without the variable knows only ROW. */
export const checkRowFormat: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    const format = facts.binlogFormat;
    if (format === null || format === 'ROW') return [];
    throw new SwitchyardError('BINLOG_FORMAT_NOT_ROW', { cluster: session.cluster.name, format });
  },
};
