/** Each table has a key by which its rows are walked and followed. */
import { chooseIterationKey } from '../../../schema/iteration-key.js';
import type { Check } from '../check.js';

/** @throws NO_USABLE_KEY. */
export const checkUsableKey: Check<'table'> = {
  scope: 'table',
  ask: async ({ facts, tables }) => {
    for (const table of tables) chooseIterationKey(table, { rowImage: facts.binlogRowImage });
    return [];
  },
};
