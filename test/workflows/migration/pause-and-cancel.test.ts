import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { operationId } from '../../support/fake-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';
import { eventually } from '../../support/workflow-env.js';

const reached = { outcome: 'reached', rowsCopied: 5, verified: false, notCompared: [] } as const;
const haveStopped = { ...reached, outcome: 'stopped' } as const;
const notSwapped = { outcome: 'notSwapped', reason: 'stopped', detail: '', blockers: [], blockedMs: 0 } as const;

describe('pause', () => {
  it('stops the copy at a checkpoint, watches the position, and unpause goes on', async () => {
    await testMigration({ fixture: 'paused-unpaused' }, async ({ fakes, handle, command, status, until }) => {
      fakes.hold('synchronise');
      fakes.hold('watchPaused');
      const copy = await fakes.heldCall('synchronise');
      expect(await command('pause', { reason: 'backup', by: 'mira' })).toMatchObject({ outcome: 'accepted' });
      await copy.cancelled;
      copy.end(haveStopped);
      const watch = await fakes.heldCall('watchPaused');
      expect(await status()).toMatchObject({
        phase: 'copying',
        pauseReasons: ['operator'],
        paused: { by: 'operator', reason: 'backup', since: expect.stringMatching(/Z$/) as string },
        reason: 'Paused by the operator: backup',
        lastCommand: { command: 'pause', by: 'mira', reason: 'backup' },
      });
      expect((await status()).nextStep).toContain('unpause');
      expect(await command('unpause')).toMatchObject({ outcome: 'done' });
      expect(await status()).toMatchObject({ pauseReasons: [], paused: null });
      await watch.cancelled;
      watch.end({ outcome: 'stopped' });
      const again = await fakes.heldCall('synchronise');
      const verifyAgain = { everyMs: 3_600_000, timeShareMax: 0.25 };
      const toCopy = { goal: 'copied', grant: 4, verifiesNext: true, throttle: {}, verifyAgain };
      expect(again.request).toEqual({ cluster: 'commerce', operationId, ...toCopy });
      again.end(reached);
      (await fakes.heldCall('synchronise')).end(reached);
      (await fakes.heldCall('synchronise')).end({ ...reached, verified: true });
      await until(({ phase }) => phase === 'completed');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });

  it('while an attempt runs stops the attempt and answers by its word', async () => {
    await testMigration({ fixture: 'pause-stops-attempt' }, async ({ fakes, handle, command, until }) => {
      fakes.hold('attemptCutOver');
      const attempt = await fakes.heldCall('attemptCutOver');
      const answer = command('pause');
      await attempt.cancelled;
      attempt.end(notSwapped);
      expect(await answer).toMatchObject({ outcome: 'done' });
      await until(({ phase }) => phase === 'ready');
      await eventually(
        () => Promise.resolve(fakes.order.at(-1)),
        (last) => last === 'watchPaused',
      );
      await handle.terminate();
    });
  });
});

describe('cancel', () => {
  it('stops the copy, removes what was made and completes with the outcome cancelled', async () => {
    await testMigration({ fixture: 'cancelled-while-copying' }, async ({ fakes, handle, command }) => {
      fakes.hold('synchronise');
      const copy = await fakes.heldCall('synchronise');
      expect(await command('cancel', { reason: 'wrong table' })).toMatchObject({ outcome: 'accepted' });
      await copy.cancelled;
      copy.end(haveStopped);
      await expect(handle.result()).resolves.toEqual({
        outcome: 'cancelled',
        notCompared: [],
        writeLatency: [],
        retainedTable: null,
        completedAt: null,
        attempts: 0,
        blockedMs: 0,
        rowsCopied: 5,
        verified: false,
      });
      expect(fakes.requests('cleanUpMigration')).toEqual([
        { cluster: 'commerce', operationId, outcome: 'cancelled', grant: 3 },
      ]);
      expect(fakes.requests('recordAudit')).toMatchObject([{ command: 'cancel', reason: 'wrong table' }]);
    });
  });

  it('while preparing stops the preparation, also one that is between two tries', async () => {
    await testMigration({ fixture: 'cancelled-while-preparing' }, async ({ fakes, handle, command }) => {
      fakes.hold('prepareMigration');
      const preparation = await fakes.heldCall('prepareMigration');
      preparation.fail(new Error('no connection'));
      await fakes.heldCall('prepareMigration').then((second) => second.fail(new Error('no connection')));
      await command('cancel');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
      expect(fakes.requests('cleanUpMigration')).toEqual([{ cluster: 'commerce', outcome: 'cancelled', grant: 2 }]);
    });
  });

  it('while an attempt runs ends it by its word', async () => {
    await testMigration({ fixture: 'cancelled-during-attempt' }, async ({ fakes, handle, command }) => {
      fakes.hold('attemptCutOver');
      const attempt = await fakes.heldCall('attemptCutOver');
      const answer = command('cancel');
      await attempt.cancelled;
      attempt.end(notSwapped);
      expect(await answer).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', attempts: 1 });
      expect(fakes.order.at(-1)).toBe('cleanUpMigration');
    });
  });

  it.each([
    ['queued', { postponeLaunch: true }],
    ['postponed', { postponeCompletion: true }],
  ] as const)('is possible while %s', async (phase, options) => {
    await testMigration({ fixture: `cancelled-while-${phase}`, options }, async ({ fakes, handle, command, until }) => {
      await until((status) => status.phase === phase && status.operationId !== null);
      await command('cancel');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
      expect(fakes.order.at(-1)).toBe('cleanUpMigration');
    });
  });
});

describe("Temporal's own Cancel", () => {
  it('cleans up the same way and ends the workflow as Canceled', async () => {
    await testMigration({ fixture: 'temporal-cancel' }, async ({ fakes, handle }) => {
      fakes.hold('synchronise');
      fakes.hold('cleanUpMigration');
      const copy = await fakes.heldCall('synchronise');
      await handle.cancel();
      await copy.cancelled;
      copy.end(haveStopped);
      const cleanUp = await fakes.heldCall('cleanUpMigration');
      expect((await handle.query<{ phase: string }>('status')).phase).toBe('cancelled');
      cleanUp.end(undefined);
      const error = await handle.result().catch((reason: unknown) => reason as WorkflowFailedError);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(fakes.requests('recordAudit')).toMatchObject([{ command: 'cancel', via: 'system', outcome: 'accepted' }]);
    });
  });

  it('completes normally when the attempt that was running has swapped', async () => {
    await testMigration({ fixture: 'temporal-cancel-too-late' }, async ({ fakes, handle }) => {
      fakes.hold('attemptCutOver');
      const attempt = await fakes.heldCall('attemptCutOver');
      await handle.cancel();
      await attempt.cancelled;
      attempt.end({ outcome: 'swapped', completedAt: '2026-11-21T04:00:00.000Z', blockedMs: 3 });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.count('cleanUpMigration')).toBe(0);
    });
  });

  it('before the first step ends at once, with nothing done', async () => {
    const beforeWorker = (handle: { cancel(): Promise<unknown> }): Promise<unknown> => handle.cancel();
    await testMigration({ beforeWorker }, async ({ fakes, handle }) => {
      await expect(handle.result()).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(fakes.calls).toEqual([]);
    });
  });

  it('does not take the answer from a command that waits for an attempt', async () => {
    await testMigration({}, async ({ fakes, handle, command }) => {
      fakes.hold('attemptCutOver');
      const attempt = await fakes.heldCall('attemptCutOver');
      const answer = command('postpone');
      await attempt.cancelled;
      await handle.cancel();
      attempt.end(notSwapped);
      expect(await answer).toMatchObject({ outcome: 'done' });
      await expect(handle.result()).rejects.toThrow();
    });
  });
});
