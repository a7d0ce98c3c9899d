/** Source and target are two servers: on one there is nothing to move. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws SAME_SERVER. */
export const checkOtherServer: Check<'pair'> = {
  scope: 'pair',
  ask: async ({ source, target }) => {
    if (source.facts.serverUuid !== target.facts.serverUuid) return [];
    throw new SwitchyardError('SAME_SERVER', {
      source: source.session.cluster.name,
      target: target.session.cluster.name,
    });
  },
};
