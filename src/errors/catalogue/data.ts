import type { Catalogue } from '../entry.js';

/** Data that the change does not allow, and copies that do not match. The original table is untouched by all of them. */
export const dataErrors = {
  DATA_NOT_CONVERTIBLE: {
    kind: 'terminal',
    sentence: 'The data does not fit the new definition: {problem}; column {column}, row with key {key}.',
    remedy: 'Correct that row (and others like it) or change the statement, then start again.',
    unsaid: ['errno'],
  },
  DUPLICATE_FOR_UNIQUE_KEY: {
    kind: 'terminal',
    sentence:
      'The data has duplicates for a unique key of the new definition: {problem}; values {column}, row with key {key}.',
    remedy: 'Make the values unique in the table (others may be alike) or change the statement, then start again.',
    unsaid: ['errno'],
  },
  KEY_VALUE_NOT_VALID: {
    kind: 'terminal',
    sentence: 'Key column {column} of a row has a value that is no {kind}, so it is not put into a statement.',
    remedy: 'The original table is untouched. Please report it with the definition of the table.',
  },
  COLUMN_NOT_TRANSFERABLE: {
    kind: 'terminal',
    sentence: 'Column {column} has type {type}, for which no exact way to another server is known.',
    remedy: 'Change the type of the column first, or leave the table out of the move; please report the type.',
  },
  LOAD_NOT_EXACT: {
    kind: 'retryable',
    sentence: 'LOAD DATA LOCAL on cluster {cluster} did not take all rows of {table} as they are: {problem}.',
    remedy: 'Nothing was kept. The same rows are written by INSERT, which names what is wrong.',
  },
  ROW_TOO_LARGE: {
    kind: 'needsOperator',
    sentence: 'A row of {table} does not fit max_allowed_packet={maxAllowedPacket} of cluster {cluster}: {key}.',
    remedy: 'Raise max_allowed_packet of that server; a written row is up to twice as long as its values.',
  },
} as const satisfies Catalogue;
