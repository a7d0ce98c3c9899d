/** What Temporal's lists show, on a server that has the search attributes (src/dev/temporal-server.ts registers them). */
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { tellingOutside } from '../../../src/activities/operation/outside.js';
import { searchAttributeNames } from '../../../src/contract/operation/search-attributes.js';
import { registerSearchAttributes, watchSearchAttributes } from '../../../src/notify/search-attributes.js';
import { tableKeywords } from '../../../src/workflows/operation/lists.js';
import { activityError, FakeActivities } from '../../support/fake-activities.js';
import { FakeMoveActivities } from '../../support/fake-move-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';
import { moveInput, testMove } from '../../support/move-workflow-env.js';
import { bringToNewRun, eventually, workflowEnvironment } from '../../support/workflow-env.js';

const all = { searchAttributes: searchAttributeNames };

/** By name, as Temporal has it. */
async function shown(handle: WorkflowHandle): Promise<Readonly<Record<string, unknown>>> {
  const { typedSearchAttributes } = await handle.describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}

function untilShown(handle: WorkflowHandle, part: Readonly<Record<string, unknown>>): Promise<object> {
  const fits = (now: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(part).every(([name, value]) => JSON.stringify(now[name]) === JSON.stringify(value));
  return eventually(() => shown(handle), fits);
}

async function idsOf(query: string): Promise<readonly string[]> {
  const { client } = await workflowEnvironment();
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

function untilListed(query: string, id: string, isThere = true): Promise<unknown> {
  return eventually(
    () => idsOf(query),
    (ids) => ids.includes(id) === isThere,
  );
}

/** How often those of ours were set: the SDK sets one of its own for each marker of a version. */
async function upserts(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const names = (events ?? []).map(({ upsertWorkflowSearchAttributesEventAttributes: set }) =>
    Object.keys(set?.searchAttributes?.indexedFields ?? {}),
  );
  return names.filter((some) => some.some((name) => name.startsWith('Switchyard'))).length;
}

describe('a migration in Temporal’s lists', () => {
  it('shows its place and its phase, also when it has ended', async () => {
    const fakes = new FakeActivities();
    fakes.isSeenFrom(all);
    await testMigration({ fakes, options: { postponeCompletion: true } }, async ({ handle, command, until }) => {
      await until(({ phase }) => phase === 'postponed');
      const place = { SwitchyardCluster: ['commerce'], SwitchyardTable: ['shop.orders'] };
      await untilShown(handle, { ...place, SwitchyardPhase: 'postponed', SwitchyardNeedsOperator: false });
      const query = `SwitchyardTable = 'shop.orders' AND SwitchyardCluster = 'commerce' AND SwitchyardPhase = 'postponed'`;
      await untilListed(query, handle.workflowId);
      await command('resume');
      await handle.result();
      await untilShown(handle, { ...place, SwitchyardPhase: 'completed' });
      // Of each phase that lasts until something is waited for, one.
      expect(await upserts(handle)).toBeLessThanOrEqual(7);
    });
  });

  it('is found where a person is needed, as long as one is', async () => {
    const fakes = new FakeActivities({
      attemptCutOver: () =>
        Promise.resolve({ outcome: 'notSwapped', reason: 'blocked', detail: 'x', blockers: [], blockedMs: 0 }),
    });
    fakes.isSeenFrom(all);
    const options = { cutOver: { maxAttempts: 1 } };
    await testMigration({ fakes, options }, async ({ handle, command, until }) => {
      await until(({ postponed }) => postponed?.by === 'system');
      await untilListed('SwitchyardNeedsOperator = true', handle.workflowId);
      await command('postpone', { reason: 'not today' });
      await untilListed('SwitchyardNeedsOperator = true', handle.workflowId, false);
    });
  });

  it('is listed as failed where its preparation has failed', async () => {
    const fakes = new FakeActivities();
    const look = () => Promise.resolve(all);
    fakes.answer(
      'prepareMigration',
      tellingOutside(look, () => Promise.reject(activityError('TABLE_BUSY', 'terminal'))),
    );
    await testMigration({ fakes }, async ({ handle }) => {
      await expect(handle.result()).rejects.toThrow();
      await untilShown(handle, { SwitchyardCluster: ['commerce'], SwitchyardPhase: 'failed' });
    });
  });

  it('sets none where the namespace has none, and those that were registered meanwhile from the next run on', async () => {
    const fakes = new FakeActivities();
    await testMigration({ fakes, options: { postponeCompletion: true } }, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'postponed');
      expect(await upserts(handle)).toBe(0);
      fakes.isSeenFrom(all);
      await bringToNewRun(handle);
      await untilShown(handle, { SwitchyardTable: ['shop.orders'], SwitchyardPhase: 'postponed' });
      expect(await upserts(handle)).toBe(1);
    });
  });
});

describe('a move in Temporal’s lists', () => {
  it('shows both clusters, and each table at both places', async () => {
    const fakes = new FakeMoveActivities();
    fakes.isSeenFrom(all);
    const input = { ...moveInput, target: { cluster: 'commerce_eu', database: 'shop_eu' } };
    await testMove({ fakes, input }, async ({ handle, untilPhase, command }) => {
      await untilPhase('following');
      const tables = ['shop.customer', 'shop_eu.customer', 'shop.orders', 'shop_eu.orders'];
      const place = { SwitchyardCluster: ['commerce', 'commerce_eu'], SwitchyardTable: tables };
      await untilShown(handle, { ...place, SwitchyardPhase: 'following', SwitchyardNeedsOperator: false });
      await untilListed(`SwitchyardCluster = 'commerce_eu' AND SwitchyardTable = 'shop_eu.orders'`, handle.workflowId);
      await command('switchTraffic');
      await untilShown(handle, { ...place, SwitchyardPhase: 'switched' });
    });
  });

  it('shows what there is room for of a thousand tables', async () => {
    const fakes = new FakeMoveActivities();
    fakes.isSeenFrom(all);
    const input = { ...moveInput, tables: Array.from({ length: 1_000 }, (_, n) => `${'ü'.repeat(60)}${n}`) };
    await testMove({ fakes, input }, async ({ handle, untilPhase }) => {
      await untilPhase('following');
      await untilListed(`SwitchyardTable = 'shop.*'`, handle.workflowId);
    });
  });
});

describe('the tables', () => {
  it('are all there as long as they fit, and end with their database where they do not', () => {
    const tables = (count: number, name = 't') =>
      Array.from({ length: count }, (_, n) => ({ database: 'shop', table: `${name}${n}` }));
    expect(tableKeywords(tables(3))).toEqual(['shop.t0', 'shop.t1', 'shop.t2']);
    expect(tableKeywords(tables(50))).toHaveLength(50);
    expect(tableKeywords(tables(51)).slice(0, 3)).toEqual(['shop.*', 'shop.t0', 'shop.t1']);
    const long = tableKeywords(tables(50, '😀'.repeat(60)));
    expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThanOrEqual(1_900);
    expect(long.length).toBeGreaterThan(5);
    expect(tableKeywords([])).toEqual([]);
  });
});

describe('a namespace', () => {
  const namespace = `bare-${Date.now().toString(36)}`;

  it('has none of them, gets them all, and keeps what it has', async () => {
    const { client } = await workflowEnvironment();
    const { workflowService, operatorService } = client.connection;
    const retention = { seconds: 86_400, nanos: 0 };
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention as never });
    const problems: string[] = [];
    const look = () => watchSearchAttributes(operatorService, namespace, (problem) => void problems.push(problem))();
    await eventually(
      async () => (await look()).length,
      (count) => count === 0,
    );
    const added = await eventually(
      () => registerSearchAttributes(operatorService, namespace).catch(() => undefined),
      (registered) => registered !== undefined,
    );
    expect(added).toEqual({ added: searchAttributeNames, known: [] });
    await eventually(look, (names) => names.length === searchAttributeNames.length);
    expect(await registerSearchAttributes(operatorService, namespace)).toEqual({
      added: [],
      known: searchAttributeNames,
    });
  });

  it('that cannot be asked has none, which is said once', async () => {
    const problems: string[] = [];
    const refused = () => Promise.reject(new Error('permission denied'));
    const operator = { listSearchAttributes: refused, addSearchAttributes: refused };
    const look = watchSearchAttributes(operator, 'default', (problem) => void problems.push(problem));
    expect([await look(), await look()]).toEqual([[], []]);
    expect(problems).toEqual(['permission denied']);
    await expect(registerSearchAttributes(operator, 'default')).rejects.toMatchObject({
      code: 'SEARCH_ATTRIBUTES_REFUSED',
    });
  });

  it('whose attribute of our name has another type does not have ours', async () => {
    const operator = {
      listSearchAttributes: () => Promise.resolve({ customAttributes: { SwitchyardPhase: 1, SwitchyardCluster: 7 } }),
      addSearchAttributes: () => Promise.reject(new Error('nothing is to be added')),
    };
    expect(await watchSearchAttributes(operator, 'default', () => undefined)()).toEqual(['SwitchyardCluster']);
    await expect(registerSearchAttributes(operator, 'default')).rejects.toThrow(/SwitchyardPhase is there/);
  });
});
