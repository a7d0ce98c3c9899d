/** examples/ run as they stand there, against a real Temporal, with workers whose activities have no database. */
import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { lookEachNight } from '../../examples/typescript/schedule.js';
import { letGo, prepare } from '../../examples/typescript/service.js';
import { SwitchyardClient } from '../../src/client/index.js';
import { root } from '../docs/pages.js';
import { activityError, FakeActivities } from '../support/fake-activities.js';
import { withWorkers, workflowEnvironment } from '../support/workflow-env.js';

const execute = promisify(execFile);

function isThere(tool: string, ...parameters: readonly string[]): boolean {
  try {
    execFileSync(tool, parameters, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A task queue with a worker, and a database whose name nobody else has. */
async function withWorker(
  body: (at: {
    readonly taskQueue: string;
    readonly database: string;
    readonly fakes: FakeActivities;
  }) => Promise<unknown>,
): Promise<void> {
  const fakes = new FakeActivities();
  const taskQueue = `examples-${randomUUID()}`;
  await withWorkers({ taskQueue, activities: fakes.activities }, () =>
    body({ taskQueue, database: taskQueue, fakes }).finally(() => fakes.release()),
  );
}

it('service.ts brings a change to its cut-over, again where it is asked again, and lets it go', async () => {
  const { client } = await workflowEnvironment();
  await withWorker(async ({ taskQueue, database, fakes }) => {
    const switchyard = new SwitchyardClient(client, { taskQueue });
    const statement = 'ALTER TABLE orders ADD COLUMN note varchar(200)';
    const change = { ticket: 'SHOP-1234', cluster: 'commerce', database, statement };
    const workflowId = `online-ddl/commerce/${database}/orders`;
    expect(await prepare(switchyard, change)).toEqual({ state: 'waits', workflowId });
    expect(await prepare(switchyard, change)).toEqual({ state: 'waits', workflowId });
    expect(await letGo(switchyard, workflowId, 'ann')).toBe(fakes.retainedTable);
    const refused = await prepare(switchyard, { ...change, statement: 'DROP TABLE orders' });
    expect(refused).toMatchObject({ why: expect.stringMatching(/^STATEMENT_NOT_BUILT_YET: /) as string });
    fakes.answer('prepareMigration', () => Promise.reject(activityError('TABLE_BUSY', 'terminal', 'It is busy.')));
    expect(await prepare(switchyard, change)).toEqual({
      state: 'refused',
      why: 'TABLE_BUSY: It is busy. Remedy of TABLE_BUSY.',
    });
  });
});

it('parent-workflow.ts changes one cluster after the other; a child goes on when its parent is terminated', async () => {
  const { client } = await workflowEnvironment();
  await withWorker(async ({ taskQueue, database, fakes }) => {
    const rollOut = (clusters: readonly string[], table: string) =>
      client.workflow.start('rollOut', {
        ...{ taskQueue, workflowId: `roll-out/${database}/${table}` },
        args: [{ clusters, database, table, change: 'ADD COLUMN note varchar(200)', taskQueue }],
      });
    const both = await rollOut(['commerce', 'customer'], 'orders');
    expect(await both.result()).toMatchObject([{ outcome: 'completed' }, { outcome: 'completed' }]);
    expect(fakes.requests('prepareMigration').map(({ input }) => input)).toMatchObject([
      { cluster: 'commerce', statement: 'ALTER TABLE `orders` ADD COLUMN note varchar(200)' },
      { cluster: 'customer' },
    ]);

    fakes.hold('attemptCutOver');
    const ended = await rollOut(['commerce'], 'items');
    const attempt = await fakes.heldCall('attemptCutOver');
    await ended.terminate('somebody has lost patience');
    attempt.end({ outcome: 'swapped', completedAt: '2026-11-21T04:00:00.000Z', blockedMs: 1 });
    const migration = new SwitchyardClient(client, { taskQueue }).migration(`online-ddl/commerce/${database}/items`);
    expect(await migration.result()).toMatchObject({ outcome: 'completed' });
  });
});

it('schedule.ts starts a look at a cluster each night', async () => {
  const { client } = await workflowEnvironment();
  const cluster = `cluster-${randomUUID()}`;
  const schedule = await lookEachNight(client, cluster);
  const { action, policies, spec } = await schedule.describe();
  expect(action).toMatchObject({ workflowType: 'reconcile', args: [{ cluster, dryRun: true }] });
  expect([policies.overlap, spec.timezone]).toEqual(['SKIP', 'Europe/Berlin']);
  await schedule.delete();
});

/** Compiling takes longer than everything else here, where the tool has compiled nothing yet. */
const withGo = process.env['SWITCHYARD_EXAMPLES'] === 'all' && isThere('go', 'version');

const programs = [
  { file: 'python/migrate.py', tool: ['python3'], isRun: isThere('python3', '--version') },
  { file: 'go/main.go', tool: ['go', 'run'], isRun: withGo },
];

for (const { file, tool, isRun } of programs) {
  it.skipIf(!isRun)(`${file} changes a table with nothing but JSON`, async () => {
    const { http, namespace } = await workflowEnvironment();
    await withWorker(async ({ taskQueue, database }) => {
      const [program = '', ...first] = [...tool, join(root, 'examples', file)];
      const env = {
        ...process.env,
        ...{ TEMPORAL_HTTP: http, TEMPORAL_NAMESPACE: namespace, SWITCHYARD_TASK_QUEUE: taskQueue },
      };
      const change = ['commerce', database, 'orders', 'ADD COLUMN note varchar(200)'];
      const { stdout } = await execute(program, [...first, ...change], { env });
      expect(stdout).toContain('postponed Send resume to let it complete.\ndone The completion is allowed');
      expect(stdout.split('\n').at(-2)).toMatch(/^completed /);
      await expect(execute(program, [...first, 'commerce'], { env })).rejects.toThrow(/usage: /);
    });
  });
}
