/** Lines of the audit log that could not be written at once (P9). */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { FakeActivities } from '../../support/fake-activities.js';
import { FakeMoveActivities } from '../../support/fake-move-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';
import { testMove } from '../../support/move-workflow-env.js';

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

  it('by a server that is given up meanwhile is written where the log is then, and so are those behind it', async () => {
    const loss = { acceptLoss: true, reason: 'burned down' };
    const fakes = new FakeMoveActivities();
    await testMove({ fixture: 'audited-elsewhere', fakes }, async ({ handle, command, until, untilPhase }) => {
      await untilPhase('following');
      await command('switchTraffic');
      await until(({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
      await until(() => fakes.count('recordAudit') === 1);
      fakes.hold('recordAudit');
      expect(await command('reverseTraffic', loss)).toMatchObject({ code: 'TARGET_ANSWERS' });
      const atTarget = await fakes.heldCall('recordAudit');
      fakes.answer('recordAudit', ({ cluster }) =>
        cluster === atTarget.request.cluster ? notForNow() : Promise.resolve(),
      );
      fakes.loses('target');
      await command('setThrottle', { rowsPerSecondMax: 9 });
      await untilPhase('needsOperator');
      await command('reverseTraffic', loss);
      await untilPhase('cancelled');
      // What is left to do is to wait for the log.
      await sleep(500);
      atTarget.fail(ApplicationFailure.create({ message: 'it went away', nextRetryDelay: '1 hour' }));
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
      const written = fakes.requests('recordAudit').filter(({ cluster }) => cluster === 'commerce');
      const answers = ['reverseTraffic accepted', 'reverseTraffic refused', 'setThrottle done'];
      expect(written.map(({ command: name, outcome }) => `${name} ${outcome}`).sort()).toEqual(answers);
    });
  });
});
