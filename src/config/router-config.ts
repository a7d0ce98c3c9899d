/** The section `router` of the configuration: who is told where tables live. */
import { z } from 'zod';
import { mustBe } from '../errors/schema-problem.js';
import { timeoutSchema, webhookSecretSchema, webhookUrlSchema } from './webhook-config.js';

const tableSchema = z.strictObject({
  driver: z.literal('table'),
  /** The name of one of the clusters. */
  cluster: z.string(),
});

const webhookSchema = z.strictObject({
  driver: z.literal('webhook'),
  url: webhookUrlSchema('https://router.example.com/rules'),
  secret: webhookSecretSchema,
  timeoutMs: timeoutSchema,
});

const activitySchema = z.strictObject({
  driver: z.literal('activity'),
  /** Of the operator's own workers. */
  taskQueue: z.string().min(1),
  activityType: z.string().min(1).default('applyRules'),
  timeoutMs: timeoutSchema,
});

export const routerSchema = z.discriminatedUnion('driver', [tableSchema, webhookSchema, activitySchema], {
  error: (issue) => (issue.code === 'invalid_union' ? mustBe(issue, '"table", "webhook" or "activity"') : undefined),
});
