import { describe, expect, it } from 'vitest';
import { activityError, FakeMoveActivities, outage, switched, switchedAt } from '../../support/fake-move-activities.js';
import { eventually } from '../../support/eventually.js';
import { throttleExamples } from '../../support/throttle-examples.js';
import { testMove } from '../../support/move-workflow-env.js';

const blocker = { id: 12, user: 'app', host: '10.0.0.5', ageSeconds: 3, statement: '', holds: 'SHARED_READ' };
const blocked = { outcome: 'notSwitched', reason: 'blocked', detail: 'no lock', blockers: [blocker] } as const;
const stopped = { outcome: 'notSwitched', reason: 'stopped', detail: 'it was asked to', blockers: [] } as const;

describe('an attempt that is lost', () => {
  it('is looked into before anything else starts, and counts as switched where the journal says so', async () => {
    await testMove({ fixture: 'move-lost-switched' }, async ({ fakes, handle, command, until, untilPhase }) => {
      fakes.answer('attemptSwitch', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
      fakes.hold('resolveSwitch');
      await untilPhase('following');
      await command('switchTraffic', {});
      const resolution = await fakes.heldCall('resolveSwitch');
      const status = await untilPhase('switching');
      expect(status.reason).toContain('CONNECTION_LOST happened');
      expect(status.writesRefusedSince).toMatch(/Z$/);
      expect(resolution.request).toMatchObject({ direction: 'forward', acceptLoss: false });
      const { historyLength } = await handle.describe();
      const cancelling = command('cancel', { reason: 'enough' });
      // It waits for the word now.
      await eventually(
        'the command to be taken',
        async () => (await handle.describe()).historyLength > historyLength || undefined,
      );
      resolution.end(switched);
      expect(await cancelling).toMatchObject({ outcome: 'tooLate', code: 'COMMAND_TOO_LATE' });
      await until(({ phase, rules }) => phase === 'switched' && rules.confirmed === 2);
      await command('complete');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', switchedAt, attempts: 1 });
      expect(fakes.count('attemptSwitch')).toBe(1);
    });
  });

  it('is not guessed at: a person sees since when writes are refused, and it is asked again by itself', async () => {
    await testMove({ fixture: 'move-lost-unclear' }, async ({ fakes, handle, command, until, untilPhase }) => {
      const writesRefusedSince = '2026-11-21T03:59:00.000Z';
      fakes.answer('attemptSwitch', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
      fakes.answer('resolveSwitch', () =>
        Promise.resolve({ outcome: 'unknown', problem: 'the target does not answer', writesRefusedSince }),
      );
      await untilPhase('following');
      await command('switchTraffic', {});
      const status = await untilPhase('needsOperator');
      expect(status).toMatchObject({ writesRefusedSince, error: { code: 'SWITCH_UNCLEAR' } });
      expect(status.error?.message).toContain(`Writes are refused since ${writesRefusedSince}`);
      expect(await command('complete')).toMatchObject({ outcome: 'refused', code: 'COMMAND_NOT_ALLOWED' });
      const asked = fakes.count('resolveSwitch');
      fakes.answer('attemptSwitch', () => Promise.resolve(switched));
      fakes.answer('resolveSwitch', () => Promise.resolve({ outcome: 'notSwitched' }));
      // Nobody sends anything: the timer does it.
      await until(({ phase, writesRefusedSince: since }) => phase !== 'needsOperator' && since === null);
      expect(fakes.count('resolveSwitch')).toBe(asked + 1);
      await handle.terminate();
    });
  });
});

describe('a window for the switch', () => {
  const options = { switch: { window: [{ from: '02:00', to: '04:00' }] } };
  const openFor = (open: boolean, ms: number) => (request: { readonly atMs: number }) =>
    Promise.resolve({ open, untilMs: request.atMs + ms });

  it('is waited for with a timer, and looked at again when that is over', async () => {
    const fakes = new FakeMoveActivities({ lookAtWindows: openFor(false, 3_000) });
    await testMove({ fakes, options: { ...options, autoSwitch: true } }, async ({ handle, command, until }) => {
      const { nextAttemptAt, reason } = await until(({ window }) => window !== null);
      expect(reason).toContain(`closed until ${nextAttemptAt ?? ''}`);
      fakes.answer('lookAtWindows', openFor(true, 60_000));
      await until(({ phase, rules }) => phase === 'switched' && rules.confirmed === 2);
      expect(fakes.count('lookAtWindows')).toBe(2);
      await command('complete');
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    });
  });

  it('and completeAt are waited for one after the other', async () => {
    const completeAt = new Date(Date.now() + 1_500).toISOString();
    const fakes = new FakeMoveActivities({ lookAtWindows: openFor(true, 60_000) });
    await testMove({ fakes, options: { ...options, completeAt, autoSwitch: true } }, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'switched');
      expect(fakes.requests('lookAtWindows')[0]?.atMs).toBeGreaterThanOrEqual(Date.parse(completeAt));
      await handle.terminate();
    });
  });

  it('is not waited for by who ignores it', async () => {
    const fakes = new FakeMoveActivities({ lookAtWindows: openFor(false, 86_400_000) });
    await testMove({ fakes, options }, async ({ handle, command, until, untilPhase }) => {
      await untilPhase('following');
      expect((await command('switchTraffic'))?.message).toContain('window');
      await until(({ window }) => window !== null);
      expect(fakes.count('attemptSwitch')).toBe(0);
      await command('switchTraffic', { ignoreWindow: true });
      await untilPhase('switched');
      await handle.terminate();
    });
  });
});

describe('a resolution that fails', () => {
  it('is tried a few times, and a person is told then', async () => {
    await testMove({}, async ({ fakes, handle, command, untilPhase }) => {
      fakes.answer('attemptSwitch', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
      fakes.answer('resolveSwitch', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
      await untilPhase('following');
      await command('switchTraffic');
      expect((await untilPhase('needsOperator')).error).toMatchObject({ code: 'SWITCH_UNCLEAR' });
      expect(fakes.count('resolveSwitch')).toBe(3);
      await handle.terminate();
    });
  });
});

describe('an attempt that is stopped', () => {
  it.each(['pause', 'cancel'] as const)('by %s answers that by its own word', async (name) => {
    const options = { switch: { backoffMs: [0] } };
    const setting = name === 'pause' ? { fixture: 'move-paused-attempt', options } : { options };
    await testMove(setting, async ({ fakes, handle, command, until, untilPhase }) => {
      fakes.hold('attemptSwitch');
      await untilPhase('following');
      await command('switchTraffic', {});
      const attempt = await fakes.heldCall('attemptSwitch');
      const answer = command(name, { reason: 'sale' });
      await attempt.cancelled;
      attempt.end(stopped);
      expect(await answer).toMatchObject({ outcome: name === 'pause' ? 'done' : 'accepted' });
      if (name === 'cancel') {
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled', switchedAt: null });
        return;
      }
      await until(({ pauseReasons }) => pauseReasons.includes('operator'));
      await until(() => fakes.mainOrder.at(-1) === 'watchPausedMove');
      expect(fakes.requests('watchPausedMove')).toMatchObject([{ direction: 'forward' }]);
      expect(await command('unpause')).toMatchObject({ outcome: 'done' });
      (await fakes.heldCall('attemptSwitch')).end(switched);
      await untilPhase('switched');
      await handle.terminate();
    });
  });
});

describe('attempts that are used up', () => {
  it('name the blockers, and traffic stays where it is until it is asked for again', async () => {
    const options = { switch: { maxAttempts: 2, backoffMs: [0, 200] } };
    const fakes = new FakeMoveActivities({ attemptSwitch: () => Promise.resolve(blocked) });
    await testMove({ options, fakes }, async ({ handle, command, until, untilPhase }) => {
      await untilPhase('following');
      await command('switchTraffic', {});
      const status = await until(({ gaveUp }) => gaveUp !== null);
      expect(status).toMatchObject({ phase: 'following', wish: null, attempts: 2, blockers: [blocker] });
      expect(status.gaveUp?.reason).toContain('12 app@10.0.0.5 (SHARED_READ)');
      const { events } = await handle.fetchHistory();
      const summaries = (events ?? []).map(({ userMetadata }) => String(userMetadata?.summary?.data));
      expect(summaries).toContain('"back-off before attempt 2 of 2 of orders-to-eu"');
      fakes.answer('attemptSwitch', () => Promise.resolve(switched));
      await command('switchTraffic', {});
      expect((await untilPhase('switched')).gaveUp).toBeNull();
      await handle.terminate();
    });
  });
});

describe('the router', () => {
  it('that is late keeps nothing back but what needs it: writes are safe, reverse replication runs', async () => {
    await testMove({ fixture: 'move-router-late' }, async ({ fakes, handle, command, until, untilPhase }) => {
      await untilPhase('following');
      await until(({ rules }) => rules.confirmed === 1);
      fakes.hold('routeTraffic');
      await command('switchTraffic', {});
      const told = await fakes.heldCall('routeTraffic');
      expect(told.request).toMatchObject({ version: 2, reads: 'target', writes: 'target' });
      const status = await until(({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
      expect(status.rules).toEqual({ version: 2, confirmed: 1 });
      expect(status.reason).toContain('told version 2');
      expect(await command('complete')).toMatchObject({ outcome: 'accepted' });
      expect((await untilPhase('completing')).reason).toContain('told version 2');
      expect(fakes.count('completeMove')).toBe(0);
      told.end(undefined);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.count('completeMove')).toBe(1);
    });
  });

  it('that fails is told again by retry, and reverse replication does not wait for it', async () => {
    await testMove({ fixture: 'move-router-failed' }, async ({ fakes, handle, command, until, untilPhase }) => {
      await untilPhase('following');
      await until(({ rules }) => rules.confirmed === 1);
      fakes.answer('routeTraffic', () => Promise.reject(activityError('ROUTER_REFUSED', 'terminal')));
      await command('switchTraffic', {});
      const status = await until(({ phase, reverse }) => phase === 'needsOperator' && reverse.caughtUp);
      expect(status).toMatchObject({
        error: { code: 'ROUTER_REFUSED' },
        traffic: [{ table: 'customer', reads: 'target', writes: 'target' }, { table: 'orders' }],
        nextCommand: { name: 'retry' },
      });
      fakes.answer('routeTraffic', () => Promise.resolve());
      expect(await command('retry')).toMatchObject({ outcome: 'accepted' });
      await until(({ phase, rules }) => phase === 'switched' && rules.confirmed === 2);
      await command('complete');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('a router that does not answer', () => {
  it('is shown after the first try, with what can be done, and told again without anybody doing anything', async () => {
    await testMove({ fixture: 'move-router-silent' }, async ({ fakes, handle, command, until, untilPhase }) => {
      await untilPhase('following');
      await until(({ rules }) => rules.confirmed === 1);
      fakes.answer('routeTraffic', () => Promise.reject(activityError('ROUTER_NOT_TOLD', 'retryable')));
      await command('switchTraffic', {});
      const shown = await until(({ retrying }) => retrying !== null);
      expect(shown).toMatchObject({ phase: 'switched', error: null, nextCommand: { name: 'retry' } });
      expect(shown.retrying).toMatchObject({ attempts: 1, code: 'ROUTER_NOT_TOLD' });
      expect(shown.nextStep).toContain('where the router is gone for good complete with force');
      expect(fakes.count('routeTraffic')).toBe(2);
      await until(({ retrying }) => retrying !== null && retrying.attempts > 1);
      fakes.answer('routeTraffic', () => Promise.resolve());
      expect(await command('retry')).toMatchObject({ outcome: 'accepted' });
      await until(({ retrying, rules }) => retrying === null && rules.confirmed === 2);
      await command('complete');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('a router that the worker at hand does not know', () => {
  it('is shown, and told by another worker without anybody doing anything', async () => {
    await testMove({}, async ({ fakes, handle, command, until, untilPhase }) => {
      await untilPhase('following');
      await until(({ rules }) => rules.confirmed === 1);
      let newerWorkerCame = (): void => undefined;
      const told = new Promise<void>((resolve) => {
        newerWorkerCame = resolve;
      });
      fakes.answer('routeTraffic', () => {
        fakes.answer('routeTraffic', () => told);
        return Promise.reject(activityError('SIDECAR_TOO_NEW', 'terminal'));
      });
      await command('switchTraffic', {});
      const shown = await until(({ retrying }) => retrying !== null);
      expect(shown).toMatchObject({
        phase: 'switched',
        retrying: { code: 'SIDECAR_TOO_NEW' },
        rules: { confirmed: 1 },
      });
      expect(shown.nextStep).toContain('another worker may go on');
      await until(() => fakes.count('routeTraffic') === 3);
      newerWorkerCame();
      await until(({ retrying, error, rules }) => retrying === null && error === null && rules.confirmed === 2);
      await command('complete');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('a server that goes silent while switched', () => {
  it('is in the status and on the page with the time since when, before anybody asks', async () => {
    await testMove({}, async ({ fakes, handle, command, until, untilPhase }) => {
      await untilPhase('following');
      await command('switchTraffic', {});
      // The stream that runs is stopped by the new limits, and the next one meets the outage with them.
      await until(() => fakes.count('followReverse') === 1);
      fakes.loses('source');
      // Every limit that there is arrives.
      await command('setThrottle', { ...throttleExamples });
      const status = await until(({ unreachable }) => unreachable.source !== null);
      expect(status).toMatchObject({
        phase: 'switched',
        throttle: throttleExamples,
        unreachable: { source: outage },
      });
      const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      expect(currentDetails).toContain(`not reached since ${outage.since}: ${outage.problem}`);
      expect(currentDetails).toContain(`--name forceComplete --input '{"reason":""}'`);
      expect(fakes.requests('followReverse').at(-1)).toMatchObject({ throttle: throttleExamples });
      await handle.terminate();
    });
  });
});
