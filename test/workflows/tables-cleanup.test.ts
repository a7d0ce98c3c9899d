/** The clean-up of the many retained tables of one move. */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { moveTerms, parseMoveTablesInput } from '../../src/activities/move/parse-input.js';
import type { MoveActivities } from '../../src/contract/move/activities.js';
import { tablesCleanupWorkflowId } from '../../src/contract/names.js';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import type { OperationActivities } from '../../src/contract/operation/activities.js';
import type { TableCleanupInput, TableCleanupStatus } from '../../src/contract/retained-table.js';
import { activityError, FakeActivities, operationId } from '../support/fake-activities.js';
import { FakeMoveActivities, moveOperationId } from '../support/fake-move-activities.js';
import { moveInput, testMove } from '../support/move-workflow-env.js';
import { bringToNewRun, eventually, testWorkflow, workflowEnvironment } from '../support/workflow-env.js';

const dayMs = 86_400_000;
const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `_sw_${moveOperationId}_${index + 1}_old`);

function inputOf(tables: readonly string[], retainForMs: number): TableCleanupInput {
  const completedAt = new Date().toISOString();
  const [retainedTable = ''] = tables;
  return { cluster: 'commerce', database: 'shop', operationId, retainedTable, tables, retainForMs, completedAt };
}

async function testCleanup(
  setting: { readonly fixture?: string; readonly input: TableCleanupInput; readonly fakes?: FakeActivities },
  body: (handle: WorkflowHandle, fakes: FakeActivities) => Promise<unknown>,
): Promise<void> {
  const fakes = setting.fakes ?? new FakeActivities();
  await testWorkflow('tableCleanup', [setting.input], setting, fakes, (handle) => body(handle, fakes));
}

function status(handle: WorkflowHandle): Promise<TableCleanupStatus> {
  return handle.query<TableCleanupStatus>('status');
}

function command(handle: WorkflowHandle, name: string, payload: object = {}): Promise<CommandAnswer> {
  return handle.executeUpdate<CommandAnswer, [object]>(name, { args: [payload] });
}

/** A move whose source has so many tables, which are renamed at its end. */
function fakesWith(tables: readonly string[], retained: readonly string[]): FakeMoveActivities {
  const drops: Pick<OperationActivities, 'dropRetainedTables'> = {
    dropRetainedTables: ({ retainedTables }) => Promise.resolve({ dropped: retainedTables.length, alreadyGone: 0 }),
  };
  const overrides: Partial<MoveActivities> & typeof drops = {
    ...drops,
    prepareMove: ({ input: given }) => {
      const input = parseMoveTablesInput(given);
      const { source, target } = input;
      const terms = moveTerms(input, tables);
      const named = { operationId: moveOperationId, source, target, sourceTables: 'rename' as const };
      return Promise.resolve({ ...named, terms, warnings: [], retainedTables: retained, retainForMs: dayMs });
    },
  };
  return new FakeMoveActivities(overrides);
}

describe('the retained tables of a move', () => {
  it.each([
    { count: 2, fixture: 'move-retained' },
    { count: 3_000, fixture: undefined },
  ])('get one clean-up, and the move ends: $count', async ({ count, fixture }) => {
    const retained = names(count);
    const fakes = fakesWith(
      retained.map((_, index) => `t${index}`),
      retained,
    );
    const { client } = await workflowEnvironment();
    // Each test has a source of its own: the clean-up is a workflow with its name.
    const source = { cluster: `commerce-${count}-${Date.now()}`, database: 'shop' };
    const { tables: _tables, ...rest } = moveInput;
    const input = { ...rest, source, allTables: true };
    const setting = fixture === undefined ? {} : { fixture };
    const events = await testMove(
      { ...setting, fakes, input },
      async ({ handle, until, untilPhase, command: send }) => {
        await untilPhase('following');
        await send('switchTraffic', {});
        await until(({ phase, rules, reverse }) => phase === 'switched' && rules.confirmed === 2 && reverse.caughtUp);
        await send('complete');
        const result = (await handle.result()) as { readonly retained: readonly object[] };
        expect(result.retained).toHaveLength(count);

        const cleanup = client.workflow.getHandle(
          tablesCleanupWorkflowId(source.cluster, source.database, moveOperationId),
        );
        const waiting = await status(cleanup);
        expect([waiting.phase, waiting.tables.left]).toEqual(['waiting', retained]);
        expect(await command(cleanup, 'dropRetained')).toMatchObject({ outcome: 'accepted' });
        const cleaned = { dropped: count, alreadyGone: 0, kept: [] };
        await expect(cleanup.result()).resolves.toMatchObject({ outcome: 'dropped', tables: cleaned });
        expect(Number((await cleanup.describe()).historyLength)).toBeLessThan(260);
      },
    );
    expect(events).toBeLessThan(160);
  });

  it('are dropped when their time has come; one that is held keeps none of the others', async () => {
    const [held = '', ...others] = names(150);
    const fakes = new FakeActivities();
    let tries = 0;
    fakes.answer('dropRetainedTables', ({ retainedTables }) => {
      tries += 1;
      const fails = tries === 1 && retainedTables.includes(held);
      if (fails) return Promise.reject(activityError('SERVER_BUSY', 'terminal'));
      return Promise.resolve({ dropped: retainedTables.length - 1, alreadyGone: 1 });
    });
    const input = inputOf([held, ...others], 1_000);
    await testCleanup({ fakes, input }, async (handle) => {
      const error = await handle.result().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      const asked = fakes.requests('dropRetainedTables').map(({ retainedTables }) => retainedTables.length);
      expect(asked).toEqual([100, 50]);
    });
  });

  it('that cannot be dropped for now are tried again after the others', async () => {
    const fakes = new FakeActivities();
    fakes.answer('dropRetainedTables', ({ retainedTables }) => {
      const first = fakes.count('dropRetainedTables') <= 3 && retainedTables.includes(names(1)[0] ?? '');
      if (first) return Promise.reject(activityError('SERVER_BUSY', 'retryable'));
      return Promise.resolve({ dropped: retainedTables.length, alreadyGone: 0 });
    });
    await testCleanup({ fixture: 'tables-dropped', fakes, input: inputOf(names(102), 0) }, async (handle) => {
      const failing = await eventually(
        () => status(handle),
        ({ retrying }) => retrying !== null,
      );
      expect(failing).toMatchObject({ phase: 'dropping', retrying: { code: 'SERVER_BUSY', attempts: 1 } });
      expect(failing.tables.left[0]).toBe(names(101)[100]);
      const tables = { dropped: 102, alreadyGone: 0, kept: [] };
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'dropped', tables });
      expect(fakes.requests('dropRetainedTables').map(({ retainedTables }) => retainedTables.length)).toEqual([
        ...[100, 100, 100],
        ...[100, 2],
      ]);
    });
  });

  it('are kept for good where somebody names them, and the others are dropped', async () => {
    const [one = '', two = '', three = ''] = names(3);
    const setting = { fixture: 'tables-kept-in-part', input: inputOf([one, two, three], dayMs) };
    await testCleanup(setting, async (handle, fakes) => {
      expect(await command(handle, 'keepRetained', { tables: ['orders'] })).toMatchObject({
        outcome: 'refused',
        code: 'COMMAND_NOT_ALLOWED',
      });
      const dry = await command(handle, 'keepRetained', { tables: [two], dryRun: true });
      expect(dry).toMatchObject({ outcome: 'done', dryRun: true });
      expect(await command(handle, 'keepRetained', { tables: [two] })).toMatchObject({ outcome: 'done' });
      expect((await status(handle)).tables).toMatchObject({ left: [one, three], kept: [two] });
      fakes.hold('dropRetainedTables');
      expect(await command(handle, 'dropRetained')).toMatchObject({ outcome: 'accepted' });
      const drop = await fakes.heldCall('dropRetainedTables');
      expect(drop.request).toEqual({ cluster: 'commerce', operationId, retainedTables: [one, three] });
      expect(await command(handle, 'keepRetained', { tables: [one] })).toMatchObject({ outcome: 'tooLate' });
      expect(await command(handle, 'keepRetained', { tables: [two] })).toMatchObject({ outcome: 'done' });
      drop.end({ dropped: 1, alreadyGone: 1 });
      const tables = { dropped: 1, alreadyGone: 1, kept: [two] };
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'dropped', tables });
    });
  });

  it('wait over a new run of their workflow, and what was kept stays kept', async () => {
    const [one = '', two = ''] = names(2);
    const setting = { fixture: 'tables-continued', input: inputOf([one, two], dayMs) };
    await testCleanup(setting, async (handle) => {
      await command(handle, 'keepRetained', { tables: [two] });
      const before = await status(handle);
      await bringToNewRun(handle);
      const latest = (await workflowEnvironment()).client.workflow.getHandle(handle.workflowId);
      const { phase, tables, dropAt } = await status(latest);
      expect([phase, tables, dropAt]).toEqual(['waiting', before.tables, before.dropAt]);
      await command(latest, 'dropRetained');
      await expect(latest.result()).resolves.toMatchObject({ tables: { dropped: 1, kept: [two] } });
    });
  });
});
