import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { createActivities } from '../../../src/activities/create-activities.js';
import type { TableCleanupStatus } from '../../../src/contract/retained-table.js';
import { activityError, FakeActivities, operationId } from '../../support/fake-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';
import { bringToNewRun, eventually, testWorkflow } from '../../support/workflow-env.js';

const away = () => Promise.reject(activityError('SERVER_UNAVAILABLE', 'retryable', 'It does not answer.'));
const reached = ({ goal }: { readonly goal: string }) =>
  Promise.resolve({ outcome: 'reached', rowsCopied: 1, verified: goal === 'verified', notCompared: [] } as const);
const page = async (handle: WorkflowHandle): Promise<string> =>
  (await handle.query<{ readonly currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;

describe.concurrent('what fails again and again', () => {
  it('is in the status and on the page, is steered meanwhile, and goes on by itself', async () => {
    await testMigration({ fixture: 'retried' }, async ({ fakes, handle, command, until }) => {
      fakes.answer('synchronise', away);
      const failing = await until(({ retrying }) => retrying !== null && retrying.nextAt !== null);
      expect(failing).toMatchObject({ phase: 'copying', error: null });
      expect(failing.retrying).toMatchObject({
        attempts: 1,
        code: 'SERVER_UNAVAILABLE',
        message: 'It does not answer.',
      });
      expect(failing.reason).toContain('It does not answer.');
      expect(failing.nextStep).toMatch(
        /^Remedy of SERVER_UNAVAILABLE\. It is tried again by itself at .*retry.*cancel ends/,
      );
      expect(await page(handle)).toContain('once; again at');
      expect(await page(handle)).toContain('--name retry');
      expect(fakes.count('synchronise')).toBe(3);
      expect(await command('pause')).toMatchObject({ outcome: 'done' });
      await until(() => fakes.count('watchPaused') === 1);
      fakes.answer('synchronise', reached);
      await command('unpause');
      await command('retry');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });

  it('in a way that nobody knows waits for a person, with the words of the server', async () => {
    await testMigration({ fixture: 'retried-in-vain' }, async ({ fakes, handle, command, until }) => {
      fakes.answer('synchronise', () => Promise.reject(activityError('SERVER_ERROR', 'retryable', 'It is refused.')));
      for (const failures of [1, 2]) {
        await until(({ retrying }) => retrying?.attempts === failures && retrying.nextAt !== null);
        await command('retry');
      }
      const status = await until(({ phase }) => phase === 'needsOperator');
      expect(status).toMatchObject({ reason: 'It is refused.', error: { code: 'SERVER_ERROR' }, retrying: null });
      expect(fakes.count('synchronise')).toBe(9);
      fakes.answer('synchronise', reached);
      await command('retry');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });

  it('at the end is given up by a second cancel', async () => {
    await testMigration({ fixture: 'clean-up-given-up' }, async ({ fakes, handle, command, until }) => {
      fakes.hold('synchronise');
      fakes.answer('cleanUpMigration', away);
      const copy = await fakes.heldCall('synchronise');
      await command('cancel');
      await copy.cancelled;
      copy.end({ outcome: 'stopped', rowsCopied: 1, verified: false, notCompared: [] });
      const { nextStep } = await until(({ retrying }) => retrying !== null && retrying.nextAt !== null);
      expect(nextStep).toContain('cancel ends it as it is');
      expect(await command('cancel')).toMatchObject({ outcome: 'accepted' });
      const result = (await handle.result()) as { leftBehind: readonly string[] };
      expect(result).toMatchObject({ outcome: 'cancelled' });
      expect(result.leftBehind.join()).toContain('It does not answer.');
    });
  });

  it('is carried to a new run, also while what ends the migration fails', async () => {
    await testMigration({ fixture: 'retrying-continued' }, async ({ fakes, handle, command, until }) => {
      fakes.answer('finishMigration', away);
      await until(({ phase, retrying }) => phase === 'completed' && retrying?.nextAt != null);
      await bringToNewRun(handle);
      const carried = await until(({ phase }) => phase === 'completed');
      expect(carried.retrying).toMatchObject({ code: 'SERVER_UNAVAILABLE' });
      fakes.answer('finishMigration', () => Promise.resolve({ rowsCopied: 7, verified: true, notCompared: [] }));
      await command('retry').catch(() => undefined);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', rowsCopied: 7 });
    });
  });
});

describe.concurrent('a worker whose configuration lacks the cluster', () => {
  const elsewhere = createActivities({ clusters: new Map() });

  it('ends no migration that is prepared; one that has it goes on', async () => {
    await testMigration({ fixture: 'worker-without-cluster' }, async ({ fakes, handle, command, until }) => {
      fakes.answer('synchronise', (request) => elsewhere.synchronise(request));
      const { nextStep, phase } = await until(({ retrying }) => retrying !== null && retrying.nextAt !== null);
      expect(phase).toBe('copying');
      expect(nextStep).toContain('lacks the cluster');
      fakes.answer('synchronise', reached);
      await command('retry');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.count('cleanUpMigration')).toBe(0);
    });
  });

  it('refuses what is not prepared at once', async () => {
    const fakes = new FakeActivities({ prepareMigration: (request) => elsewhere.prepareMigration(request) });
    await testMigration({ fakes }, async ({ handle }) => {
      await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'UNKNOWN_CLUSTER' } });
      expect(fakes.order).toEqual(['prepareMigration']);
    });
  });

  it('ends no clean-up of a retained table', async () => {
    const fakes = new FakeActivities({ dropRetainedTable: (request) => elsewhere.dropRetainedTable(request) });
    const retainedTable = '_sw_0123456789_old';
    const completedAt = new Date().toISOString();
    const input = { cluster: 'commerce', database: 'shop', operationId, retainedTable, retainForMs: 0, completedAt };
    await testWorkflow('tableCleanup', [input], { fixture: 'table-drop-retried' }, fakes, async (handle) => {
      const status = (): Promise<TableCleanupStatus> => handle.query<TableCleanupStatus>('status');
      const { phase, retrying, nextStep } = await eventually(status, (found) => found.retrying !== null);
      expect([phase, retrying?.code]).toEqual(['dropping', 'UNKNOWN_CLUSTER']);
      expect(nextStep).toContain('lacks the cluster');
      fakes.answer('dropRetainedTable', () => Promise.resolve({ outcome: 'dropped' }));
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'dropped' });
      expect(await status()).toMatchObject({ phase: 'dropped', retrying: null, nextStep: 'Nothing: it is gone.' });
    });
  });
});
