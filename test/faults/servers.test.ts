/** Servers that die and connections that are cut (P1), with writers, on servers of this file's own. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTemporalServer } from '../../src/dev/temporal-server.js';
import { pendingFailure } from '../support/eventually.js';
import { eventually, MigrationTest, uniqueName, type Fault } from '../support/migration-test.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';

let own: OwnMysql;
let test: MigrationTest;

beforeAll(async () => {
  own = await startOwnMysql();
});
afterEach(() => test.close());
afterAll(() => own.stop());

const quickAttempts = { cutOver: { backoffMs: [0, 500], maxAttempts: 20 } };

async function open(): Promise<void> {
  test = new MigrationTest({ rows: 10_000, clients: 2, cluster: own.cluster });
  await test.open();
  test.shop.startClients();
}

async function expectCompleted(): Promise<void> {
  const result = await test.result();
  expect(result).toMatchObject({ outcome: 'completed', verified: true });
  await test.expectNothingLost();
  expect(await test.ownTables()).toEqual([result.retainedTable]);
}

/** Ends every session of the account that Switchyard works with, or those of them that run this command. */
async function cutConnections(command = '%'): Promise<number> {
  const rows = await test.rows<{ id: number }>(
    "SELECT id FROM performance_schema.processlist WHERE user = 'switchyard' AND command LIKE ?",
    [command],
  );
  for (const { id } of rows) await test.rows(`KILL ${Number(id)}`).catch(() => undefined);
  return rows.length;
}

describe('the MySQL server killed and restarted', () => {
  it('during the copy, loses nothing', async () => {
    await open();
    const { reached, goOn } = await test.startFaultWorker({
      statement: '^INSERT INTO `[^`]*`.`_sw_.*<=',
      when: 'after',
      count: 3,
    });
    await test.start(quickAttempts);
    await reached();
    await own.server.kill('SIGKILL');
    await goOn();
    await own.server.start();
    await expectCompleted();
  });

  it('while following, loses nothing', async () => {
    await open();
    await test.startWorker();
    await test.start({ ...quickAttempts, postponeCompletion: true });
    await test.untilPhase('postponed');
    await own.server.kill('SIGKILL');
    await own.server.start();
    await test.command('resume');
    await expectCompleted();
  });
});

describe('the MySQL server frozen', () => {
  /** Freezes it, until what ran has ended and says why; a server that is gone without a word looks the same. */
  async function freeze(): Promise<void> {
    await own.server.kill('SIGSTOP');
    try {
      await pendingFailure(test.handle, 'no answer for 5 s');
    } finally {
      await own.server.kill('SIGCONT');
    }
  }

  it('while following, is said, and loses nothing', async () => {
    await open();
    await test.startWorker();
    await test.start({ ...quickAttempts, postponeCompletion: true });
    await test.untilPhase('postponed');
    await freeze();
    await test.command('resume');
    await expectCompleted();
  });

  it('under the table lock, is said, and loses nothing', async () => {
    await open();
    const { reached, goOn } = await test.startFaultWorker({ statement: '^LOCK TABLES', when: 'after' });
    await test.start(quickAttempts);
    await reached();
    await own.server.kill('SIGSTOP');
    await goOn();
    await freeze();
    await expectCompleted();
  });
});

describe('every connection cut during an attempt', () => {
  const faults: readonly (Fault & { readonly name: string })[] = [
    { name: 'under the lock', statement: '^LOCK TABLES', when: 'after' },
    { name: 'just before the RENAME', statement: '^RENAME TABLE', when: 'before' },
    { name: 'just after the RENAME', statement: '^RENAME TABLE', when: 'after' },
  ];
  it.each(faults)('$name: a definite end, and nothing lost', async ({ statement, when }) => {
    await open();
    const { reached, goOn } = await test.startFaultWorker({ statement, when });
    await test.start(quickAttempts);
    await reached();
    expect(await cutConnections()).toBeGreaterThan(0);
    await goOn();
    await expectCompleted();
  });
});

describe('the binlog connection cut', () => {
  it('again and again, loses nothing', async () => {
    await open();
    await test.startWorker();
    await test.start({ ...quickAttempts, postponeCompletion: true });
    for (let cut = 0; cut < 3; cut += 1) {
      await eventually('a binlog connection', async () =>
        (await cutConnections('Binlog Dump%')) > 0 ? true : undefined,
      );
    }
    await test.untilPhase('postponed');
    await test.command('resume');
    await expectCompleted();
  });
});

describe('the Temporal server killed and restarted', () => {
  it('during the copy, loses nothing', async () => {
    const temporal = await startTemporalServer({
      folder: join(inject('stack').folder, uniqueName('temporal')),
      headless: true,
    });
    try {
      test = new MigrationTest({ rows: 10_000, clients: 2, temporal });
      await test.open();
      test.shop.startClients();
      const { reached, goOn } = await test.startFaultWorker({
        statement: '^INSERT INTO `[^`]*`.`_sw_.*<=',
        when: 'after',
        count: 3,
      });
      await test.start(quickAttempts);
      await reached();
      await temporal.kill('SIGKILL');
      await goOn();
      await temporal.start();
      await expectCompleted();
    } finally {
      await test.close();
      await temporal.kill('SIGKILL');
    }
  });
});
