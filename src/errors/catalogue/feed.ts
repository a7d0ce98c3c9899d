import type { Catalogue } from '../entry.js';

/** What can be wrong with the change feed. */
export const feedErrors = {
  BINLOG_EVENT_NOT_DECODED: {
    kind: 'terminal',
    sentence: 'A binlog event cannot be decoded safely: {problem}.',
    remedy: 'The original table is untouched. Report the event; start again once the cause is removed.',
  },
} as const satisfies Catalogue;
