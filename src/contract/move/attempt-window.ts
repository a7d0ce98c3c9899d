/** Times of the day in which attempts may begin: of `switch.window`. */
import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../../errors/schema-problem.js';
import type { AttemptWindow } from '../../lifecycle/move/event.js';
import { windowsMax } from '../../limits/contract.js';

export type { AttemptWindow };

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const clockProblem: { readonly error: (issue: SchemaIssue) => string } = {
  error: (issue) => mustBe(issue, 'a time of the day such as "02:00"'),
};
const clock = z.string(clockProblem).regex(/^([01]\d|2[0-3]):[0-5]\d$/, clockProblem);

const windowSchema: z.ZodType<AttemptWindow> = z.strictObject({
  from: clock,
  to: clock,
  days: z.array(z.enum(weekdays)).min(1).max(weekdays.length).optional(),
  timeZone: z.string().min(1).max(64).optional(),
});

/** One window, or several of which any will do. */
export const windowsSchema = z.preprocess(
  (given) => (given === undefined || Array.isArray(given) ? given : [given]),
  z.array(windowSchema).min(1).max(windowsMax).optional(),
);
