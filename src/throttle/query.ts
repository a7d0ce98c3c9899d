import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../errors/schema-problem.js';
import { throttleQueryCharactersMax } from '../limits/throttle.js';
import { shown } from './at-most.js';
import type { ThrottleSource } from './source.js';

const select = z
  .string()
  .max(throttleQueryCharactersMax)
  // What passes here and is no query after all is refused by the server, which takes it as a derived table only.
  .regex(/^[\s(]*(?:SELECT|WITH|TABLE|VALUES)\b/i, {
    error: (issue: SchemaIssue) => mustBe(issue, 'a SELECT that gives one number'),
  });

/** A figure that only the operator knows, such as the length of a queue. */
export const query: ThrottleSource<{ readonly select: string; readonly max: number }> = {
  schema: z.strictObject({ select, max: z.number() }),
  description: 'a SELECT on the source that gives one number, and how great that may be',
  example: { select: 'SELECT COUNT(*) FROM shop.jobs', max: 10_000 },
  watch: ({ select: sql, max }, sights) => ({
    look: async () => {
      const figure = await sights.query(sql);
      return figure > max ? { why: `the query gives ${shown(figure)}, at most ${shown(max)}` } : null;
    },
  }),
};
