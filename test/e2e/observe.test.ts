/**
 * What a worker shows of itself while it really works: the metrics that are declared, and all that the dashboard and the
 * alerts in ops/ name, are on its endpoint after a migration and a move; its log has a line for what has happened.
 */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { OnlineDdlResult } from '../../src/contract/migration/input.js';
import { tableCleanupWorkflowId } from '../../src/contract/names.js';
import { declaredMetrics } from '../../src/contract/operation/metrics.js';
import { noticeSchema, type Notice } from '../../src/contract/operation/notices.js';
import { supervise } from '../../src/dev/supervise.js';
import { retryWaitsMs } from '../../src/limits/lifecycle.js';
import { eventually, uniqueName } from '../support/eventually.js';
import { MoveTest } from '../support/move-test.js';
import { root } from '../docs/pages.js';

interface Line {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly kind?: string;
  readonly cluster?: string | null;
  readonly operationId?: string | null;
  readonly workflowId?: string;
  readonly code?: string;
  readonly phase?: string;
  readonly command?: string;
}

/** What must not be in a log. */
const secret = 'a value of the application';

/** What a webhook was told of operations. */
const notices: Pick<Notice, 'kind' | 'event'>[] = [];
const webhook = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    notices.push(noticeSchema.parse(JSON.parse(Buffer.concat(parts).toString('utf8'))));
    response.end();
  });
});

let test: MoveTest;
let address: string;
let logFile: string;
/** Of the migration. */
let retainedTable: string;

const scrape = async (): Promise<string> => (await fetch(`http://${address}/metrics`)).text();

async function lines(): Promise<readonly Line[]> {
  const text = await readFile(logFile, 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

/** The sum of all series of a metric with these labels. */
function valueOf(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const series = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  const fitting = series.filter((line) =>
    Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)),
  );
  return fitting.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

beforeAll(async () => {
  const gone = { ...inject('stack').commerce.switchyard, name: 'gone', port: await getPort() };
  address = `127.0.0.1:${await getPort()}`;
  await new Promise<void>((done) => webhook.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/notices`;
  test = await MoveTest.open(
    [
      'CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, note VARCHAR(100))',
      'CREATE TABLE items (id INT PRIMARY KEY AUTO_INCREMENT, note VARCHAR(100))',
      ...['orders', 'items'].map(
        (table) => `INSERT INTO ${table} (note) VALUES ${Array(50).fill(`('${secret}')`).join()}`,
      ),
    ],
    {
      clusters: { gone },
      sections: {
        metrics: { exporter: 'prometheus', address },
        logs: { format: 'json' },
        notify: { driver: 'webhook', url },
      },
    },
  );
  ({ logFile } = await test.startWorker());
});
afterAll(async () => {
  await test.close();
  webhook.closeAllConnections();
  await new Promise((done) => webhook.close(done));
});

it('is in the metrics and in the log: a migration, a move, and a server that does not answer', async () => {
  const { database } = test;
  const statement = `ALTER TABLE orders ADD COLUMN more VARCHAR(30) DEFAULT 'of a person'`;
  const failing = await test.startBeside('onlineDdl', { cluster: 'gone', database, statement });
  const migration = await test.startBeside('onlineDdl', { cluster: 'commerce', database, statement });
  await test.start(['items'], { autoSwitch: true });
  const result = (await migration.result()) as OnlineDdlResult;
  retainedTable = result.retainedTable ?? '';
  await test.until('the way back', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
  // Gauges are read now and then: what runs is seen while it does.
  await eventually('what runs', async () => ((await scrape()).includes('switchyard_running_work{') ? true : undefined));
  await test.command('complete', { by: 'alice' });
  await test.result();
  expect(notices.map(({ kind, event }) => `${kind} ${event}`).toSorted()).toEqual(
    ['onlineDdl', 'moveTables'].flatMap((kind) => [`${kind} switched`, `${kind} completed`]).toSorted(),
  );
  const retried = await eventually('a failure in the log', async () =>
    (await lines()).find(({ message }) => message === 'Work has failed and is tried again'),
  );
  expect(retried).toMatchObject({
    level: 'warn',
    code: 'SERVER_UNAVAILABLE',
    kind: 'onlineDdl',
    workflowId: failing.workflowId,
  });
  // Nothing was made, and its clean-up would only wait for the server again.
  await failing.terminate();

  const text = await scrape();
  const of = (kind: string, more: object = {}) => ({ kind, cluster: 'commerce', ...more });
  for (const kind of ['onlineDdl', 'moveTables']) {
    expect(valueOf(text, 'switchyard_rows_copied_total', of(kind)), kind).toBe(50);
    expect(valueOf(text, 'switchyard_switches_total', of(kind, { direction: 'forward' })), kind).toBe(1);
    expect(valueOf(text, 'switchyard_operations_ended_total', of(kind, { outcome: 'completed' })), kind).toBe(1);
    expect(valueOf(text, 'switchyard_blocked_seconds_count', of(kind)), kind).toBe(1);
  }
  expect(valueOf(text, 'switchyard_commands_total', of('moveTables', { command: 'complete' }))).toBe(1);
  expect(valueOf(text, 'switchyard_retries_total', { kind: 'onlineDdl', cluster: 'unknown' })).toBeGreaterThan(0);
  expect(valueOf(text, 'switchyard_needs_operator_total', of('moveTables'))).toBe(0);
});

it('is in them, too: that the old table is dropped, and that somebody looks for what is left', async () => {
  const { client, database, taskQueue } = test;
  const cleanup = client.workflow.getHandle(tableCleanupWorkflowId('commerce', database, retainedTable));
  await cleanup.executeUpdate('dropRetained', { args: [{ by: 'bob' }] });
  await cleanup.result();
  const args = [{ cluster: 'commerce', operationId: 'none', dryRun: true }];
  await client.workflow.execute('reconcile', { taskQueue, workflowId: uniqueName('reconcile'), args });
  const of = { kind: 'tableCleanup', cluster: 'commerce', operation: retainedTable };
  const told = await eventually('the last line', async () => {
    const all = await lines();
    return all.some(({ message }) => message === 'Looked for what operations have left') ? all : undefined;
  });
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...of, command: 'dropRetained', by: 'bob', outcome: 'accepted' }) as Line,
      expect.objectContaining({ ...of, message: 'Phase dropping' }) as Line,
      expect.objectContaining({ ...of, message: 'Retained tables are gone', dropped: 1 }) as Line,
    ]),
  );
  const text = await scrape();
  expect(valueOf(text, 'switchyard_retained_tables_total', { cluster: 'commerce', outcome: 'dropped' })).toBe(1);
  expect(valueOf(text, 'switchyard_commands_total', { kind: 'tableCleanup', command: 'dropRetained' })).toBe(1);
  expect(valueOf(text, 'switchyard_retries_total', { kind: 'tableCleanup', cluster: 'commerce' })).toBe(0);
});

it('has each metric that is declared, with its labels and no others of ours', async () => {
  const ofSdk = ['namespace', 'taskQueue', 'workflowType', 'service_name', 'le'];
  const text = await eventually('the gauges', async () => {
    const scraped = await scrape();
    return scraped.includes('switchyard_write_latency_seconds{') ? scraped : undefined;
  });
  for (const { name, kind, labels, help } of declaredMetrics) {
    expect(text, name).toContain(`# TYPE ${name} ${kind}\n`);
    expect(text, name).toContain(`# HELP ${name} ${help}\n`);
    const series =
      text.split('\n').find((line) => line.startsWith(`${name}${kind === 'histogram' ? '_bucket' : ''}{`)) ?? '';
    const found = [...series.matchAll(/(\w+)="/g)]
      .map(([, label = '']) => label)
      .filter((label) => !ofSdk.includes(label));
    expect(found.toSorted(), name).toEqual(Object.keys(labels).toSorted());
  }
  const shown = [...text.matchAll(/^# TYPE (switchyard_\w+) /gm)].map(([, name]) => name);
  expect(shown.toSorted()).toEqual(declaredMetrics.map(({ name }) => name).toSorted());
});

it('has each metric that the dashboard and the alerts name', async () => {
  const text = await scrape();
  const names = new Set(
    ['ops/dashboard.json', 'ops/alerts.yaml'].flatMap(
      (file) => readFileSync(join(root, file), 'utf8').match(/\b(?:switchyard|temporal)_\w+/g) ?? [],
    ),
  );
  expect(names.size).toBeGreaterThan(15);
  for (const name of names) expect(text, name).toMatch(new RegExp(`^${name}\\{`, 'm'));
});

it('logs each line as JSON, with whose it is, and no values and no statements', async () => {
  const all = await lines();
  const text = await readFile(logFile, 'utf8');
  expect(text.split('\n').filter((line) => !line.startsWith('{'))).toEqual(['']);
  expect(all.find(({ message }) => message.startsWith('worker ready: '))).toMatchObject({ level: 'info' });
  const ours = all.filter(({ kind, operationId }) => kind !== undefined && operationId != null);
  const phases = (kind: string) =>
    ours.filter((line) => line.kind === kind && line.phase !== undefined).map(({ phase }) => phase);
  expect(phases('onlineDdl')).toEqual(expect.arrayContaining(['copying', 'cuttingOver', 'completed']));
  expect(phases('moveTables')).toEqual(
    expect.arrayContaining(['copying', 'following', 'switching', 'switched', 'completed']),
  );
  expect(ours.find(({ command }) => command === 'complete')).toMatchObject({
    kind: 'moveTables',
    cluster: 'commerce',
    by: 'alice',
  });
  for (const { time, workflowId } of ours)
    expect([Date.parse(time) > 0, workflowId]).toEqual([true, expect.any(String)]);
  expect(text).not.toContain(secret);
  expect(text).not.toContain('ALTER TABLE');
});

it('ends by name where its metrics cannot be shown, and says so as JSON', async () => {
  const { folder } = inject('stack');
  const config = join(folder, `${uniqueName('refused')}.yaml`);
  const metrics = { exporter: 'prometheus', address };
  await writeFile(config, stringify({ clusters: {}, metrics, logs: { format: 'json' } }));
  const child = await supervise({
    title: 'the worker',
    program: { command: process.execPath, args: [join(root, 'dist/worker.js')] },
    args: ['--config', config],
    env: process.env,
    logFile: `${config}.log`,
  });
  expect(await child.exited).toEqual({ code: 1, signal: null });
  const [line = '', ...others] = (await child.readLog()).trim().split('\n');
  expect(others).toEqual([]);
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    message: expect.stringMatching(new RegExp(`^METRICS_REFUSED: .*${address}`)) as string,
  });
});

it('alerts on what is tried again for long while the lifecycle waits as long as it ever does', () => {
  const { groups } = parse(readFileSync(join(root, 'ops/alerts.yaml'), 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
  };
  const [, range, times] =
    /switchyard_retries_total\[(\d+)m\]\)\) > (\d+)/.exec(
      groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === 'SwitchyardRetrying')?.expr ?? '',
    ) ?? [];
  const seen = Math.floor((Number(range) * 60_000) / Math.max(...retryWaitsMs)) - 1;
  expect(seen).toBeGreaterThan(Number(times));
});
