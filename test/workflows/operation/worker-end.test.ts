/** A worker that ends while it works: the work goes on elsewhere, and nothing has failed (P11). */
import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { FakeActivities } from '../../support/fake-activities.js';
import { synchronised } from '../../support/fakes.js';
import { testMigration } from '../../support/migration-workflow-env.js';

it('the end of a worker is no failure of the work, however often it comes', async () => {
  let ends = 0;
  const fakes = new FakeActivities({
    synchronise: (request) => {
      ends += 1;
      // As the SDK says it, after as many tries as an activity has.
      const ended = { type: 'WorkerShutdown', message: 'Worker is shutting down', nonRetryable: true };
      return ends > 7 ? synchronised(request) : Promise.reject(ApplicationFailure.create(ended));
    },
  });
  await testMigration({ fixture: 'worker-ended', fakes, options: {} }, async ({ handle, status }) => {
    expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    expect(ends).toBe(7 + 3);
    const { events } = await handle.fetchHistory();
    const timers = (events ?? []).map(({ userMetadata }) => String(userMetadata?.summary?.data));
    expect(timers.filter((summary) => summary.includes('WorkerShutdown'))).toEqual([]);
    expect(await status()).toMatchObject({ retrying: null });
  });
});
