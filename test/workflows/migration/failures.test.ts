import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { activityError, FakeActivities } from '../../support/fake-activities.js';
import { migrationInput, testMigration } from '../../support/migration-workflow-env.js';
import { testWorkflow } from '../../support/workflow-env.js';

async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await result.then(
    () => {
      throw new Error('it did not fail');
    },
    (reason: unknown) => reason as WorkflowFailedError,
  );
  return error.cause as ApplicationFailure;
}

describe('an error of the data', () => {
  it('is cleaned up after and fails the workflow with its code, message, remedy', async () => {
    await testMigration({ fixture: 'failed-while-copying' }, async ({ fakes, handle }) => {
      fakes.answer('synchronise', () => Promise.reject(activityError('DATA_NOT_CONVERTIBLE', 'terminal', 'Too long.')));
      const failure = await failureOf(handle.result());
      expect(failure).toMatchObject({
        type: 'DATA_NOT_CONVERTIBLE',
        message: 'Too long. Remedy of DATA_NOT_CONVERTIBLE.',
      });
      expect(failure.details).toMatchObject([{ kind: 'terminal', remedy: 'Remedy of DATA_NOT_CONVERTIBLE.' }]);
      expect(failure.stack).toBe('');
      expect(fakes.requests('cleanUpMigration')).toMatchObject([{ outcome: 'failed' }]);
      expect((await handle.describe()).status.name).toBe('FAILED');
    });
  });

  it('of an attempt counts only after the resolution has said that nothing was swapped', async () => {
    await testMigration({ fixture: 'failed-at-attempt' }, async ({ fakes, handle }) => {
      fakes.answer('attemptCutOver', () => Promise.reject(activityError('TABLE_CHANGED', 'terminal')));
      expect((await failureOf(handle.result())).type).toBe('TABLE_CHANGED');
      expect(fakes.order.slice(-3)).toEqual(['attemptCutOver', 'resolveCutOver', 'cleanUpMigration']);
    });
  });

  it('while paused stops at once', async () => {
    await testMigration({ fixture: 'failed-while-paused' }, async ({ fakes, handle, command }) => {
      fakes.hold('synchronise');
      fakes.answer('watchPaused', () => Promise.reject(activityError('POSITION_PURGED', 'terminal')));
      const copy = await fakes.heldCall('synchronise');
      await command('pause');
      await copy.cancelled;
      copy.end({ outcome: 'stopped', rowsCopied: 1, verified: false, notCompared: [] });
      expect((await failureOf(handle.result())).type).toBe('POSITION_PURGED');
    });
  });
});

describe('an error that passes', () => {
  it('does not end the migration where it meets a request to stop', async () => {
    await testMigration({ options: { postponeCompletion: true } }, async ({ fakes, handle, command, until }) => {
      fakes.hold('synchronise');
      const copy = await fakes.heldCall('synchronise');
      await command('pause');
      await copy.cancelled;
      copy.fail(activityError('SERVER_UNAVAILABLE', 'retryable'));
      await until(({ phase }) => phase === 'copying');
      fakes.answer('synchronise', ({ goal }) =>
        Promise.resolve({ outcome: 'reached', rowsCopied: 1, verified: goal === 'verified', notCompared: [] }),
      );
      await command('unpause');
      await until(({ phase }) => phase === 'postponed');
      await command('resume');
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('a mistake in the input', () => {
  it.each([undefined, null, {}, 'ALTER TABLE t', { cluster: 7 }])(
    'fails the workflow with the code of the preparation and leaves nothing to clean up: %j',
    async (input) => {
      const refused = activityError('INVALID_INPUT', 'terminal', 'The input is not valid.');
      const fakes = new FakeActivities({ prepareMigration: () => Promise.reject(refused) });
      await testMigration({ input, fakes }, async ({ handle }) => {
        expect((await failureOf(handle.result())).type).toBe('INVALID_INPUT');
        expect(fakes.order).toEqual(['prepareMigration']);
      });
    },
  );
});

describe('a workflow type that there is not', () => {
  it('fails at once and names the ones that there are', async () => {
    for (const type of ['onlineDDL', 'default']) {
      await testWorkflow(type, [migrationInput], {}, new FakeActivities(), async (handle) => {
        const failure = await failureOf(handle.result());
        expect(failure).toMatchObject({ type: 'UNKNOWN_WORKFLOW_TYPE', nonRetryable: true, stack: '' });
        expect(failure.message).toContain(
          `"${type}"; there are: onlineDdl, moveTables, planDdl, reconcile, tableCleanup, tellRouter.`,
        );
      });
    }
  });
});

describe('an error that a person has to look at', () => {
  it('keeps the migration open until retry, which goes on from where it was', async () => {
    await testMigration({ fixture: 'needs-operator-retried' }, async ({ fakes, handle, command, until }) => {
      fakes.hold('synchronise');
      (await fakes.heldCall('synchronise')).fail(activityError('DISK_FULL', 'needsOperator', 'No space is left.'));
      const status = await until(({ phase }) => phase === 'needsOperator');
      expect(status).toMatchObject({ reason: 'No space is left.', error: { code: 'DISK_FULL' } });
      expect(status.nextStep).toContain('retry');
      fakes.answer('synchronise', ({ goal }) =>
        Promise.resolve({ outcome: 'reached', rowsCopied: 1, verified: goal === 'verified', notCompared: [] }),
      );
      expect(await command('retry')).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });

  it('can be cancelled instead', async () => {
    await testMigration({ fixture: 'needs-operator-cancelled' }, async ({ fakes, handle, command, until }) => {
      fakes.answer('synchronise', () => Promise.reject(activityError('DISK_FULL', 'needsOperator')));
      await until(({ phase }) => phase === 'needsOperator');
      await command('cancel');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
    });
  });

  it('about an attempt whose outcome is unclear: nothing is guessed, and nothing ends before it is clear', async () => {
    await testMigration({}, async ({ fakes, handle, command, until }) => {
      fakes.answer('attemptCutOver', () => Promise.reject(activityError('SERVER_UNAVAILABLE', 'retryable')));
      fakes.answer('resolveCutOver', () => Promise.reject(activityError('OUTCOME_UNCLEAR', 'needsOperator')));
      await until(({ phase }) => phase === 'needsOperator');
      expect(await command('postpone')).toMatchObject({ outcome: 'done' });
      expect(fakes.count('cleanUpMigration')).toBe(0);
      fakes.answer('resolveCutOver', () => Promise.resolve({ outcome: 'notSwapped' }));
      expect(await command('cancel')).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
      expect(fakes.order.slice(-3)).toEqual(['resolveCutOver', 'resolveCutOver', 'cleanUpMigration']);
    });
  });

  it('about an attempt whose outcome stays unclear is ended by cancel, which says what is left', async () => {
    await testMigration({ fixture: 'outcome-unclear-cancelled' }, async ({ fakes, handle, command, until }) => {
      const left = ['Table shop._sw_0123456789_old is left.'];
      fakes.answer('attemptCutOver', () => Promise.reject(activityError('SERVER_UNAVAILABLE', 'retryable')));
      fakes.answer('resolveCutOver', () => Promise.reject(activityError('OUTCOME_UNCLEAR', 'needsOperator')));
      fakes.answer('cleanUpMigration', () => Promise.resolve({ leftBehind: left }));
      const { nextStep } = await until(({ phase }) => phase === 'needsOperator');
      expect(nextStep).toContain('cancel ends the migration and drops nothing that may not be its own');
      expect(await command('cancel')).toMatchObject({ outcome: 'accepted', code: 'OUTCOME_UNCLEAR' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', leftBehind: left });
      expect(fakes.requests('cleanUpMigration')).toMatchObject([{ outcome: 'cancelled' }]);
    });
  });
});

describe('an error that passes', () => {
  it('is tried again without a trace in the history', async () => {
    let failures = 2;
    const events = await testMigration({}, async ({ fakes, handle }) => {
      fakes.answer('synchronise', ({ goal }) => {
        failures -= 1;
        if (failures >= 0) throw new Error('connection lost');
        return Promise.resolve({ outcome: 'reached', rowsCopied: 1, verified: goal === 'verified', notCompared: [] });
      });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.count('synchronise')).toBe(5);
    });
    expect(events).toBeLessThan(70);
  });

  it('in the audit log never fails the migration', async () => {
    await testMigration({ options: { postponeCompletion: true } }, async ({ fakes, handle, command, until }) => {
      fakes.answer('recordAudit', () => Promise.reject(activityError('FENCED', 'terminal')));
      await until(({ phase }) => phase === 'postponed');
      await command('resume');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.count('recordAudit')).toBe(1);
    });
  });
});

describe('the audit log', () => {
  it('is waited for at the end, so that no line is lost', async () => {
    let written = 0;
    await testMigration({ options: { postponeCompletion: true } }, async ({ fakes, handle, command, until }) => {
      fakes.answer('recordAudit', async () => {
        await new Promise((done) => setTimeout(done, 1_000));
        written += 1;
      });
      await until(({ phase }) => phase === 'postponed');
      await command('postpone');
      await command('cancel');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
      expect(written).toBe(2);
    });
  });
});
