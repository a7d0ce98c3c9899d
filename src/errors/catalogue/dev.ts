import type { Catalogue } from '../entry.js';

/** Local servers for the demo, tests and benchmarks. */
export const devErrors = {
  DEV_TOOL_MISSING: {
    kind: 'terminal',
    sentence: '{tool} cannot be had: {problem}.',
    remedy: '{remedy}',
  },
} as const satisfies Catalogue;
