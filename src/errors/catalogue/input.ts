import type { Catalogue } from '../entry.js';

/** What people ask for and cannot have: inputs of workflows and commands, and the configuration. */
export const inputErrors = {
  INVALID_INPUT: {
    kind: 'terminal',
    sentence: 'The input is not valid: {problem}.',
    remedy: 'Correct what is named and try again; docs/online-ddl.md and docs/move-tables.md list the fields.',
  },
  NOT_BUILT_YET: {
    kind: 'terminal',
    sentence: '{what} is not built yet.',
    remedy:
      'Ask for it without that, or make the change without Switchyard; docs/online-ddl.md and docs/move-tables.md list what is built.',
  },
  UNKNOWN_CLUSTER: {
    kind: 'terminal',
    sentence: 'There is no cluster "{cluster}" in the configuration; it has: {known}.',
    remedy: 'Correct the name, or add the cluster to the configuration of the worker and restart it.',
  },
  INVALID_CONFIGURATION: {
    kind: 'terminal',
    sentence: 'The configuration {file} is not valid: {problem}.',
    remedy: 'Correct the field that is named; README.md shows a whole configuration.',
  },
  METRICS_REFUSED: {
    kind: 'terminal',
    sentence: 'No metrics can be shown at {address}: {problem}.',
    remedy: 'Another process may have that address, such as a second worker: give each its own in the section metrics.',
  },
} as const satisfies Catalogue;
