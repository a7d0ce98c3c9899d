import type { Catalogue } from '../entry.js';

/** What verification finds. The original table is untouched by all of them. */
export const verifyErrors = {
  VERIFICATION_FAILED: {
    kind: 'terminal',
    sentence: 'The copy of {table} is not equal to it: {problem}.',
    remedy:
      'The original table is untouched. Look at the rows that are named in both tables: who else writes to the copy? Start again, and report it when it repeats. What it names in a JSON column of a move goes with the option json "text".',
    unsaid: ['keys', 'missing', 'extra', 'different', 'columns'],
  },
  ROW_NOT_COMPARABLE: {
    kind: 'terminal',
    sentence: 'A row of {table} is too large to be compared with max_allowed_packet={maxAllowedPacket}: {key}.',
    remedy: 'The original table is untouched. Raise max_allowed_packet of the server, then start again.',
  },
  ROW_NOT_FOUND_BY_KEY: {
    kind: 'terminal',
    sentence: 'A row of {table} cannot be found by its own key: {key}.',
    remedy:
      'The original table is untouched. CHECK TABLE may find a damaged index; otherwise report it with the definition of the table.',
  },
} as const satisfies Catalogue;
