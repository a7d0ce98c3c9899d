/** Nothing is asked for that is refused by its name, whatever the server would make of it (P2, P5). */
import { refuseClauses } from '../../../schema/refusals.js';
import type { Check } from '../check.js';

/** @throws what `refuseClauses` throws. */
export const checkClauses: Check<'statement'> = {
  scope: 'statement',
  ask: async ({ statement }) => {
    refuseClauses(statement);
    return [];
  },
};
