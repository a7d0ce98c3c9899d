/** Temporal's lists tell phase, cluster and table of operations where the namespace has our search attributes. */
import { missingSearchAttributes, registerSearchAttributes } from '../../notify/search-attributes.js';
import { ok, problemOf, type Check } from '../check.js';

export const checkSearchAttributes: Check<'temporal'> = {
  scope: 'temporal',
  name: 'search-attributes',
  ask: async ({ temporal }) => {
    const { connection, namespace } = await temporal();
    const { operatorService } = connection;
    try {
      const missing = await missingSearchAttributes(operatorService, namespace);
      if (missing.length === 0) return [ok('All of ours are registered.')];
      const names = missing.join(', ');
      return [
        {
          level: 'warning',
          message: `Namespace ${namespace} lacks ${names}: lists do not tell the phase of operations, nor which need somebody.`,
          remedy: 'Register them (--fix does); operations go on without them.',
          mend: {
            what: `register the search attributes ${names} in namespace ${namespace}`,
            apply: async () => {
              const { added } = await registerSearchAttributes(operatorService, namespace);
              return `Registered: ${added.join(', ')}.`;
            },
          },
        },
      ];
    } catch (error) {
      const finding = problemOf(error);
      // Without them operations go on: what stands in their way may be a matter of rights that somebody wants so.
      return [{ ...finding, level: 'warning' }];
    }
  },
};
