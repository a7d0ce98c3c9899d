import type { Catalogue } from '../entry.js';

/** What a server or a table must be like before anything is made. */
export const preflightErrors = {
  UNKNOWN_TABLE: {
    kind: 'terminal',
    sentence: 'There is no table {table} on cluster {cluster}.',
    remedy: 'Correct the name of the database or the table; names are compared as the server compares them.',
  },
} as const satisfies Catalogue;
