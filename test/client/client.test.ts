/** `switchyard/client` against a real Temporal, with workers whose activities have no database. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { SwitchyardClient, SwitchyardError, type MigrationHandle } from '../../src/client/index.js';
import type { OnlineDdlStatus } from '../../src/contract/migration/status.js';
import { activityError, FakeActivities, swappedAt } from '../support/fake-activities.js';
import { FakeMoveActivities } from '../support/fake-move-activities.js';
import { migrationInput } from '../support/migration-workflow-env.js';
import { moveInput } from '../support/move-workflow-env.js';
import { withWorkers, workflowEnvironment } from '../support/workflow-env.js';

const everyMs = 100;

interface Fake {
  readonly activities: object;
  release(): void;
}

/** A client with a worker on a task queue of its own, and inputs whose default ids are nobody else's. */
async function withClient(
  fakes: Fake,
  body: (client: SwitchyardClient, input: typeof migrationInput) => Promise<unknown>,
): Promise<void> {
  const { client } = await workflowEnvironment();
  const taskQueue = `client-${randomUUID()}`;
  const switchyard = new SwitchyardClient(client, { taskQueue, by: 'ann' });
  const input = { ...migrationInput, database: taskQueue.slice(0, 60) };
  await withWorkers({ taskQueue, activities: fakes.activities }, () =>
    body(switchyard, input).finally(() => fakes.release()),
  );
}

async function problemOf(promise: Promise<unknown>): Promise<SwitchyardError> {
  const error: unknown = await promise.catch((failed: unknown) => failed);
  if (error instanceof SwitchyardError) return error;
  throw new Error('no error of the catalogue', { cause: error });
}

it('starts a migration once, follows it, lets it go, and has its result', async () => {
  await withClient(new FakeActivities(), async (client, input) => {
    const held = { ...input, options: { postponeCompletion: true } };
    const migration = await client.onlineDdl(held, { summary: 'SHOP-1234' });
    expect(migration.workflowId).toBe(`online-ddl/commerce/${input.database}/orders`);
    expect(await problemOf(client.onlineDdl(held))).toMatchObject({ code: 'ALREADY_STARTED' });
    const same = await client.onlineDdl(held, { onConflict: 'useExisting' });

    const phases: OnlineDdlStatus['phase'][] = [];
    const following = (async () => {
      for await (const { phase } of same.follow({ everyMs })) phases.push(phase);
    })();
    expect(await migration.waitFor('postponed', { everyMs })).toMatchObject({ table: 'orders', verified: true });
    expect(await migration.plan()).toMatchObject({ statement: input.statement });
    expect(await migration.summary()).toMatchObject({ kind: 'onlineDdl', open: true, closedAt: null });
    const late = await problemOf(migration.waitFor(['completed', 'failed'], { everyMs, timeoutMs: 300 }));
    expect([late.code, late.message]).toEqual([
      'PHASE_NOT_REACHED',
      `Workflow ${migration.workflowId} has not come to completed or failed: it is postponed after 300 ms.`,
    ]);
    expect(await client.operation(migration.workflowId)).toMatchObject({ kind: 'onlineDdl' });

    expect(await migration.resume({ dryRun: true })).toMatchObject({ outcome: 'done', dryRun: true });
    expect(await migration.command('resume', { reason: 'now' })).toMatchObject({ outcome: 'done', code: 'OK' });
    expect(await migration.result()).toMatchObject({ outcome: 'completed', completedAt: swappedAt });
    await following;
    expect(phases.at(-1)).toBe('completed');
    expect((await migration.status()).lastCommand).toMatchObject({ command: 'resume', by: 'ann', reason: 'now' });

    const answer = await migration.postpone();
    expect(answer).toMatchObject({ outcome: 'tooLate', code: 'COMMAND_TOO_LATE' });
    expect(answer.message).toContain('the workflow has ended (COMPLETED) at 20');
    expect((await problemOf(migration.waitFor('postponed'))).message).toContain('it has ended as completed.');
  });
});

it('starts a move, and steers it', async () => {
  await withClient(new FakeMoveActivities(), async (client) => {
    const move = await client.moveTables(moveInput, { workflowId: `move-tables/${randomUUID()}` });
    const ready = await move.waitFor('following', { everyMs });
    expect(ready.name).toBe(moveInput.name);
    expect(await move.switchTraffic({ reads: true })).toMatchObject({
      outcome: expect.stringMatching(/done|accepted/),
    });
    expect((await move.plan()).tables).toEqual(moveInput.tables);
    expect((await move.doctor()).phase).toBeDefined();
    await move.cancel({ reason: 'only a test' });
    expect(await move.result()).toMatchObject({ outcome: 'cancelled' });
  });
});

it('tells what an operation has failed with, and what is refused, by code', async () => {
  const fakes = new FakeActivities();
  const message = 'Table shop.orders already has an operation: workflow other.';
  const fails = () => Promise.reject(activityError('TABLE_BUSY', 'terminal', message));
  fakes.answer('prepareMigration', fails);
  await withClient(fakes, async (client, input) => {
    const failing = await client.onlineDdl(input);
    const failed = await problemOf(failing.result());
    expect(failed).toMatchObject({ code: 'TABLE_BUSY', kind: 'terminal', remedy: 'Remedy of TABLE_BUSY.' });
    expect(failed.message).toBe(message);

    const waiting = await client.onlineDdl({ ...input, options: { postponeLaunch: true } });
    const misspelt = { reasn: 'a' } as Parameters<MigrationHandle['pause']>[0];
    const refused = await problemOf(waiting.pause(misspelt));
    expect(refused.code).toBe('INVALID_INPUT');
    expect(refused.message).toContain('there is no field "reasn"');
    expect(refused.remedy).toMatch(/^Correct what is named/);
    await client.temporal.workflow.getHandle(waiting.workflowId).terminate();
    expect((await problemOf(waiting.result())).message).toContain('it was terminated.');
  });
});

it('refuses mistakes before anything is started, and names what there is not', async () => {
  const { client: temporal } = await workflowEnvironment();
  const client = new SwitchyardClient(temporal);
  const code = async (promise: Promise<unknown>): Promise<string> => (await problemOf(promise)).code;
  const untyped = (input: object): Promise<unknown> => client.onlineDdl(input as typeof migrationInput);
  expect(await code(untyped({ cluster: 'commerce' }))).toBe('INVALID_INPUT');
  expect(await code(untyped({ ...migrationInput, options: { algorithm: 'instant' } }))).toBe('NOT_BUILT_YET');
  expect(await code(client.onlineDdl({ ...migrationInput, statement: 'SELECT 1' }))).toBe('NOT_ONE_ALTER');
  expect(await code(client.moveTables({ ...moveInput, target: moveInput.source }))).toBe('INVALID_INPUT');
  expect(await code(client.reconcile({ cluster: 'commerce', ownerIsGone: true }))).toBe('INVALID_INPUT');
  expect(await code(client.planDdl({ cluster: 'commerce', database: 'shop' }))).toBe('INVALID_INPUT');
  const nobody = `nobody-${randomUUID()}`;
  expect(await code(client.operation(nobody))).toBe('UNKNOWN_WORKFLOW');
  expect(await code(client.migration(nobody).status())).toBe('UNKNOWN_WORKFLOW');
  expect(await code(client.migration(nobody).cancel())).toBe('UNKNOWN_WORKFLOW');
  const other = await temporal.workflow.start('reconcile', { workflowId: nobody, taskQueue: nobody, args: [{}] });
  const problem = await problemOf(client.operation(nobody));
  expect(problem.message).toBe(
    `Workflow ${nobody} is of type reconcile, which is not asked for here: onlineDdl or moveTables.`,
  );
  await other.terminate();
});

it('lists operations, and says where a namespace cannot list them so', async () => {
  await withClient(new FakeActivities(), async (client, input) => {
    const { workflowId } = await client.onlineDdl({ ...input, options: { postponeLaunch: true } });
    const find = async (open: boolean): Promise<unknown[]> => {
      const found = [];
      for await (const one of client.list({ kind: 'onlineDdl', open, query: `WorkflowId = '${workflowId}'` })) {
        found.push(one);
      }
      return found;
    };
    await expect.poll(() => find(true), { timeout: 20_000 }).toHaveLength(1);
    expect(await find(false)).toEqual([]);
    expect(await find(true)).toMatchObject([
      { workflowId, kind: 'onlineDdl', execution: 'RUNNING', phase: null, needsOperator: null, tables: [] },
    ]);
    const problem = await problemOf(client.list({ query: 'SwitchyardColour = "blue"' }).next());
    expect(problem.code).toBe('SEARCH_ATTRIBUTES_MISSING');
    await client.migration(workflowId).cancel();
  });
});
