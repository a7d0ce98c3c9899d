/**
 * One HTTP request to a service of the operator's own: a signed POST of some JSON. Whoever calls repeats it. Nothing of the
 * address but its origin goes into errors: the rest of it may be a secret, too (P8).
 */
import { networkProblem } from '../errors/network-problem.js';
import { webhookAnswerBytesMax, routerAnswerShownCharactersMax } from '../limits/shared.js';
import { withJointSignal } from '../mysql/server/session/joint-signal.js';
import { signatureOf } from './sign.js';

export interface PostTarget {
  readonly url: string;
  /** Absent: it is not signed. */
  readonly secret?: string | undefined;
  readonly timeoutMs: number;
  /** More of them; their values are secrets. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What came of it. */
type Posted =
  | { readonly outcome: 'done' }
  /** It says that it never will take it, with a status from 400 to 499, and the start of its answer. */
  | { readonly outcome: 'refused'; readonly status: number; readonly answer: string }
  | { readonly outcome: 'notDone'; readonly problem: string; readonly cause?: unknown };

/** These say "later" by their definition, unlike the other answers from 400 to 499. */
const laterStatuses = [408, 425, 429];

/** @throws the reason of `signal`. */
export async function signedPost(target: PostTarget, body: string, signal?: AbortSignal): Promise<Posted> {
  signal?.throwIfAborted();
  try {
    const { timeoutMs } = target;
    const limit = { withinMs: timeoutMs, message: `it did not answer within ${timeoutMs} ms` };
    // The reading of an answer included.
    return await withJointSignal([signal], limit, (whole) => post(target, body, whole));
  } catch (error) {
    signal?.throwIfAborted();
    return { outcome: 'notDone', problem: networkProblem(error), cause: error };
  }
}

/** How it is called in errors. */
export function targetName({ url }: Pick<PostTarget, 'url'>): string {
  return `webhook at ${new URL(url).origin}`;
}

async function post(target: PostTarget, body: string, signal: AbortSignal): Promise<Posted> {
  const { url, headers = {} } = target;
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'switchyard', ...signedBy(target, body) },
    body,
    // Followed, a redirect could take it to anywhere, or turn the POST into a GET that changes nothing.
    redirect: 'manual',
    signal,
  });
  const { status } = response;
  if (status < 400 || status >= 500 || laterStatuses.includes(status)) {
    await response.body?.cancel();
    if (response.ok) return { outcome: 'done' };
    const hint = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
    return { outcome: 'notDone', problem: `it answered with status ${status}${hint}` };
  }
  return { outcome: 'refused', status, answer: shownAnswer(await beginningOf(response), secretsOf(target)) };
}

function signedBy({ secret }: PostTarget, body: string): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return { 'switchyard-timestamp': timestamp, 'switchyard-signature': signatureOf(secret, timestamp, body) };
}

function secretsOf({ secret, headers = {} }: PostTarget): readonly string[] {
  return [...(secret === undefined ? [] : [secret]), ...Object.values(headers)];
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

/** The start of an answer as one line, without the secrets, which a careless service may repeat. */
function shownAnswer(text: string, secrets: readonly string[]): string {
  const line = secrets
    .reduce((left, secret) => left.replaceAll(secret, '***'), text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line === '') return '(nothing)';
  const characters = [...line];
  const shown = characters.slice(0, routerAnswerShownCharactersMax).join('');
  return characters.length > routerAnswerShownCharactersMax ? `${shown} …` : shown;
}
