import type { Catalogue } from '../entry.js';

/** Those who look at operations from outside, and are told of them. */
export const notifyErrors = {
  SEARCH_ATTRIBUTES_REFUSED: {
    kind: 'terminal',
    sentence: 'The search attributes cannot be registered in the namespace {namespace}: {problem}.',
    remedy: 'docs/lists.md says how else they are registered. Operations go on without them.',
  },
  NOTICE_NOT_TOLD: {
    kind: 'retryable',
    sentence: 'Whoever is to be notified could not be told "{event}": {problem}.',
    remedy:
      'It is tried again a few times, and given up then; the operation goes on. Look at `notify` in the configuration of the worker, and at what it names.',
  },
  NOTICE_REFUSED: {
    kind: 'terminal',
    sentence: 'Whoever is to be notified ({receiver}) refuses "{event}" with status {status}, and says "{answer}".',
    remedy:
      'The notice is lost, and the operation goes on. Correct what it names, or `notify` in the configuration of the worker; docs/notifications.md has both.',
  },
} as const satisfies Catalogue;
