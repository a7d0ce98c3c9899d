import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../errors/schema-problem.js';
import { throttleUrlCharactersMax } from '../limits/throttle.js';
import type { ThrottleSource } from './source.js';

const okStatus = 200;

/** Somebody else decides: a service of the operator's own. Nothing of the address but its origin is told (P8). */
export const httpCheck: ThrottleSource<string> = {
  schema: z
    .string()
    .max(throttleUrlCharactersMax)
    .refine(isAddress, {
      error: (issue: SchemaIssue) => mustBe(issue, 'an address such as "http://127.0.0.1:9000/may-copy"'),
    }),
  description:
    'an address (`http` or `https`, without a password) that answers a GET with 200 while the work may go on',
  example: 'http://127.0.0.1:9000/may-copy',
  watch: (url, sights) => ({
    look: async () => {
      const status = await sights.get(url);
      return status === okStatus ? null : { why: `${originOf(url)} answers with ${status}, not with ${okStatus}` };
    },
  }),
};

// Without URL, which workflows do not have in each of their sandboxes.
function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/.test(text);
}

function originOf(url: string): string {
  return /^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? url;
}
