/** What a webhook and an activity of the operator's own have in common, whatever they are told. */
import { z } from 'zod';
import { mustBe } from '../errors/schema-problem.js';
import { webhookSecretCharactersMax, webhookSecretCharactersMin } from '../limits/config.js';
import { routerTimeoutMsDefault, routerTimeoutMsMax, routerTimeoutMsMin } from '../limits/shared.js';

export const timeoutSchema = z.coerce
  .number()
  .int()
  .min(routerTimeoutMsMin)
  .max(routerTimeoutMsMax)
  .default(routerTimeoutMsDefault);

/** @param example of an address. */
export function webhookUrlSchema(example: string): z.ZodString {
  return z.string().refine(isWebhookUrl, {
    error: (issue) => mustBe(issue, `an address such as ${example}, without a user name in it`),
  });
}

export const webhookSecretSchema = z.string().min(webhookSecretCharactersMin).max(webhookSecretCharactersMax);

/** The rest of an address may be a secret; a user name and a password in it would be sent nowhere. */
function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
