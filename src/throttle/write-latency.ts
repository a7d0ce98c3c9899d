import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../errors/schema-problem.js';
import {
  throttleWriteAutoFactor,
  throttleWriteAutoMsMin,
  throttleWriteAutoUnknownMs,
  throttleWriteMsMax,
} from '../limits/throttle.js';
import { shown } from './at-most.js';
import type { ThrottleSource, WriteSight } from './source.js';

const problem = { error: (issue: SchemaIssue) => mustBe(issue, 'milliseconds from 1 on, or "auto"') };

/** What the work costs the application (P12), on each server that it is on. */
export const writeLatencyMsMax: ThrottleSource<number | 'auto'> = {
  schema: z.union(
    [z.literal('auto'), z.number().int(problem).min(1, problem).max(throttleWriteMsMax, problem)],
    problem,
  ),
  description:
    'milliseconds that a small write of our own takes, or `"auto"`: gently, and three times what it took before the copy began',
  example: 50,
  watch: (limit, sights) => ({
    isGentle: limit === 'auto',
    look: () => {
      const slow = sights.writes().flatMap((write) => {
        const most = limit === 'auto' ? automatic(write) : limit;
        const words = `a write on ${write.cluster} takes ${shown(write.ms)} ms, at most ${shown(most)}`;
        return write.ms > most ? [limit === 'auto' ? `${words} (${reasonOf(write)})` : words] : [];
      });
      return slow.length === 0 ? null : { why: slow.join(' and ') };
    },
  }),
};

function automatic({ beforeMs }: WriteSight): number {
  if (beforeMs === null) return throttleWriteAutoUnknownMs;
  return Math.max(throttleWriteAutoMsMin, throttleWriteAutoFactor * beforeMs);
}

function reasonOf({ beforeMs }: WriteSight): string {
  return beforeMs === null ? 'auto; before the copy it was not measured' : `auto; ${shown(beforeMs)} before the copy`;
}
