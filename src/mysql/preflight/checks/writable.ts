/** The server takes writes: it is a primary, not a replica under a primary's name. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws SERVER_READ_ONLY, also where our account could write all the same. */
export const checkWritable: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts }) => {
    const settings = [
      ...(facts.readOnly === true ? ['read_only=ON'] : []),
      ...(facts.superReadOnly === true ? ['super_read_only=ON'] : []),
    ];
    if (settings.length > 0) throw new SwitchyardError('SERVER_READ_ONLY', { cluster: session.cluster.name, settings });
    return [];
  },
};
