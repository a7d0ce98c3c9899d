import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import { tableCleanupWorkflowId } from '../../src/contract/names.js';
import type { TableCleanupInput, TableCleanupStatus } from '../../src/contract/retained-table.js';
import { activityError, FakeActivities, operationId } from '../support/fake-activities.js';
import { testMigration } from '../support/migration-workflow-env.js';
import { testWorkflow, workflowEnvironment } from '../support/workflow-env.js';

const dayMs = 86_400_000;

function inputOf(retainForMs: number): TableCleanupInput {
  const completedAt = new Date().toISOString();
  const retainedTable = '_sw_0123456789_old';
  return { cluster: 'commerce', database: 'shop', operationId, retainedTable, retainForMs, completedAt };
}

async function testCleanup(
  setting: { readonly fixture?: string; readonly input: unknown; readonly fakes?: FakeActivities },
  body: (handle: WorkflowHandle, fakes: FakeActivities) => Promise<unknown>,
): Promise<void> {
  const fakes = setting.fakes ?? new FakeActivities();
  await testWorkflow('tableCleanup', [setting.input], setting, fakes, (handle) => body(handle, fakes));
}

function phase(handle: WorkflowHandle): Promise<string> {
  return handle.query<TableCleanupStatus>('status').then((status) => status.phase);
}

describe('a retained table', () => {
  it('is dropped when its time has come', async () => {
    await testCleanup({ fixture: 'table-dropped', input: inputOf(1_500) }, async (handle, fakes) => {
      expect(await handle.query('status')).toMatchObject({ phase: 'waiting', retainedTable: '_sw_0123456789_old' });
      expect(fakes.calls).toEqual([]);
      await expect(handle.result()).resolves.toEqual({ outcome: 'dropped', retainedTable: '_sw_0123456789_old' });
      expect(fakes.requests('dropRetainedTable')).toEqual([
        { cluster: 'commerce', operationId, retainedTable: '_sw_0123456789_old' },
      ]);
    });
  });

  it('is dropped at once when told so, and not before', async () => {
    await testCleanup({ fixture: 'table-dropped-by-command', input: inputOf(dayMs) }, async (handle, fakes) => {
      fakes.hold('dropRetainedTable');
      const dry = await handle.executeUpdate<CommandAnswer, [object]>('dropRetained', { args: [{ dryRun: true }] });
      expect(dry).toMatchObject({ outcome: 'accepted', dryRun: true });
      expect(await phase(handle)).toBe('waiting');
      const answer = await handle.executeUpdate<CommandAnswer, []>('dropRetained');
      expect(answer).toMatchObject({ outcome: 'accepted' });
      expect(answer.message).not.toContain('revert');
      const drop = await fakes.heldCall('dropRetainedTable');
      expect(await handle.executeUpdate('dropRetained')).toMatchObject({ outcome: 'done' });
      expect(await handle.executeUpdate('keepRetained')).toMatchObject({ outcome: 'tooLate' });
      drop.end({ outcome: 'alreadyGone' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'alreadyGone' });
    });
  });

  it('is kept for good when told so, also when a drop is asked for after that', async () => {
    const beforeWorker = async (handle: WorkflowHandle): Promise<void> => {
      await handle.signal('keepRetained', { reason: 'audit' });
      await handle.signal('dropRetained');
    };
    const fakes = new FakeActivities();
    const setting = { fixture: 'table-kept', beforeWorker };
    await testWorkflow('tableCleanup', [inputOf(0)], setting, fakes, async (handle) => {
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'kept' });
      expect(fakes.count('dropRetainedTable')).toBe(0);
      expect(fakes.requests('recordAudit')).toMatchObject([
        { command: 'keepRetained', outcome: 'done', reason: 'audit' },
        { command: 'dropRetained', outcome: 'tooLate' },
      ]);
    });
  });

  it('stays where it is when the workflow is cancelled', async () => {
    await testCleanup({ fixture: 'table-cleanup-cancelled', input: inputOf(dayMs) }, async (handle, fakes) => {
      expect(await phase(handle)).toBe('waiting');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(fakes.calls).toEqual([]);
    });
  });

  it('that is not ours fails the workflow with the code', async () => {
    const fakes = new FakeActivities({
      dropRetainedTable: () => Promise.reject(activityError('NOT_OURS', 'terminal')),
    });
    await testCleanup({ input: inputOf(0), fakes }, async (handle) => {
      const error = await handle.result().catch((reason: unknown) => reason as WorkflowFailedError);
      expect(((error as WorkflowFailedError).cause as ApplicationFailure).type).toBe('NOT_OURS');
    });
  });

  it('whose clean-up is started with something else fails by name', async () => {
    for (const input of [undefined, {}, { ...inputOf(0), completedAt: 'yesterday' }]) {
      await testCleanup({ input }, async (handle) => {
        const error = await handle.result().catch((reason: unknown) => reason as WorkflowFailedError);
        expect(((error as WorkflowFailedError).cause as ApplicationFailure).type).toBe('INVALID_INPUT');
      });
    }
  });

  it('gets its clean-up from the migration, which does not wait for it', async () => {
    await testMigration({}, async ({ handle, fakes }) => {
      await handle.result();
      const cleanup = await cleanupOf(fakes.retainedTable);
      const status = await cleanup.query<TableCleanupStatus>('status');
      expect(status).toMatchObject({ phase: 'waiting', operationId, dropAt: '2026-11-22T04:00:00.000Z' });
      expect((await cleanup.describe()).status.name).toBe('RUNNING');
      await cleanup.terminate();
    });
  });

  it('that has its clean-up already does not hold up the migration', async () => {
    await testMigration({ options: { postponeCompletion: true } }, async ({ handle, fakes, command }) => {
      const { client } = await workflowEnvironment();
      const workflowId = tableCleanupWorkflowId('commerce', 'shop', fakes.retainedTable);
      const other = await client.workflow.start('tableCleanup', { workflowId, taskQueue: 'nobody', args: [] });
      await command('resume');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      await other.terminate();
    });
  });
});

async function cleanupOf(retainedTable: string): Promise<WorkflowHandle> {
  const { client } = await workflowEnvironment();
  return client.workflow.getHandle(tableCleanupWorkflowId('commerce', 'shop', retainedTable));
}
