/** The section `router` of the configuration: who is told where tables live. */
import { z } from 'zod';
import { mustBe } from '../errors/schema-problem.js';
import { webhookSecretCharactersMax, webhookSecretCharactersMin } from '../limits/config.js';
import { routerTimeoutMsDefault, routerTimeoutMsMax, routerTimeoutMsMin } from '../limits/shared.js';

const timeoutSchema = z.coerce
  .number()
  .int()
  .min(routerTimeoutMsMin)
  .max(routerTimeoutMsMax)
  .default(routerTimeoutMsDefault);

const tableSchema = z.strictObject({
  driver: z.literal('table'),
  /** The name of one of the clusters. */
  cluster: z.string(),
});

const webhookSchema = z.strictObject({
  driver: z.literal('webhook'),
  url: z.string().refine(isWebhookUrl, {
    error: (issue) => mustBe(issue, 'an address such as https://router.example.com/rules, without a user name in it'),
  }),
  secret: z.string().min(webhookSecretCharactersMin).max(webhookSecretCharactersMax),
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

/** The rest of an address may be a secret; a user name and a password in it would be sent nowhere. */
function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
