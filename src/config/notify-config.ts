/** The section `notify` of the configuration: who is told of operations that need somebody, and of how they end. */
import { z } from 'zod';
import { noticeEvents } from '../domain/notice.js';
import { mustBe } from '../errors/schema-problem.js';
import { noticeHeaderCharactersMax } from '../limits/config.js';
import { timeoutSchema, webhookSecretSchema, webhookUrlSchema } from './webhook-config.js';

const eventsSchema = z
  .array(z.enum(noticeEvents))
  .min(1)
  .default([...noticeEvents]);

/** Names and values as HTTP has them: a client that refuses one would say it, with its value, in its error. */
const headersSchema = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/),
  z
    .string()
    .min(1)
    .max(noticeHeaderCharactersMax)
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, {
      error: (issue) => mustBe(issue, 'a text of visible ASCII characters'),
    }),
);

const webhookSchema = z.strictObject({
  driver: z.literal('webhook'),
  url: webhookUrlSchema('https://ops.example.com/switchyard'),
  secret: webhookSecretSchema.optional(),
  headers: headersSchema.optional(),
  timeoutMs: timeoutSchema,
  events: eventsSchema,
});

const activitySchema = z.strictObject({
  driver: z.literal('activity'),
  /** Of the operator's own workers. */
  taskQueue: z.string().min(1),
  activityType: z.string().min(1).default('takeNotice'),
  timeoutMs: timeoutSchema,
  events: eventsSchema,
});

export const notifySchema = z.discriminatedUnion('driver', [webhookSchema, activitySchema], {
  error: (issue) => (issue.code === 'invalid_union' ? mustBe(issue, '"webhook" or "activity"') : undefined),
});
