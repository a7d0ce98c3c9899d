/**
 * A router of the operator's own, told by HTTP: a signed POST of all rules of a move. Each call is one request; whoever
 * calls repeats it. Nothing of the address but its origin goes into errors: the rest of it may be a secret, too (P8).
 */
import { networkProblem } from '../errors/network-problem.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { webhookAnswerBytesMax, routerAnswerShownCharactersMax } from '../limits/shared.js';
import { withJointSignal } from '../mysql/server/session/joint-signal.js';
import type { RuleSet } from '../domain/routing.js';
import type { Router, RouterAnswer } from './port.js';
import { signatureOf } from './sign.js';

export interface WebhookSettings {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
}

/** These say "later" by their definition, unlike the other answers from 400 to 499. */
const laterStatuses = [408, 425, 429];

/** Tells the rules to the service at `url`. */
export function createWebhookRouter(settings: WebhookSettings): Router {
  return {
    apply: async (ruleSet, signal) => {
      signal?.throwIfAborted();
      try {
        const { timeoutMs } = settings;
        const limit = { withinMs: timeoutMs, message: `it did not answer within ${timeoutMs} ms` };
        // The reading of an answer included.
        return await withJointSignal([signal], limit, (whole) => post(settings, ruleSet, whole));
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof SwitchyardError) throw error;
        throw notTold(settings, ruleSet, networkProblem(error), error);
      }
    },
  };
}

async function post(settings: WebhookSettings, ruleSet: RuleSet, signal: AbortSignal): Promise<RouterAnswer> {
  const { operationId, move, version, rules } = ruleSet;
  const body = JSON.stringify({ operationId, move, version, rules });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const response = await fetch(settings.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'switchyard',
      'switchyard-timestamp': timestamp,
      'switchyard-signature': signatureOf(settings.secret, timestamp, body),
    },
    body,
    // Followed, a redirect could take the rules to anywhere, or turn the POST into a GET that changes nothing.
    redirect: 'manual',
    signal,
  });
  const { status } = response;
  if (status < 400 || status >= 500 || status === 409 || laterStatuses.includes(status)) {
    await response.body?.cancel();
    if (response.ok) return 'applied';
    if (status === 409) return 'newer';
    const hint = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
    throw notTold(settings, ruleSet, `it answered with status ${status}${hint}`);
  }
  const answer = shownAnswer(await beginningOf(response), settings.secret);
  throw new SwitchyardError('ROUTER_REFUSES', { router: routerName(settings), move, status, answer });
}

/** The first bytes of an answer, however long it is. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const parts: Uint8Array[] = [];
  for (let size = 0; size < webhookAnswerBytesMax;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  await reader.cancel();
  return Buffer.concat(parts).toString('utf8', 0, webhookAnswerBytesMax);
}

/** The start of an answer as one line, without the secret, which a careless service may repeat. */
function shownAnswer(text: string, secret: string): string {
  const line = text
    .replaceAll(secret, '***')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line === '') return '(nothing)';
  const characters = [...line];
  const shown = characters.slice(0, routerAnswerShownCharactersMax).join('');
  return characters.length > routerAnswerShownCharactersMax ? `${shown} …` : shown;
}

function notTold(settings: WebhookSettings, { move }: RuleSet, problem: string, cause?: unknown): SwitchyardError {
  return new SwitchyardError('ROUTER_NOT_TOLD', { router: routerName(settings), move, problem }, { cause });
}

function routerName({ url }: WebhookSettings): string {
  return `webhook at ${new URL(url).origin}`;
}
