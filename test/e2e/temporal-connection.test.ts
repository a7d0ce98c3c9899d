/** The way of a worker to Temporal: TLS, client certificates, API keys, and what is said where it does not lead there. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { choosePort } from '../../src/dev/ready.js';
import { startWorker } from '../../src/dev/start-worker.js';
import { supervise } from '../../src/dev/supervise.js';
import { withoutTemporalSettings } from '../../src/dev/temporal-server.js';
import { watchApiKey } from '../../src/temporal/api-key.js';
import { connectToTemporal, type TemporalAccess } from '../../src/temporal/connect.js';
import { watchTemporal } from '../../src/temporal/watch.js';
import { Authority, type KeyPair } from '../support/certificates.js';
import { eventually, uniqueName } from '../support/eventually.js';
import { installRuntime } from '../support/runtime.js';
import { startTemporalEndpoint, type EndpointOptions, type TemporalEndpoint } from '../support/temporal-endpoint.js';

type Variables = Readonly<Record<string, string>>;

const here = { hosts: ['localhost', '127.0.0.1'] };
const apiKey = 'the right key';
let folder: string;
let authority: Authority;
let other: Authority;
let fitting: KeyPair;
const endpoints: TemporalEndpoint[] = [];

beforeAll(async () => {
  installRuntime();
  folder = await mkdtemp(join(tmpdir(), 'switchyard-temporal-'));
  [authority, other] = [new Authority('ours'), new Authority('theirs')];
  fitting = authority.issue(here);
  const pairs = { own: authority.issue({ name: 'worker' }), foreign: other.issue({ name: 'worker' }) };
  for (const [name, { cert, key }] of Object.entries(pairs)) {
    await writeFile(join(folder, `${name}.pem`), cert);
    await writeFile(join(folder, `${name}-key.pem`), key);
  }
  await writeFile(join(folder, 'ca.pem'), authority.ca);
  await writeFile(join(folder, 'other-ca.pem'), other.ca);
});

afterEach(async () => {
  await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With a certificate that fits, a client certificate asked for, and an API key, unless it says otherwise. */
async function open(options: Partial<EndpointOptions> = {}): Promise<TemporalEndpoint> {
  const all = { pair: fitting, clientCa: authority.ca, apiKey, ...options };
  const endpoint = await startTemporalEndpoint(inject('stack').temporal.address, all);
  endpoints.push(endpoint);
  return endpoint;
}

const file = (name: string): string => join(folder, name);

function certificate(name: string): Variables {
  return {
    TEMPORAL_TLS_CLIENT_CERT_PATH: file(`${name}.pem`),
    TEMPORAL_TLS_CLIENT_KEY_PATH: file(`${name}-key.pem`),
  };
}

/** Right in everything, but for `change`; an empty text takes a variable away. */
function variables(address: string, change: Variables = {}): Variables {
  const all = {
    TEMPORAL_CONFIG_FILE: file('none.toml'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: inject('stack').temporal.namespace,
    TEMPORAL_API_KEY: apiKey,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem'),
    ...certificate('own'),
    ...change,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** The first thing that is said instead of a connection. */
async function saidTo(env: Variables): Promise<string> {
  const report = (line: string): never => {
    throw new Error(line);
  };
  const outcome = await connectToTemporal(env, report).catch((error: unknown) => error);
  if (outcome instanceof Error) {
    const { code = '', message } = outcome as { code?: string; message: string };
    return `${code} ${message}`.trim();
  }
  await (outcome as TemporalAccess).connection.close();
  return 'connected';
}

describe('the settings of the Temporal CLI', () => {
  it('lead through TLS with a client certificate and an API key', async () => {
    const { port, passed } = await open();
    expect(await saidTo(variables(`localhost:${port}`))).toBe('connected');
    expect(await saidTo(variables(`127.0.0.1:${port}`))).toBe('connected');
    expect([...passed].toSorted()).toEqual(['DescribeNamespace', 'GetSystemInfo']);
  });

  const cases: readonly (readonly [what: string, change: Variables, said: RegExp])[] = [
    [
      'an authority that is not ours',
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'other-ca.pem' },
      /^TEMPORAL_NOT_TRUSTED .*nobody whom the settings name has signed it/,
    ],
    [
      'no client certificate',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' },
      /^TEMPORAL_CLIENT_CERTIFICATE_REFUSED /,
    ],
    [
      // Node's server sends no alert, as others do: see test/temporal.
      'a client certificate of another authority',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: 'foreign.pem', TEMPORAL_TLS_CLIENT_KEY_PATH: 'foreign-key.pem' },
      /TEMPORAL_UNREACHABLE: .*may not know the client certificate/,
    ],
    [
      'a file without a certificate',
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'own-key.pem' },
      /^TEMPORAL_SETTINGS_NOT_VALID .*no certificate/,
    ],
    [
      'a key that is none',
      { TEMPORAL_TLS_CLIENT_KEY_PATH: 'ca.pem' },
      /^TEMPORAL_SETTINGS_NOT_VALID .*PrivateKeyParseError/,
    ],
    ['a wrong API key', { TEMPORAL_API_KEY: 'another key' }, /^TEMPORAL_REFUSES .*Request unauthorized/],
    ['no API key', { TEMPORAL_API_KEY: '' }, /^TEMPORAL_REFUSES /],
    ['a namespace that is not there', { TEMPORAL_NAMESPACE: 'nowhere' }, /^UNKNOWN_NAMESPACE .*nowhere/],
    ['no TLS', { TEMPORAL_TLS: 'false' }, /TEMPORAL_UNREACHABLE.*TEMPORAL_TLS=true/],
    [
      'a file that is not there',
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'missing.pem' },
      /^TEMPORAL_SETTINGS_NOT_VALID .*missing\.pem/,
    ],
    [
      'a certificate without its key',
      { TEMPORAL_TLS_CLIENT_KEY_PATH: '' },
      /^TEMPORAL_SETTINGS_NOT_VALID .*go together/,
    ],
  ];
  it.each(cases)('with %s are refused by name', async (_what, change, said) => {
    const { port } = await open();
    const paths = Object.entries(change).map(([name, value]) => [name, /\.pem$/.test(value) ? file(value) : value]);
    const env = variables(`localhost:${port}`, Object.fromEntries(paths) as Variables);
    // Where the server's alert comes before the first call is sent, the SDK tells nothing of it: the next try does.
    const told = await eventually('an answer', async () => {
      const text = await saidTo(env);
      return /operation was canceled|broken pipe/.test(text) ? undefined : text;
    });
    expect(told).toMatch(said);
  });

  it('meet a certificate for another host', async () => {
    const { port } = await open({ pair: authority.issue({ hosts: ['temporal.example.com'] }) });
    expect(await saidTo(variables(`localhost:${port}`))).toMatch(/^TEMPORAL_OTHER_HOST .*temporal\.example\.com/);
    const named = { TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com' };
    expect(await saidTo(variables(`localhost:${port}`, named))).toBe('connected');
  });

  it('meet a certificate that has expired, and try again', async () => {
    const { port } = await open({ pair: authority.issue({ ...here, validFromDays: -2, validToDays: -1 }) });
    expect(await saidTo(variables(`localhost:${port}`))).toMatch(
      /^TEMPORAL_CERTIFICATE_EXPIRED: .*the next one in 1 s/,
    );
  });

  it('ask for TLS where there is none', async () => {
    const { address } = inject('stack').temporal;
    expect(await saidTo(variables(address))).toMatch(/^TEMPORAL_WITHOUT_TLS /);
    expect(await saidTo(variables(address, { TEMPORAL_TLS: 'false' }))).toBe('connected');
  });
});

it('an API key that is replaced in its file is used without a restart', async () => {
  const endpoint = await open();
  const settings = file('rotated.toml');
  const write = (key: string): Promise<void> => writeFile(settings, `[profile.default]\napi_key = "${key}"\n`);
  await write(apiKey);
  const change = { TEMPORAL_API_KEY: '', TEMPORAL_CONFIG_FILE: settings };
  const env = variables(`localhost:${endpoint.port}`, change);
  const access = await connectToTemporal(env);
  const lines: string[] = [];
  const stop = watchApiKey(access, env, (line) => void lines.push(line), 50);
  const call = () => access.connection.workflowService.describeNamespace({ namespace: access.namespace });
  try {
    endpoint.accept('the next key');
    await expect(call()).rejects.toThrow('Request unauthorized');
    await writeFile(settings, '[profile.default');
    await new Promise((goOn) => setTimeout(goOn, 200));
    expect(lines).toEqual([]);
    await write('the next key');
    await eventually('the line', () => Promise.resolve(lines.length > 0 ? true : undefined));
    await expect(call()).resolves.toBeDefined();
    await new Promise((goOn) => setTimeout(goOn, 200));
    expect(lines).toEqual(['the API key for Temporal has changed in its file, and the new one is used']);
    expect(lines.join()).not.toContain('next key');
  } finally {
    stop();
    await access.connection.close();
  }
});

describe('a Temporal that is not there', () => {
  it('is waited for, longer and longer, with a line for each try', async () => {
    const port = await choosePort();
    const lines: string[] = [];
    const connecting = connectToTemporal(
      variables(`127.0.0.1:${port}`),
      (line) => void lines.push(line),
      [50, 100, 200],
    );
    await eventually('four tries', () => Promise.resolve(lines.length >= 4 ? true : undefined));
    await open({ port });
    await (await connecting).connection.close();
    expect(lines.slice(0, 4).map((line) => /\((.*)\)$/.exec(line)?.[1])).toEqual([
      'try 1, the next one in 0.05 s',
      'try 2, the next one in 0.1 s',
      'try 3, the next one in 0.2 s',
      'try 4, the next one in 0.2 s',
    ]);
    expect(lines[0]).toMatch(
      /^TEMPORAL_UNREACHABLE: Temporal at 127\.0\.0\.1:\d+ cannot be reached: Connection refused\b/,
    );
    expect(lines[0]).toContain('TEMPORAL_ADDRESS');
  });

  it('is said once when it goes, and once when it is back', async () => {
    const endpoint = await open();
    const access = await connectToTemporal(variables(`127.0.0.1:${endpoint.port}`));
    const lines: string[] = [];
    const stop = watchTemporal(access, (line) => void lines.push(line), { intervalMs: 50, answerMs: 300 });
    try {
      await endpoint.close();
      await eventually('the first line', () => Promise.resolve(lines.length > 0 ? true : undefined));
      await new Promise((goOn) => setTimeout(goOn, 1_000));
      await open({ port: endpoint.port });
      await eventually('the second line', () => Promise.resolve(lines.length > 1 ? true : undefined));
      await new Promise((goOn) => setTimeout(goOn, 500));
      expect(lines).toEqual([
        expect.stringMatching(/^TEMPORAL_UNREACHABLE: Temporal at 127.* What runs goes on/),
        expect.stringMatching(/^Temporal at 127\.0\.0\.1:\d+ answers again, \d+ s later$/),
      ]);
    } finally {
      stop();
      await access.connection.close();
    }
  });
});

describe('a worker', () => {
  async function configFile(taskQueue: string): Promise<string> {
    const path = file(`${taskQueue}.yaml`);
    await writeFile(path, `taskQueue: ${taskQueue}\nclusters: {}\n`);
    return path;
  }

  it('waits for a Temporal that is not there yet, and works through TLS', async () => {
    const port = await choosePort();
    const logFile = file('worker.log');
    const env = variables(`localhost:${port}`);
    const { temporal } = inject('stack');
    const starting = startWorker({ configFile: await configFile(uniqueName('queue')), temporal, logFile, env });
    await eventually('the line', async () => {
      const log = await readFile(logFile, 'utf8').catch(() => '');
      return log.includes('TEMPORAL_UNREACHABLE: ') ? true : undefined;
    });
    const { passed } = await open({ port });
    const worker = await starting;
    await eventually('polls', () =>
      Promise.resolve(
        ['PollWorkflowTaskQueue', 'PollActivityTaskQueue'].every((call) => passed.has(call)) || undefined,
      ),
    );
    await worker.stop();
  });

  it.each([
    ['at once when it is told to, while it waits', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'TEMPORAL_UNREACHABLE', 0],
    [
      'with an exit code, where its settings have to be mended',
      { TEMPORAL_NAMESPACE: 'nowhere' },
      'UNKNOWN_NAMESPACE',
      1,
    ],
  ])('ends %s', async (_what, change: Variables, said, code) => {
    const { port } = await open();
    const child = await supervise({
      title: 'the worker',
      program: { command: process.execPath, args: [resolve(import.meta.dirname, '../../dist/worker.js')] },
      args: ['--config', await configFile(uniqueName('queue'))],
      env: { ...withoutTemporalSettings(process.env), ...variables(`localhost:${port}`, change) },
      logFile: file(`${uniqueName('ends')}.log`),
    });
    await eventually('what it says', async () => ((await child.readLog()).includes(`${said}: `) ? true : undefined));
    const askedAt = performance.now();
    child.kill('SIGTERM');
    expect(await child.exited).toEqual({ code, signal: null });
    expect(performance.now() - askedAt).toBeLessThan(5_000);
  });
});
