import type { Catalogue } from '../entry.js';

/** What is wrong with the statement that was asked for. */
export const statementErrors = {
  NOT_ONE_ALTER: {
    kind: 'terminal',
    sentence: 'The statement is not one ALTER TABLE: {problem}.',
    remedy: 'Give exactly one ALTER TABLE statement; start one operation for each table.',
  },
} as const satisfies Catalogue;
