/** The webhook driver against a real HTTP server on loopback. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toFailure } from '../../src/activities/operation/failure.js';
import { createWebhookRouter } from '../../src/router/webhook-driver.js';
import type { Router } from '../../src/router/port.js';
import { rulesOf, someMove, toTarget } from './rules.js';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const secret = 'correct horse battery staple';
let server: Server;
let origin: string;
let received: Received[];
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(parts).toString('utf8') });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  received = [];
  answer = (response) => response.end('ok');
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function router(timeoutMs = 5_000): Router {
  return createWebhookRouter({ url: `${origin}/rules?token=hidden-token`, secret, timeoutMs });
}

function answerWith(status: number, text = '', headers: Record<string, string> = {}): void {
  answer = (response) => response.writeHead(status, headers).end(text);
}

const move = someMove();
const apply = (by = router(), signal?: AbortSignal) => by.apply(rulesOf(move, 7, toTarget), signal);

/** What came of a call that has to fail: the error, and all that histories and logs could show of it. */
async function failureOf(call: Promise<unknown>): Promise<{ readonly error: unknown; readonly shown: string }> {
  const error: unknown = await call.then(
    () => expect.unreachable('it did not fail'),
    (reason: unknown) => reason,
  );
  const failure = toFailure(error, 'commerce');
  return { error, shown: `${inspect(error, { depth: 9 })}\n${inspect(failure, { depth: 9 })}` };
}

describe('the request', () => {
  it('has all rules as JSON, a time, and a signature over both', async () => {
    expect(await apply()).toBe('applied');
    const [request] = received;
    expect(request).toMatchObject({
      method: 'POST',
      url: '/rules?token=hidden-token',
      headers: { 'content-type': 'application/json', 'user-agent': 'switchyard' },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual(rulesOf(move, 7, toTarget));
    const timestamp = String(request?.headers['switchyard-timestamp']);
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(10);
    const signature = createHmac('sha256', secret).update(`${timestamp}.${request?.body}`).digest('hex');
    expect(request?.headers['switchyard-signature']).toBe(`v1=${signature}`);
  });

  it('is the same when it is repeated, apart from time and signature', async () => {
    await apply();
    await apply();
    expect(received[0]?.body).toBe(received[1]?.body);
  });

  it('has no rules where those of a move are removed', async () => {
    const { operationId, move: name } = move;
    expect(await router().apply({ operationId, move: name, version: 8, rules: [] })).toBe('applied');
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ operationId, move: name, version: 8, rules: [] });
  });
});

describe('the answer', () => {
  it.each([200, 201, 202, 204])('%i means applied', async (status) => {
    answerWith(status);
    expect(await apply()).toBe('applied');
  });

  it('409 means that the router has a newer version', async () => {
    answerWith(409, 'I have 9');
    expect(await apply()).toBe('newer');
  });

  it.each([400, 401, 403, 404, 410, 422])('%i is an error for a person, with what it says', async (status) => {
    answerWith(status, '{"problem":\n\t"no such\u0007 cluster"}');
    const { error } = await failureOf(apply());
    expect(error).toMatchObject({ code: 'ROUTER_REFUSES', kind: 'terminal', facts: { status } });
    expect(String(error)).toContain(`with status ${status}, and says "{"problem": "no such cluster"}".`);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%i is to be tried again', async (status) => {
    answerWith(status, 'later');
    const { error } = await failureOf(apply());
    expect(error).toMatchObject({ code: 'ROUTER_NOT_TOLD', kind: 'retryable' });
    expect(String(error)).toContain(`status ${status}.`);
  });

  it.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    answerWith(status, '', { location: `${origin}/elsewhere` });
    const { error } = await failureOf(apply());
    expect(error).toMatchObject({ code: 'ROUTER_NOT_TOLD', kind: 'retryable' });
    expect(String(error)).toContain('redirects are not followed');
    expect(received).toHaveLength(1);
  });

  it('is cut where it is long, and not read to its end where it has none', async () => {
    answer = (response) => {
      response.writeHead(400);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(timer));
    };
    const { error } = await failureOf(apply());
    expect(error).toMatchObject({ code: 'ROUTER_REFUSES', facts: { answer: `${'x'.repeat(200)} …` } });
  });
});

describe('a router that cannot be reached', () => {
  it('is not waited for longer than it may take to answer', async () => {
    answer = () => undefined;
    const start = performance.now();
    const { error } = await failureOf(apply(router(200)));
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(error).toMatchObject({ code: 'ROUTER_NOT_TOLD', facts: { problem: 'it did not answer within 200 ms' } });
  });

  it('nor for the rest of an answer', async () => {
    answer = (response) => response.writeHead(400).write('because');
    const { error } = await failureOf(apply(router(200)));
    expect(error).toMatchObject({ code: 'ROUTER_NOT_TOLD', facts: { problem: 'it did not answer within 200 ms' } });
  });

  it('is tried again: a connection that is cut, a port where nobody listens', async () => {
    answer = (response) => response.socket?.destroy();
    expect((await failureOf(apply())).error).toMatchObject({ code: 'ROUTER_NOT_TOLD', kind: 'retryable' });
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const url = `http://127.0.0.1:${port}/rules`;
    const { error } = await failureOf(apply(createWebhookRouter({ url, secret, timeoutMs: 5_000 })));
    expect(error).toMatchObject({ code: 'ROUTER_NOT_TOLD', kind: 'retryable' });
    expect(String(error)).toContain('ECONNREFUSED');
  });

  it('is left when the caller stops, with the reason of the caller', async () => {
    const stop = new AbortController();
    const reason = new Error('a newer version is to be told');
    answer = () => stop.abort(reason);
    expect((await failureOf(apply(router(), stop.signal))).error).toBe(reason);
    expect((await failureOf(apply(router(), stop.signal))).error).toBe(reason);
    expect(received).toHaveLength(1);
  });
});

describe('secrets', () => {
  it('are in no error, nor is the address beyond its origin, even where the router repeats them', async () => {
    const told = `${secret} ${secret}`;
    const cases: (() => void)[] = [
      () => answerWith(401, `wrong secret, ${told}`),
      () => answerWith(500, told),
      () => answerWith(302, told, { location: `/?secret=${secret}` }),
      () => (answer = (response) => response.socket?.destroy()),
      // The secret stands where the answer is cut.
      () => answerWith(400, `${'x'.repeat(190)}${secret}`),
    ];
    for (const prepare of cases) {
      prepare();
      const { shown } = await failureOf(apply());
      expect(shown).toContain(`webhook at ${origin}`);
      expect(shown).not.toContain('correct horse');
      expect(shown).not.toContain('correct ho');
      expect(shown).not.toContain('hidden-token');
    }
  });
});
