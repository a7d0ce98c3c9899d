/** Lines of the audit log that could not be written at once (P9). */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { FakeActivities } from '../../support/fake-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';

/** Passes, but not within the time that a line has: Temporal gives it up at once instead of waiting for so long. */
const notForNow = (): Promise<never> =>
  Promise.reject(ApplicationFailure.create({ type: 'SERVER_BUSY', message: 'not for now', nextRetryDelay: '1 hour' }));

const options = { postponeCompletion: true };

describe('a line of the audit log that cannot be written', () => {
  it('is written once the log takes lines again', async () => {
    const fakes = new FakeActivities({ recordAudit: notForNow });
    await testMigration({ fixture: 'audited-later', fakes, options }, async ({ handle, command, until }) => {
      await until(({ phase }) => phase === 'postponed');
      for (const by of ['one', 'two']) await command('pause', { by });
      await until(() => fakes.count('recordAudit') === 2);
      fakes.answer('recordAudit', () => Promise.resolve());
      await command('unpause', { by: 'three' });
      await until(() => fakes.count('recordAudit') === 5);
      const lines = fakes.requests('recordAudit').map(({ by }) => by);
      expect(lines).toEqual(['one', 'two', 'three', 'one', 'two']);
      const [first, , , again] = fakes.requests('recordAudit');
      expect(again).toEqual(first);
      await command('resume');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.count('recordAudit')).toBe(6);
    });
  });

  it('is tried once more at the end, which does not wait for a log that takes nothing', async () => {
    const fakes = new FakeActivities({ recordAudit: notForNow });
    await testMigration({ fakes, options }, async ({ handle, command, until }) => {
      await until(({ phase }) => phase === 'postponed');
      for (const by of ['one', 'two']) await command('pause', { by });
      await command('unpause', { by: 'three' });
      await command('resume', { by: 'four' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      const lines = fakes.requests('recordAudit').map(({ by }) => by);
      expect(lines).toEqual(['one', 'two', 'three', 'four', 'one']);
    });
  });
});
