import type { Catalogue } from '../entry.js';

/** Ownership, fencing and the swap. */
export const operationErrors = {
  TABLE_BUSY: {
    kind: 'terminal',
    sentence: 'Table {table} already has an operation: workflow {owner}.',
    remedy: 'Wait for that operation, or cancel it; one table has one operation at a time.',
  },
  FENCED: {
    kind: 'terminal',
    sentence: 'This run of the work was replaced by a newer one (token {token}).',
    remedy: 'Nothing to do: the newer run goes on, and this one changed nothing more.',
  },
  OUTCOME_UNCLEAR: {
    kind: 'needsOperator',
    sentence: 'It cannot be told whether the swap of {table} happened: {problem}.',
    remedy: 'Look at the tables that are named; then send retry, or cancel.',
  },
  SERVER_UNAVAILABLE: {
    kind: 'retryable',
    sentence: 'The server of cluster {cluster} does not answer: {problem}.',
    remedy: 'It is tried again by itself; look at the server when it lasts.',
  },
} as const satisfies Catalogue;
