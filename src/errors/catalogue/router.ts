import type { Catalogue } from '../entry.js';

/** Telling applications where a table lives. */
export const routerErrors = {
  ROUTER_NOT_TOLD: {
    kind: 'retryable',
    sentence: 'The router ({router}) could not be told where the tables of the move {move} are: {problem}.',
    remedy:
      'It is tried again by itself, and it does no harm where the router was told after all. Look at the router when it lasts.',
  },
  ROUTER_REFUSES: {
    kind: 'terminal',
    sentence: 'The router ({router}) refuses the rules of the move {move} with status {status}, and says "{answer}".',
    remedy: 'Correct what the router names, or `router` in the configuration of the worker; docs/routing.md has both.',
  },
} as const satisfies Catalogue;
