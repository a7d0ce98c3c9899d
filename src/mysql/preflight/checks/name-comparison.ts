/** Both servers compare names of tables alike: else two tables of one could be one of the other. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws NAMES_COMPARED_DIFFERENTLY. */
export const checkNameComparison: Check<'pair'> = {
  scope: 'pair',
  ask: async ({ source, target }) => {
    const settings = [source, target].map(({ facts }) => facts.lowerCaseTableNames);
    if (settings[0] === settings[1]) return [];
    throw new SwitchyardError('NAMES_COMPARED_DIFFERENTLY', {
      source: source.session.cluster.name,
      target: target.session.cluster.name,
      settings: settings.join(' and '),
    });
  },
};
