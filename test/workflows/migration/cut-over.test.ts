import type { CutOverAttempt } from '../../../src/domain/attempt.js';
import { describe, expect, it } from 'vitest';
import { activityError, swappedAt } from '../../support/fake-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';
import { eventually } from '../../support/workflow-env.js';

const blocker = {
  id: 41,
  user: 'report',
  host: '10.0.0.7',
  ageSeconds: 310,
  statement: 'SELECT *\nFROM orders | x',
  holds: 'SHARED_READ on shop.orders',
};
const blocked: CutOverAttempt = {
  outcome: 'notSwapped',
  reason: 'blocked',
  detail: 'no lock within 1000 ms',
  blockers: [blocker],
  blockedMs: 1_000,
};
const stopped: CutOverAttempt = {
  outcome: 'notSwapped',
  reason: 'stopped',
  detail: 'asked to stop',
  blockers: [],
  blockedMs: 3,
};
const swapped: CutOverAttempt = { outcome: 'swapped', completedAt: swappedAt, blockedMs: 9 };

describe('completion that is held back (P2)', () => {
  it('follows until resume, and then cuts over', async () => {
    const setting = { fixture: 'postponed-resumed', options: { postponeCompletion: true } };
    await testMigration(setting, async ({ handle, fakes, command, until }) => {
      const status = await until(({ phase }) => phase === 'postponed');
      expect(status).toMatchObject({ postponed: { by: 'operator' }, retainedTable: null, attempts: 0 });
      expect(status.readyAt).not.toBeNull();
      expect(status.nextStep).toContain('resume');
      expect(await command('postpone', { reason: 'sale' })).toMatchObject({ outcome: 'done', code: 'OK' });
      expect(fakes.count('attemptCutOver')).toBe(0);
      expect(await command('resume', { by: 'ada' })).toMatchObject({ outcome: 'done' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 1 });
      expect(fakes.order.slice(-3)).toEqual(['synchronise follow', 'attemptCutOver', 'finishMigration']);
      expect(fakes.requests('recordAudit')).toMatchObject([
        { command: 'postpone', via: 'update', reason: 'sale', outcome: 'done' },
        { command: 'resume', by: 'ada', outcome: 'done' },
      ]);
    });
  });

  it('while it is copied is recorded and kept', async () => {
    await testMigration({}, async ({ fakes, handle, command, until }) => {
      fakes.hold('synchronise');
      const copy = await fakes.heldCall('synchronise');
      expect((await command('postpone')).message).toContain('once ready');
      copy.end({ outcome: 'reached', rowsCopied: 5, verified: false, notCompared: [] });
      for (const verified of [false, true]) {
        (await fakes.heldCall('synchronise')).end({ outcome: 'reached', rowsCopied: 5, verified, notCompared: ['a'] });
      }
      expect((await fakes.heldCall('synchronise')).request.goal).toBe('follow');
      expect(await until(({ phase }) => phase === 'postponed')).toMatchObject({ rowsCopied: 5, notCompared: ['a'] });
      await handle.terminate();
    });
  });
});

describe('postpone while an attempt runs (P2)', () => {
  it('stops the attempt and answers that nothing was swapped', async () => {
    await testMigration({ fixture: 'postpone-stops-attempt' }, async ({ fakes, handle, command, status }) => {
      fakes.hold('attemptCutOver');
      const attempt = await fakes.heldCall('attemptCutOver');
      expect((await status()).phase).toBe('cuttingOver');
      const answer = command('postpone', { reason: 'sale' });
      await attempt.cancelled;
      attempt.end(stopped);
      expect(await answer).toMatchObject({ outcome: 'done' });
      const held = await status();
      expect(held).toMatchObject({ phase: 'postponed', attempts: 1, postponed: { reason: 'sale' } });
      const { startedAt, endedAt, ...why } = held.lastAttempt ?? { startedAt: null, endedAt: null };
      expect(why).toEqual({ reason: 'stopped', detail: 'asked to stop', blockers: [], blockedMs: 3 });
      expect(Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''));
      expect(fakes.count('resolveCutOver')).toBe(0);
      await command('resume');
      (await fakes.heldCall('attemptCutOver')).end(swapped);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 2, blockedMs: 9 });
    });
  });

  it('answers "too late, completed at …" when the attempt has swapped', async () => {
    await testMigration({ fixture: 'postpone-too-late' }, async ({ fakes, handle, command }) => {
      fakes.hold('attemptCutOver');
      fakes.hold('finishMigration');
      const attempt = await fakes.heldCall('attemptCutOver');
      const answer = command('postpone');
      await attempt.cancelled;
      attempt.end(swapped);
      expect(await answer).toMatchObject({ outcome: 'tooLate', code: 'COMMAND_TOO_LATE' });
      expect((await answer).message).toContain(swappedAt);
      expect(await command('cancel')).toMatchObject({ outcome: 'tooLate' });
      (await fakes.heldCall('finishMigration')).end({ rowsCopied: 1, verified: true, notCompared: [] });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.count('cleanUpMigration')).toBe(0);
    });
  });

  it('answers only the word of the resolution when the worker of the attempt is lost', async () => {
    await testMigration({ fixture: 'attempt-lost-not-swapped' }, async ({ fakes, handle, command, status }) => {
      fakes.hold('attemptCutOver');
      fakes.hold('resolveCutOver');
      const attempt = await fakes.heldCall('attemptCutOver');
      attempt.vanish();
      const answer = command('postpone');
      const resolution = await fakes.heldCall('resolveCutOver');
      expect((await status()).phase).toBe('cuttingOver');
      expect((await status()).reason).toContain('timed out');
      resolution.end({ outcome: 'notSwapped' });
      expect(await answer).toMatchObject({ outcome: 'done' });
      expect((await status()).phase).toBe('postponed');
      await handle.terminate();
    });
  });

  it('answers too late when the resolution finds that it had swapped', async () => {
    await testMigration({ fixture: 'attempt-lost-swapped' }, async ({ fakes, handle, command }) => {
      fakes.hold('attemptCutOver');
      fakes.hold('resolveCutOver');
      const attempt = await fakes.heldCall('attemptCutOver');
      const answer = command('postpone');
      await attempt.cancelled;
      attempt.fail(activityError('SERVER_UNAVAILABLE', 'retryable'));
      (await fakes.heldCall('resolveCutOver')).end({ outcome: 'swapped', completedAt: swappedAt, blockedMs: 7 });
      expect(await answer).toMatchObject({ outcome: 'tooLate' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', blockedMs: 7 });
    });
  });
});

describe('attempts (P3)', () => {
  it('that are used up leave the migration postponed by the system with the blockers named, until resume', async () => {
    const options = { cutOver: { maxAttempts: 2, backoffMs: [0, 300] } };
    await testMigration({ fixture: 'attempts-used-up', options }, async ({ fakes, handle, command, until }) => {
      fakes.answer('attemptCutOver', () => Promise.resolve(blocked));
      const status = await until(({ phase }) => phase === 'postponed');
      expect(status).toMatchObject({ attempts: 2, attemptsSinceResume: 2, postponed: { by: 'system' } });
      expect(status.blockers).toEqual([blocker]);
      expect(status.reason).toContain('41 report@10.0.0.7');
      const [first, second] = fakes.requests('attemptCutOver');
      expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
      await eventually(
        () => Promise.resolve(fakes.order.slice(-4).join(', ')),
        (order) => order === 'attemptCutOver, synchronise follow, attemptCutOver, synchronise follow',
      );
      fakes.answer('attemptCutOver', () => Promise.resolve(swapped));
      await command('resume');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 3 });
      expect(fakes.requests('recordAudit').map(({ command: name, via }) => `${name} ${via}`)).toEqual([
        'postpone system',
        'resume update',
      ]);
    });
  });

  it('take limits that were changed while they wait', async () => {
    const options = { cutOver: { backoffMs: [0, 3_600_000] } };
    await testMigration({ options }, async ({ fakes, handle, command, until }) => {
      fakes.answer('attemptCutOver', () => Promise.resolve(blocked));
      const status = await until(({ phase, nextAttemptAt }) => phase === 'ready' && nextAttemptAt !== null);
      expect(Date.parse(status.nextAttemptAt ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
      fakes.answer('attemptCutOver', () => Promise.resolve(swapped));
      await command('setLimits', { backoffMs: [0, 10], lockTimeoutMs: 250, by: 'mira' });
      const { limits } = await until(({ phase }) => phase === 'completed');
      expect(limits).toEqual({ lockTimeoutMs: 250, maxAttempts: 10, backoffMs: [0, 10] });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 2 });
      expect(fakes.requests('attemptCutOver').map(({ cutOver }) => cutOver.lockTimeoutMs)).toEqual([1_000, 250]);
      expect(fakes.requests('recordAudit')).toMatchObject([{ command: 'setLimits', by: 'mira', outcome: 'done' }]);
      expect(fakes.requests('recordAudit')[0]?.message).toContain('lockTimeoutMs 250, maxAttempts 10, backoffMs 0, 10');
      const { events } = await handle.fetchHistory();
      const summaries = (events ?? []).map(({ userMetadata }) => String(userMetadata?.summary?.data));
      expect(summaries).toContain('"back-off before cut-over attempt 2 of 10 on shop.orders"');
    });
  });
});
