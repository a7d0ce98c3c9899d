/** Times of the day in which attempts may begin: of `cutOver.window` and `switch.window`. */
import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../../errors/schema-problem.js';
import type { AttemptWindow } from '../../lifecycle/operation/limits.js';
import { windowsMax } from '../../limits/contract.js';

export type { AttemptWindow };

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const clockProblem: { readonly error: (issue: SchemaIssue) => string } = {
  error: (issue) => mustBe(issue, 'a time of the day such as "02:00"'),
};
const clock = z.string(clockProblem).regex(/^([01]\d|2[0-3]):[0-5]\d$/, clockProblem);

export const windowFields = {
  from: clock,
  to: clock,
  days: z.array(z.enum(weekdays)).min(1).max(weekdays.length).optional(),
  timeZone: z.string().min(1).max(64).optional(),
  ends: z.boolean().optional(),
};

const windowSchema: z.ZodType<AttemptWindow> = z.strictObject(windowFields);

/** One window, or several of which any will do; null for none. */
export const windowsSchema = z.preprocess(
  (given) => (given == null || Array.isArray(given) ? given : [given]),
  z.array(windowSchema).min(1).max(windowsMax).nullable().optional(),
);
