import { describe, expect, it } from 'vitest';
import { operationId, swappedAt } from '../../support/fake-activities.js';
import { writeLatency } from '../../support/fakes.js';
import { testMigration } from '../../support/migration-workflow-env.js';

describe('a migration that nobody touches', () => {
  it('prepares, copies, indexes, verifies, swaps at the first attempt and needs well under 100 events', async () => {
    const events = await testMigration({ fixture: 'happy-path' }, async ({ handle, fakes }) => {
      await expect(handle.result()).resolves.toEqual({
        outcome: 'completed',
        retainedTable: fakes.retainedTable,
        completedAt: swappedAt,
        attempts: 1,
        blockedMs: 12,
        rowsCopied: 1_000,
        verified: true,
        notCompared: [],
        writeLatency,
      });
      expect(fakes.order).toEqual([
        'prepareMigration',
        'synchronise copied',
        'synchronise indexed',
        'synchronise verified',
        'attemptCutOver',
        'finishMigration',
      ]);
      expect(fakes.requests('attemptCutOver')).toMatchObject([{ operationId, attempt: 1, grant: 5 }]);
    });
    process.stdout.write(`history of an untouched migration: ${events} events\n`);
    expect(events).toBeLessThan(70);
  });
});
