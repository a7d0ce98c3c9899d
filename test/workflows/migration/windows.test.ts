import { expect, it } from 'vitest';
import type { OnlineDdlPlan } from '../../../src/contract/migration/status.js';
import { FakeActivities, swappedAt } from '../../support/fake-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';

const window = [{ from: '02:00', to: '04:00' }];
const openFor = (open: boolean, ms: number, endsInMs?: number) => (request: { readonly atMs: number }) => {
  const ends = endsInMs === undefined ? {} : { endsAtMs: request.atMs + endsInMs };
  return Promise.resolve({ open, untilMs: request.atMs + ms, ...ends });
};

it('A window of a migration is waited for with a timer, looked at again when that is over, and ends the attempt', async () => {
  const fakes = new FakeActivities({ lookAtWindows: openFor(false, 1_500) });
  await testMigration({ fixture: 'window', fakes, options: { cutOver: { window } } }, async ({ handle, until }) => {
    const { nextAttemptAt, reason, window: seen } = await until((status) => status.window !== null);
    expect(reason).toContain(`closed until ${nextAttemptAt ?? ''}`);
    expect(seen).toEqual({ open: false, until: nextAttemptAt, endsAt: null, problem: null });
    fakes.answer('lookAtWindows', openFor(true, 60_000, 120_000));
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 1 });
    const [, look] = fakes.requests('lookAtWindows');
    expect(look).toMatchObject({ windows: window, attemptMs: 121_000 });
    expect(fakes.requests('attemptCutOver')).toMatchObject([{ endsAtMs: (look?.atMs ?? 0) + 120_000 }]);
    const { events } = await handle.fetchHistory();
    const summaries = (events ?? []).map(({ userMetadata }) => String(userMetadata?.summary?.data));
    expect(summaries).toContain('"until the window of shop.orders opens"');
  });
});

it('A window of a migration is looked at again once setLimits has changed it, and not waited for with ignoreWindow', async () => {
  const fakes = new FakeActivities({ lookAtWindows: openFor(false, 86_400_000) });
  const setting = { fixture: 'window-changed', fakes, options: { cutOver: { window } } };
  await testMigration(setting, async ({ handle, command, until }) => {
    await until((status) => status.window !== null);
    const later = [{ from: '04:00', to: '05:00', timeZone: 'Asia/Kolkata', ends: true }];
    expect(await command('setLimits', { window: later[0] })).toMatchObject({ outcome: 'done' });
    await until((status) => status.window !== null && fakes.count('lookAtWindows') === 2);
    expect(fakes.requests('lookAtWindows')[1]).toMatchObject({ windows: later });
    expect(fakes.count('attemptCutOver')).toBe(0);
    expect(await command('resume', { ignoreWindow: true })).toMatchObject({ outcome: 'done' });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 1 });
    expect(fakes.requests('attemptCutOver')[0]).not.toHaveProperty('endsAtMs');
  });
});

it('A migration with completeAt completes by itself once its moment has come', async () => {
  const completeAt = new Date(Date.now() + 1_500).toISOString();
  await testMigration({ options: { completeAt } }, async ({ fakes, handle }) => {
    const swap = { outcome: 'swapped', completedAt: swappedAt, blockedMs: 12 } as const;
    let attemptedMs = 0;
    fakes.answer('attemptCutOver', () => {
      attemptedMs = Date.now();
      return Promise.resolve(swap);
    });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 1 });
    expect(attemptedMs).toBeGreaterThanOrEqual(Date.parse(completeAt));
  });
});

it('A migration with completeAt is held back with a timer until then, or until resume', async () => {
  const completeAt = new Date(Date.now() + 3_600_000).toISOString();
  await testMigration({ options: { completeAt } }, async ({ fakes, handle, command, until }) => {
    expect(await until(({ phase }) => phase === 'postponed')).toMatchObject({ completeAt, nextAttemptAt: completeAt });
    expect(fakes.count('attemptCutOver')).toBe(0);
    const { steps } = await handle.query<OnlineDdlPlan>('plan');
    expect(steps).toContain(`Follow until ${completeAt}, or until resume is sent.`);
    const { events } = await handle.fetchHistory();
    const timers = events?.filter(({ timerStartedEventAttributes: started }) => started != null) ?? [];
    const summary = Buffer.from(timers.at(-1)?.userMetadata?.summary?.data ?? []).toString();
    expect(summary).toBe('"until the completion of shop.orders may be tried"');
    expect(await command('resume')).toMatchObject({ outcome: 'done' });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 1 });
  });
});
