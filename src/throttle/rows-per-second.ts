import { z } from 'zod';
import { throttleRateMax } from '../limits/throttle.js';
import { shown } from './at-most.js';
import type { ThrottleSource } from './source.js';

/** All lanes together: each chunk sets off the next one so much later. */
export const rowsPerSecondMax: ThrottleSource<number> = {
  schema: z.number().int().min(1).max(throttleRateMax),
  description: 'rows that are copied or compared in a second',
  example: 5_000,
  watch(limit) {
    /** When the next chunk may begin, performance.now(). */
    let dueAt = 0;
    return {
      look: () => {
        const waitMs = dueAt - performance.now();
        return waitMs > 0 ? { waitMs, why: `at most ${shown(limit)} rows a second` } : null;
      },
      passed: (rows) => {
        dueAt = Math.max(dueAt, performance.now()) + (rows / limit) * 1_000;
      },
    };
  },
};
