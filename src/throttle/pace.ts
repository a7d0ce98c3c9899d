import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../errors/schema-problem.js';
import { throttlePaceMax, throttlePaceRates } from '../limits/throttle.js';
import { rowsPerSecondMax } from './rows-per-second.js';
import type { Reading, ThrottleSource } from './source.js';
import { writeLatencyMsMax } from './write-latency.js';

const problem = {
  error: (issue: SchemaIssue) => mustBe(issue, `a whole number from 1 to ${throttlePaceMax}, or "auto"`),
};

/** One knob for who does not want to think of the others: it is some of them, and is there beside them. */
export const pace: ThrottleSource<number | 'auto'> = {
  schema: z.union([z.literal('auto'), z.number().int(problem).min(1, problem).max(throttlePaceMax, problem)], problem),
  description: 'how fast it goes, from 1 to 10 (full speed), or `"auto"`, as fast as the application does not notice',
  example: 5,
  watch(limit, sights) {
    const rate = limit === 'auto' ? undefined : throttlePaceRates[limit - 1];
    const watches = [
      ...(limit === throttlePaceMax ? [] : [writeLatencyMsMax.watch('auto', sights)]),
      ...(rate === undefined ? [] : [rowsPerSecondMax.watch(rate, sights)]),
    ];
    return {
      look: (): Reading | Promise<Reading> => {
        for (const watch of watches) {
          const reading = watch.look();
          if (reading !== null) return reading;
        }
        return null;
      },
      passed: (rows) => {
        for (const watch of watches) watch.passed?.(rows);
      },
    };
  },
};
