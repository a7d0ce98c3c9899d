/** Workers that stop without dying (SIGSTOP), and one whose RENAME still waits on the server when it dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually, MigrationTest } from '../support/migration-test.js';
import { startOwnMysql } from '../support/own-mysql.js';

const quickAttempts = { cutOver: { backoffMs: [0, 500], maxAttempts: 20 } };

/** Each on a server of its own: what one holds there would keep the others waiting. */
async function withFrozen(work: (test: MigrationTest) => Promise<void>): Promise<void> {
  const own = await startOwnMysql();
  const test = new MigrationTest({ rows: 5_000, clients: 2, cluster: own.cluster });
  try {
    await test.open();
    test.shop.startClients();
    await work(test);
  } finally {
    await test.close();
    await own.stop();
  }
}

async function hasNewColumn(test: MigrationTest): Promise<boolean> {
  return (await test.rows(`SHOW COLUMNS FROM ${test.database}.orders LIKE 'channel'`)).length === 1;
}

// Most of the time is spent waiting for Temporal to notice: a frozen worker still takes tasks from the queue, each of
// which has to time out before another worker gets it.
describe.concurrent('frozen', () => {
  it('a worker frozen under the lock keeps writers waiting no longer than the server lets it, and is replaced', () =>
    withFrozen(async (test) => {
      const { worker, reached, goOn } = await test.startFaultWorker({ statement: '^LOCK TABLES', when: 'after' });
      await test.start(quickAttempts);
      await reached();
      worker.kill('SIGSTOP');
      const frozenAt = performance.now();
      // Nobody but the server ends the lock: there is no other worker yet.
      const acknowledged = test.shop.model.acknowledged;
      await eventually(
        'writes to go on',
        () => Promise.resolve(test.shop.model.acknowledged > acknowledged + 4 ? true : undefined),
        20_000,
      );
      expect(performance.now() - frozenAt).toBeLessThan(15_000);
      await test.startWorker();
      const result = await test.result();
      expect(result).toMatchObject({ outcome: 'completed', verified: true });
      await goOn();
      worker.kill('SIGCONT');
      await sleep(1_000);
      await test.expectNothingLost();
      expect(await test.ownTables()).toEqual([result.retainedTable]);
    }));

  it('an attempt frozen before its advisory lock does not swap when it wakes after postpone was acknowledged', () =>
    withFrozen(async (test) => {
      // The first one is the preparation's.
      const { worker, reached, goOn } = await test.startFaultWorker({
        statement: 'GET_LOCK',
        when: 'before',
        count: 2,
      });
      await test.start(quickAttempts);
      await reached();
      worker.kill('SIGSTOP');
      await test.startWorker();
      const answer = await test.command('postpone', { reason: 'not now' });
      expect(answer).toMatchObject({ outcome: 'done' });
      await goOn();
      worker.kill('SIGCONT');
      await sleep(4_000);
      expect(await hasNewColumn(test)).toBe(false);
      expect(await test.status()).toMatchObject({ phase: 'postponed' });
      await test.command('resume');
      expect(await test.result()).toMatchObject({ outcome: 'completed', verified: true });
      await test.expectNothingLost();
    }));

  it('a RENAME that still waits on the server when its client dies is resolved by what becomes of it', () =>
    withFrozen(async (test) => {
      const backup = await test.rootSession();
      try {
        const { worker, reached, goOn } = await test.startFaultWorker({ statement: '^RENAME TABLE', when: 'before' });
        // The server waits this long for the backup to end.
        await test.start({ cutOver: { backoffMs: [0, 500], lockTimeoutMs: 30_000 } });
        await reached();
        // The first one, unless a busy machine has spoilt some.
        const { attempts } = await test.status();
        await backup.run('LOCK INSTANCE FOR BACKUP');
        await goOn();
        await eventually('the RENAME to wait', async () => {
          const rows = await backup.rows(
            "SELECT 1 FROM performance_schema.processlist WHERE info LIKE 'RENAME TABLE%' AND state LIKE '%backup lock%'",
          );
          return rows.length > 0 ? true : undefined;
        });
        worker.kill('SIGKILL');
        await test.startWorker();
        await sleep(3_000);
        expect(await hasNewColumn(test)).toBe(false);
        await backup.run('UNLOCK INSTANCE');
        const result = await test.result();
        expect(result).toMatchObject({ outcome: 'completed', attempts, verified: true });
        await test.expectNothingLost();
      } finally {
        await backup.close();
      }
    }));
});
