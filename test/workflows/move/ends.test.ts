import type { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { MoveTablesDoctor } from '../../../src/contract/move/status.js';
import { createActivities } from '../../../src/activities/create-activities.js';
import { reconcileInputSchema } from '../../../src/contract/reconcile.js';
import {
  activityError,
  bothAnswer,
  FakeMoveActivities,
  moveOperationId,
  outage,
  switched,
} from '../../support/fake-move-activities.js';
import type { MoveTest } from '../../support/move-workflow-env.js';
import { moveInput, testMove } from '../../support/move-workflow-env.js';

const reason = 'the data centre burned down';

async function failureOf(result: Promise<unknown>): Promise<Error | undefined> {
  const error = await result.then(
    () => {
      throw new Error('it did not fail');
    },
    (failure: unknown) => failure as WorkflowFailedError,
  );
  return error.cause;
}

/** Brings a move to where the target has all traffic, the router knows it, and the reverse stream runs. */
async function untilSwitched({ fakes, command, until, untilPhase }: MoveTest): Promise<void> {
  await untilPhase('following');
  await command('switchTraffic', {});
  await until(({ phase, rules, reverse }) => phase === 'switched' && rules.confirmed === 2 && reverse.caughtUp);
  await until(() => fakes.mainOrder.at(-1) === 'followReverse');
}

describe('a preparation of what cannot be', () => {
  const real = createActivities({ clusters: new Map() });

  it.each([
    ['a field that there is not', { ...moveInput, tabels: ['orders'] }, 'INVALID_INPUT'],
    ['a worker that knows no router', moveInput, 'NO_ROUTER'],
  ])('ends the move at once, by name: %s', async (_what, input, type) => {
    const fakes = new FakeMoveActivities({ prepareMove: (request) => real.prepareMove(request) });
    await testMove({ fakes, input }, async ({ handle }) => {
      expect(await failureOf(handle.result())).toMatchObject({ type });
      expect(fakes.count('prepareMove')).toBe(1);
    });
  });
});

describe('a source that is gone', () => {
  it('refuses complete by the word of a probe, and forceComplete ends the move and lists what stays behind', async () => {
    await testMove({ fixture: 'move-forced' }, async (test) => {
      const { fakes, handle, command, status, until } = test;
      await untilSwitched(test);
      expect(await command('forceComplete', { reason })).toMatchObject({ outcome: 'refused', code: 'SOURCE_ANSWERS' });
      fakes.loses('source');
      const refused = await command('complete');
      expect(refused).toMatchObject({ outcome: 'refused', code: 'SOURCE_UNREACHABLE' });
      expect(refused.message).toContain('forceComplete with a reason');
      expect(await command('forceComplete')).toMatchObject({ outcome: 'refused', code: 'REASON_MISSING' });
      expect(await status()).toMatchObject({ phase: 'switched', completion: null, unreachable: { source: outage } });

      const some = { reason, components: ['streams', 'fences'] };
      expect(await command('forceComplete', some)).toMatchObject({ outcome: 'accepted' });
      const left = await until(({ completion }) => completion?.done.length === 2);
      expect(left).toMatchObject({
        phase: 'forceCompleting',
        nextCommand: { name: 'forceComplete', input: { components: ['routing', 'sidecar'], reason: '' } },
      });
      expect(await command('forceComplete', { reason })).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({
        outcome: 'completed',
        forced: true,
        residuals: ['source: streams', 'source: fences', 'source: routing', 'source: sidecar'],
      });
      const sides = fakes.requests('probeServers').map(({ thorough }) => thorough);
      expect(sides).toEqual([true, false, true]);
      expect(fakes.requests('forceCompleteMove')[0]).toMatchObject({
        operationId: moveOperationId,
        version: 2,
      });
      expect(fakes.count('completeMove')).toBe(0);
      expect((await status()).phase).toBe('completed');
    });
  });

  it('can be skipped although it answers, with override and a reason', async () => {
    await testMove({}, async (test) => {
      await untilSwitched(test);
      const payload = { reason, overrideReachableSource: true };
      expect(await test.command('forceComplete', payload)).toMatchObject({ outcome: 'accepted' });
      await expect(test.handle.result()).resolves.toMatchObject({ outcome: 'completed', forced: true });

      const doctor = await test.handle.query<MoveTablesDoctor>('doctor');
      const { residuals } = await test.status();
      expect(residuals).toContain('source: fences');
      expect(doctor).toMatchObject({ operationId: moveOperationId, phase: 'completed', residuals });
      expect(doctor.looks.map(({ cluster }) => cluster)).toEqual(['commerce', 'commerce_eu']);
      for (const { cluster, input, command } of doctor.looks) {
        expect(reconcileInputSchema.parse(input)).toEqual({ cluster, operationId: moveOperationId, dryRun: true });
        expect(command).toContain(`--workflow-id 'reconcile/${cluster}' --input '${JSON.stringify(input)}' && `);
      }
    });
  });

  it('while it is being completed lets a person end it by force', async () => {
    await testMove({}, async (test) => {
      const { fakes, handle, command, untilPhase } = test;
      await untilSwitched(test);
      fakes.answer('completeMove', () => Promise.reject(activityError('SOURCE_LOST', 'needsOperator')));
      expect(await command('complete')).toMatchObject({ outcome: 'accepted' });
      await untilPhase('needsOperator');
      fakes.loses('source');
      expect(await command('forceComplete', { reason })).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', forced: true });
    });
  });
});

describe('cancel', () => {
  it('stops the copy, removes what was made and completes with the outcome cancelled', async () => {
    await testMove({ fixture: 'move-cancelled' }, async ({ fakes, handle, command }) => {
      fakes.hold('synchroniseMove');
      const copy = await fakes.heldCall('synchroniseMove');
      expect(await command('cancel', { reason: 'wrong tables' })).toMatchObject({ outcome: 'accepted' });
      expect(await command('cancel')).toMatchObject({ outcome: 'done' });
      expect(await command('switchTraffic')).toMatchObject({ outcome: 'tooLate' });
      await copy.cancelled;
      copy.end({ outcome: 'stopped', rowsCopied: 5, verified: false, notCompared: [] });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', forced: false, rowsCopied: 5 });
      expect(fakes.requests('cleanUpMove')).toMatchObject([{ outcome: 'cancelled', skip: [] }]);
    });
  });

  it('keeps what once had the writes, names it, and gives it a workflow that drops it later', async () => {
    await testMove({}, async ({ fakes, handle, command, until, untilPhase }) => {
      const [cluster, database, table] = ['commerce_eu', 'shop', `_sw_${moveOperationId}_0_old`];
      const retained = [{ cluster, database, table, of: 'orders' }];
      fakes.answer('cleanUpMove', () => Promise.resolve({ residuals: [], retained }));
      await untilPhase('following');
      await command('cancel', { reason: 'it was there once' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', retained });
      await until((status) => status.retained.length === 1);
      const cleanup = handle.client.getHandle(`table-cleanup/${cluster}/${database}/${moveOperationId}`);
      expect((await cleanup.describe()).type).toBe('tableCleanup');
      await cleanup.terminate();
    });
  });

  it('with force leaves out what does not answer, also where a clean-up hangs on it already', async () => {
    await testMove({ fixture: 'move-cancelled-by-force' }, async ({ fakes, handle, command, untilPhase }) => {
      await untilPhase('following');
      const force = { force: true, reason };
      expect(await command('cancel', force)).toMatchObject({ outcome: 'refused', code: 'SERVERS_ANSWER' });
      fakes.hold('cleanUpMove');
      await command('cancel', { reason: 'wrong tables' });
      const hanging = await fakes.heldCall('cleanUpMove');
      fakes.answer('probeServers', () => Promise.resolve({ ...bothAnswer, target: outage }));
      expect(await command('cancel', force)).toMatchObject({ outcome: 'accepted' });
      await hanging.cancelled;
      hanging.fail(new CancelledFailure('it was stopped'));
      const forced = await fakes.heldCall('cleanUpMove');
      expect(forced.request).toMatchObject({ skip: ['target', 'router'], version: 1 });
      forced.end({ residuals: ['target: tables'] });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', residuals: ['target: tables'] });
      // The target does not answer: the lines of the audit log go to the source then.
      expect(fakes.requests('recordAudit').map(({ cluster }) => cluster)).toEqual([
        'commerce_eu',
        'commerce_eu',
        'commerce',
      ]);
    });
  });

  it('of Temporal itself cleans up and ends as Canceled, and is refused once the writes are on the target', async () => {
    await testMove({ fixture: 'move-temporal-cancel' }, async ({ fakes, handle, untilPhase }) => {
      await untilPhase('following');
      await handle.cancel();
      expect(await failureOf(handle.result())).toBeInstanceOf(CancelledFailure);
      expect(fakes.requests('cleanUpMove')).toMatchObject([{ outcome: 'cancelled' }]);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
    });
    await testMove({}, async (test) => {
      await untilSwitched(test);
      await test.handle.cancel();
      await test.until(() => test.fakes.requests('recordAudit').some(({ outcome }) => outcome === 'refused'));
      expect((await test.status()).phase).toBe('switched');
      await test.command('complete');
      await expect(test.handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('an error', () => {
  it('of the data is cleaned up after and fails the workflow with its code', async () => {
    await testMove({ fixture: 'move-failed' }, async ({ fakes, handle, status }) => {
      fakes.answer('synchroniseMove', () =>
        Promise.reject(activityError('DATA_NOT_CONVERTIBLE', 'terminal', 'Too long.')),
      );
      const failure = (await failureOf(handle.result())) as ApplicationFailure;
      expect(failure).toMatchObject({
        type: 'DATA_NOT_CONVERTIBLE',
        message: 'Too long. Remedy of DATA_NOT_CONVERTIBLE.',
        stack: '',
      });
      expect(fakes.requests('cleanUpMove')).toMatchObject([{ outcome: 'failed', operationId: moveOperationId }]);
      expect((await status()).error).toMatchObject({ code: 'DATA_NOT_CONVERTIBLE' });
    });
  });

  it('of the preparation leaves nothing to clean up where it is terminal, else what the input names', async () => {
    for (const kind of ['terminal', 'retryable'] as const) {
      // Not retried by Temporal, so that the lifecycle has it at once.
      const error = ApplicationFailure.create({
        ...{ type: 'SOME_CODE', message: 'It happened.', nonRetryable: true },
        details: [{ kind, remedy: '', facts: {} }],
      });
      const fakes = new FakeMoveActivities({ prepareMove: () => Promise.reject(error) });
      await testMove({ fakes }, async ({ handle, command, until }) => {
        if (kind === 'retryable') {
          const failing = await until(({ retrying }) => retrying !== null);
          expect(failing).toMatchObject({ phase: 'preparing', retrying: { code: 'SOME_CODE' } });
          expect(failing.nextStep).toContain('cancel ends the move');
          expect(await command('cancel')).toMatchObject({ outcome: 'accepted' });
          expect(await handle.result()).toMatchObject({ outcome: 'cancelled' });
        } else {
          expect(await failureOf(handle.result())).toMatchObject({ type: 'SOME_CODE' });
        }
        const { source, target } = moveInput;
        const where = { sourceCluster: source.cluster, targetCluster: target.cluster };
        const grant = fakes.requests('prepareMove').length + 1;
        const cleaned = { ...where, grant, outcome: 'cancelled', skip: [], version: 0 };
        expect(fakes.requests('cleanUpMove')).toEqual(kind === 'terminal' ? [] : [cleaned]);
      });
    }
  });
});

describe('reverseTraffic', () => {
  it('takes reads and writes back, and the way forward is verified again before it is gone once more', async () => {
    await testMove({ fixture: 'move-reversed' }, async (test) => {
      const { fakes, handle, command, until } = test;
      await untilSwitched(test);
      expect(await command('reverseTraffic', { reason: 'slow' })).toMatchObject({ outcome: 'accepted' });
      const back = await until(({ phase, rules }) => phase === 'following' && rules.confirmed === 3);
      expect(back).toMatchObject({ traffic: [{ reads: 'source', writes: 'source' }, {}], switchedAt: null });
      await until(({ verified }) => verified && fakes.mainOrder.at(-1) === 'synchroniseMove follow');
      expect(fakes.mainOrder.slice(-4)).toEqual([
        'followReverse',
        'attemptReverse',
        'synchroniseMove verified',
        'synchroniseMove follow',
      ]);
      await command('cancel', { reason: 'not today' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', switchedAt: null, attempts: 2 });
    });
  });

  it('with acceptLoss gives a target up that is gone, says what is lost, and ends the move', async () => {
    await testMove({ fixture: 'move-target-given-up' }, async (test) => {
      const { fakes, handle, command, status, untilPhase } = test;
      await untilSwitched(test);
      const loss = { acceptLoss: true, reason };
      expect(await command('reverseTraffic', loss)).toMatchObject({ outcome: 'refused', code: 'TARGET_ANSWERS' });
      fakes.loses('target');
      // Somebody has to look: the stream is asked again because its limits change.
      await command('setThrottle', { rowsPerSecondMax: 9 });
      const lost = await untilPhase('needsOperator');
      expect(lost).toMatchObject({ error: { code: 'TARGET_UNREACHABLE' }, unreachable: { target: outage } });
      expect(lost.nextCommand).toEqual({ name: 'reverseTraffic', input: { acceptLoss: true, reason: '' } });
      expect(await command('complete')).toMatchObject({ outcome: 'refused', code: 'TARGET_UNREACHABLE' });
      expect(await command('reverseTraffic', loss)).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({
        outcome: 'cancelled',
        loss: { reason, lastReversedPosition: 'gtid:7' },
      });
      expect(fakes.requests('attemptReverse')).toMatchObject([{ acceptLoss: true }]);
      expect(fakes.requests('cleanUpMove')).toMatchObject([{ outcome: 'cancelled', skip: ['target'] }]);
      expect(fakes.requests('routeTraffic').at(-1)).toMatchObject({ version: 3, reads: 'source', writes: 'source' });
      expect((await status()).phase).toBe('cancelled');
    });
  });

  it('while it cannot be told whether the target has the writes waits for the word of the resolution', async () => {
    await testMove({}, async (test) => {
      const { fakes, handle, command, untilPhase } = test;
      fakes.answer('attemptSwitch', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
      fakes.answer('resolveSwitch', ({ acceptLoss }) =>
        Promise.resolve(
          acceptLoss
            ? { outcome: 'notSwitched', lossAccepted: true, lastReversedPosition: null }
            : { outcome: 'unknown', problem: 'no answer', writesRefusedSince: switched.switchedAt },
        ),
      );
      await untilPhase('following');
      await command('switchTraffic');
      await untilPhase('needsOperator');
      fakes.loses('target');
      const answer = await command('reverseTraffic', { acceptLoss: true, reason });
      expect(answer).toMatchObject({ outcome: 'done' });
      expect(answer.message).toContain('the target is given up');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', loss: { reason } });
    });
  });
});
