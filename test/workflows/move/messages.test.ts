import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { MoveCommandName } from '../../../src/contract/move/commands.js';
import { moveCommandDescriptions, moveCommandSchemas } from '../../../src/contract/move/commands.js';
import type { MoveTablesPlan } from '../../../src/contract/move/status.js';
import { moveCommandNames } from '../../../src/lifecycle/move/command.js';
import { activityError } from '../../support/fake-move-activities.js';
import { testMove } from '../../support/move-workflow-env.js';
import { eventually } from '../../support/workflow-env.js';

interface Metadata {
  readonly currentDetails: string;
  readonly definition: Readonly<
    Record<'signalDefinitions' | 'updateDefinitions' | 'queryDefinitions', { name: string; description?: string }[]>
  >;
}

function metadata(handle: WorkflowHandle): Promise<Metadata> {
  return handle.query<Metadata>('__temporal_workflow_metadata');
}

describe('what the UI is told', () => {
  it('is every command as signal and as update, with an example input that its schema takes', async () => {
    for (const name of moveCommandNames) {
      const [, example] = /Example: (\{.*\})$/.exec(moveCommandDescriptions[name]) ?? [];
      expect(moveCommandSchemas[name].safeParse(JSON.parse(example ?? '')).success, name).toBe(true);
    }
    await testMove({}, async ({ handle, untilPhase }) => {
      await untilPhase('following');
      const { definition } = await metadata(handle);
      const expected = moveCommandNames.map((name) => [name, moveCommandDescriptions[name]]).sort();
      for (const kind of ['signalDefinitions', 'updateDefinitions'] as const) {
        const listed = definition[kind].filter(({ name }) => Boolean(name));
        expect(listed.map(({ name, description }) => [name, description]).sort()).toEqual(expected);
      }
      const queries = definition.queryDefinitions.map(({ name }) => name);
      expect(queries).toEqual(expect.arrayContaining(['status', 'plan', 'doctor']));
      await handle.terminate();
    });
  });

  it('are current details with phase, traffic and the exact next command, summaries, and the plan', async () => {
    await testMove({ options: { sourceTables: 'keep' } }, async ({ handle, until, untilPhase }) => {
      await untilPhase('following');
      await until(({ rules }) => rules.confirmed === 1);
      const { currentDetails } = await metadata(handle);
      expect(currentDetails).toContain('### orders-to-eu: following (shop on commerce → shop on commerce\\_eu)');
      expect(currentDetails).toContain('reads to the source, writes to the source: customer, orders');
      expect(currentDetails).toContain(`--workflow-id '${handle.workflowId}' --name switchTraffic --input '{}'`);
      const plan = await handle.query<MoveTablesPlan>('plan');
      expect(plan).toMatchObject({ tables: ['customer', 'orders'], sourceTables: 'keep', switch: { maxAttempts: 10 } });
      expect(plan.steps.join('\n')).toContain('the tables of the source stay');
      const { events } = await handle.fetchHistory();
      const summaries = (events ?? [])
        .filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled != null)
        .map(({ userMetadata }) => JSON.parse(Buffer.from(userMetadata?.summary?.data ?? []).toString()) as unknown);
      expect(summaries).toEqual(
        expect.arrayContaining([
          'check and prepare orders-to-eu',
          'copy orders-to-eu',
          'tell the router version 1: reads to the source, writes to the source',
          'verify orders-to-eu',
        ]),
      );
      await handle.terminate();
    });
  });
});

describe('payloads', () => {
  it('that cannot be decoded reject an update before it is in the history, and say which field', async () => {
    await testMove({}, async ({ handle, untilPhase }) => {
      await untilPhase('following');
      for (const [name, payload, problem] of [
        ['switchTraffic', { read: true }, 'no field "read"; there are: reason, by, dryRun, reads, writes'],
        ['forceComplete', { components: ['rows'] }, 'components[0] has to be "streams", "fences"'],
        ['setThrottle', { rowsPerSecondMax: 0 }, 'rowsPerSecondMax has to be at least 1'],
        ['cancel', { force: 'yes' }, 'force has to be true or false, not a text'],
        ['pause', 'now', 'it has to be an object'],
      ] as const) {
        const error = await handle.executeUpdate(name, { args: [payload] }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        const cause = (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
        expect(cause.type).toBe('INVALID_INPUT');
        expect(cause.message).toContain(problem);
      }
      await handle.terminate();
    });
  });

  it('that cannot be decoded are refused in the status and on record when they come as a signal', async () => {
    await testMove({}, async ({ handle, fakes, until, untilPhase }) => {
      await untilPhase('following');
      await handle.signal('switchTraffic', { read: true, by: 'mira' });
      await until(({ lastCommand }) => lastCommand?.code === 'INVALID_INPUT' && lastCommand.by === 'mira');
      await handle.signal('setCutOver', {});
      await until(({ lastCommand }) => lastCommand?.code === 'UNKNOWN_COMMAND');
      const lines = await eventually(
        () => Promise.resolve(fakes.requests('recordAudit')),
        ({ length }) => length === 2,
      );
      expect(lines).toMatchObject([
        { command: 'switchTraffic', via: 'signal', by: 'mira', outcome: 'refused', cluster: 'commerce_eu' },
        { command: 'setCutOver', via: 'signal', outcome: 'refused' },
      ]);
      // Nothing of it depends on the version that a history was begun by.
      const { events } = await handle.fetchHistory();
      const markers = (events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) => marker ?? []);
      const patches = markers.map(({ details }) => String(details?.['patch-data']?.payloads?.[0]?.data));
      expect(patches.filter((patch) => !patch.includes('apart-by-kind-of-work'))).toEqual([]);
      await handle.terminate();
    });
  });
});

describe('commands before the start', () => {
  it('given as signals are carried out in the order in which they were sent', async () => {
    const beforeWorker = async (handle: WorkflowHandle): Promise<void> => {
      await handle.signal('pause', { reason: 'not yet' });
      await handle.signal('setThrottle', { rowsPerSecondMax: 7 });
      await handle.signal('pause');
    };
    const options = { throttle: { rowsPerSecondMax: 100, lagMsMax: 300 } };
    await testMove({ beforeWorker, options }, async ({ handle, fakes, command, until, untilPhase }) => {
      await until(() => fakes.count('watchPausedMove') === 1);
      expect(await command('unpause')).toMatchObject({ outcome: 'done' });
      expect(await command('unpause')).toMatchObject({ outcome: 'done' });
      await untilPhase('following');
      expect(fakes.requests('synchroniseMove')[0]).toMatchObject({ throttle: { rowsPerSecondMax: 7, lagMsMax: 300 } });
      await handle.terminate();
    });
  });

  it('to cancel end the workflow without a step', async () => {
    const beforeWorker = (handle: WorkflowHandle): Promise<void> => handle.signal('cancel');
    await testMove({ beforeWorker }, async ({ handle, fakes }) => {
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', tables: [] });
      expect(fakes.calls).toEqual([]);
    });
  });
});

/** The same random numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const payloads: Partial<Record<MoveCommandName, readonly object[]>> = {
  switchTraffic: [{ reads: true }, { writes: true }, {}],
  reverseTraffic: [{}, { acceptLoss: true, reason: 'gone' }],
  forceComplete: [{}, { reason: 'gone' }, { reason: 'gone', components: ['streams'], dryRun: true }],
  setThrottle: [{ rowsPerSecondMax: 5 }, { rowsPerSecondMax: null }],
};
/** Those that end a move are left to the end. */
const playful = moveCommandNames.filter((name) => name !== 'cancel' && name !== 'complete');

describe('commands in any order', () => {
  const seeds = [process.env['SWITCHYARD_SEED'] ?? Date.now() % 100_000, 1].map(Number);
  it.each(seeds)('are each answered once, whatever runs, and the move can be ended then (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    // No waiting between attempts, of which random commands stop many.
    await testMove({ options: { switch: { backoffMs: [0] } } }, async (test) => {
      const { handle, command, until, status } = test;
      await until(({ operationId }) => operationId !== null);
      let given = 0;
      for (let round = 0; round < 12; round += 1) {
        const burst = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(playful));
        const answers = await Promise.all(burst.map((name) => command(name, pick(payloads[name] ?? [{}]))));
        given += answers.length;
        for (const { outcome, code } of answers) {
          expect(['done', 'accepted', 'refused', 'tooLate'], `seed ${seed}`).toContain(outcome);
          expect(code === 'OK', `seed ${seed}`).toBe(outcome === 'done' || outcome === 'accepted');
        }
      }
      await command('unpause');
      // Whatever traffic was asked to do comes to its end; then the way out depends on where the writes are.
      const settled = await until(({ wish, phase }) => wish === null && ['following', 'switched'].includes(phase));
      if (settled.phase === 'following') await command('cancel');
      else {
        await command('switchTraffic');
        await command('complete');
      }
      await expect(handle.result()).resolves.toMatchObject({ forced: false });
      expect((await status()).error).toBeNull();
      const people = test.fakes.requests('recordAudit').filter(({ via }) => via === 'update');
      expect(people.length, `seed ${seed}`).toBeGreaterThanOrEqual(given + 2);
    });
  });
});

describe('after the end', () => {
  it('the status and the plan are still answered, and raw commands are told that it is over', async () => {
    await testMove({ options: { autoSwitch: true, autoComplete: true } }, async ({ handle, status, command }) => {
      await handle.result();
      expect(await status()).toMatchObject({ phase: 'completed', nextStep: 'Nothing: it is done.', nextCommand: null });
      await expect(handle.query('plan')).resolves.toMatchObject({ version: 1 });
      await expect(command('pause')).rejects.toThrow(/already completed/);
      await expect(handle.signal('pause')).rejects.toThrow(/already completed/);
    });
  });
});

/** Sends what changes nothing until the history is so long that a new run takes over. */
async function bringToNewRun(handle: WorkflowHandle): Promise<void> {
  const firstRun = (await handle.describe()).runId;
  await eventually(
    async () => {
      await handle.signal('wellWell');
      await handle.query('status');
      return (await handle.describe()).runId;
    },
    (runId) => runId !== firstRun,
  );
}

describe('continue-as-new', () => {
  it('happens in the middle while commands arrive, and loses neither state, nor a command, nor a line', async () => {
    await testMove({ fixture: 'move-continued' }, async ({ handle, fakes, command, until, untilPhase }) => {
      await untilPhase('following');
      await command('setThrottle', { rowsPerSecondMax: 4_321 });
      await command('switchTraffic', { reads: true });
      await until(({ traffic, rules }) => traffic[0]?.reads === 'target' && rules.confirmed === 2);
      // Slower than the commands, so that the new run has to take lines over.
      fakes.answer('recordAudit', () => new Promise((written) => setTimeout(written, 100)));
      const firstRun = (await handle.describe()).runId;
      let sent = 0;
      await eventually(
        async () => {
          const numbers = [1, 2, 3].map((number) => sent + number);
          sent += numbers.length;
          // An answer, always: also of those that arrive while one run hands over to the next.
          const answers = numbers.map((number) => command('switchTraffic', { reads: true, by: `nr ${number}` }));
          for (const answer of await Promise.all(answers)) {
            expect(answer).toMatchObject({ outcome: 'done', message: 'Switched already; nothing was changed.' });
          }
          return (await handle.describe()).runId;
        },
        (runId) => runId !== firstRun,
      );
      const carried = await until(({ phase }) => phase === 'following');
      expect(carried).toMatchObject({ throttle: { rowsPerSecondMax: 4_321 }, rules: { version: 2, confirmed: 2 } });
      expect(carried.traffic[0]).toMatchObject({ reads: 'target', writes: 'source' });
      expect(await command('switchTraffic')).toMatchObject({ outcome: 'accepted' });
      await until(({ phase, rules }) => phase === 'switched' && rules.confirmed === 3);
      await command('complete');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 2 });
      expect(fakes.count('prepareMove')).toBe(1);
      const grants = fakes.requests('synchroniseMove').map(({ grant }) => grant);
      expect(grants).toEqual([...grants].sort((one, other) => one - other));
      const numbers = fakes.requests('recordAudit').flatMap(({ by }) => (by?.startsWith('nr ') ? [by] : []));
      expect(numbers.sort()).toEqual(Array.from({ length: sent }, (_, index) => `nr ${index + 1}`).sort());
    });
  });

  it('while a person is waited for goes on waiting, and asks again by itself', async () => {
    await testMove({}, async ({ handle, fakes, command, until, untilPhase }) => {
      const writesRefusedSince = '2026-11-21T03:59:00.000Z';
      fakes.answer('attemptSwitch', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
      fakes.answer('resolveSwitch', () =>
        Promise.resolve({ outcome: 'unknown', problem: 'the target does not answer', writesRefusedSince }),
      );
      await untilPhase('following');
      await command('setLimits', { drainTimeoutMs: 900, by: 'mira' });
      await command('switchTraffic');
      await untilPhase('needsOperator');
      await bringToNewRun(handle);
      const limits = { lockTimeoutMs: 1_000, drainTimeoutMs: 900, maxAttempts: 10 };
      expect(await untilPhase('needsOperator')).toMatchObject({ writesRefusedSince, limits });
      expect(fakes.requests('attemptSwitch')).toMatchObject([{ limits }]);
      expect(fakes.requests('recordAudit')).toContainEqual(
        expect.objectContaining({ command: 'setLimits', by: 'mira' }),
      );
      expect((await metadata(handle)).currentDetails).toContain('Writes refused since | 2026-11-21T03:59');
      fakes.answer('resolveSwitch', () => Promise.resolve({ outcome: 'notSwitched' }));
      await until(({ error }) => error === null);
      await command('cancel');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
    });
  });

  it("while a clean-up after Temporal's own Cancel waits for a person ends with the outcome cancelled", async () => {
    await testMove({}, async ({ handle, fakes, command, untilPhase }) => {
      fakes.answer('cleanUpMove', () => Promise.reject(activityError('TABLE_BUSY', 'needsOperator')));
      await untilPhase('following');
      await handle.cancel();
      await untilPhase('needsOperator');
      await bringToNewRun(handle);
      fakes.answer('cleanUpMove', () => Promise.resolve({ residuals: [] }));
      expect(await command('retry')).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
    });
  });
});
