/** The section `router` of the configuration: who is told where tables live. */
import { z } from 'zod';
import { mustBe } from '../errors/schema-problem.js';
import {
  webhookSecretCharactersMax,
  webhookSecretCharactersMin,
  webhookTimeoutMsDefault,
  webhookTimeoutMsMax,
  webhookTimeoutMsMin,
} from '../limits/router.js';

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
  timeoutMs: z.coerce.number().int().min(webhookTimeoutMsMin).max(webhookTimeoutMsMax).default(webhookTimeoutMsDefault),
});

export const routerSchema = z.discriminatedUnion('driver', [tableSchema, webhookSchema], {
  error: (issue) => (issue.code === 'invalid_union' ? mustBe(issue, '"table" or "webhook"') : undefined),
});

/** The rest of an address may be a secret; a user name and a password in it would be sent nowhere. */
function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
