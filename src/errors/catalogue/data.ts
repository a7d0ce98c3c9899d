import type { Catalogue } from '../entry.js';

/** Data that the change does not allow, and copies that do not match. The original table is untouched by all of them. */
export const dataErrors = {
  DATA_NOT_CONVERTIBLE: {
    kind: 'terminal',
    sentence: 'The data does not fit the new definition: {problem}; column {column}, row with key {key}.',
    remedy: 'Correct that row (and others like it) or change the statement, then start again.',
  },
  DUPLICATE_FOR_UNIQUE_KEY: {
    kind: 'terminal',
    sentence:
      'The data has duplicates for a unique key of the new definition: {problem}; values {column}, row with key {key}.',
    remedy: 'Make the values unique in the table (others may be alike) or change the statement, then start again.',
  },
} as const satisfies Catalogue;
