/** The option `verifyAgain`: whether, how often and how fast an operation that waits is verified again. */
import { z } from 'zod';
import { mustBe, type SchemaIssue } from '../../errors/schema-problem.js';
import { verifyAgainEveryMsMin } from '../../limits/contract.js';
import { durationMs, durationSchema } from './duration.js';

const every = durationSchema.refine((duration) => !(durationMs(duration) < verifyAgainEveryMsMin), {
  error: (issue: SchemaIssue) => mustBe(issue, 'at least "1m"; false is for never'),
});

export const verifyAgainSchema = z.union([
  z.literal(false),
  z.strictObject({ every: every.optional(), timeShareMax: z.number().gt(0).max(1).optional() }),
]);
