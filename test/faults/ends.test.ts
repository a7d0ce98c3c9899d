/** Migrations that end, or wait, for a reason from outside: terminated, binlogs purged, the table held. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationFailure } from '@temporalio/common';
import { eventually, MigrationTest } from '../support/migration-test.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';

let own: OwnMysql;
let test: MigrationTest;

beforeAll(async () => {
  own = await startOwnMysql();
});
afterEach(() => test.close());
afterAll(() => own.stop());

async function open(): Promise<void> {
  test = new MigrationTest({ rows: 3_000, clients: 2, cluster: own.cluster });
  await test.open();
  await test.startWorker();
  test.shop.startClients();
}

describe('a workflow that was terminated', () => {
  it('leaves nothing behind once the next operation on the table has worked', async () => {
    await open();
    const first = await test.start({ postponeCompletion: true });
    await test.untilPhase('postponed');
    const { operationId } = await test.status();
    expect(await test.ownTables()).toEqual([`_sw_${operationId}_new`]);
    await first.terminate('by a test');

    await test.start();
    const result = await test.result();
    expect(result).toMatchObject({ outcome: 'completed', verified: true });
    await test.expectNothingLost();
    expect(await test.ownTables()).toEqual([result.retainedTable]);
    const left = await test.rows(
      `SELECT operation_id FROM _switchyard.table_locks WHERE database_name = ?
       UNION ALL SELECT operation_id FROM _switchyard.owned_tables WHERE operation_id = ?
       UNION ALL SELECT operation_id FROM _switchyard.streams WHERE operation_id = ?`,
      [test.database, operationId ?? '', operationId ?? ''],
    );
    expect(left).toEqual([]);
  });
});

describe('binlogs purged from under a paused migration', () => {
  it('end it by name as soon as it goes on', async () => {
    await open();
    await test.start({ postponeCompletion: true });
    await test.untilPhase('postponed');
    await test.command('pause');
    await eventually('the feed to end', async () => {
      const rows = await test.rows(
        "SELECT 1 FROM performance_schema.processlist WHERE user = 'switchyard' AND command LIKE 'Binlog Dump%'",
      );
      return rows.length === 0 ? true : undefined;
    });
    const acknowledged = test.shop.model.acknowledged;
    await eventually('writes that are missed', () =>
      Promise.resolve(test.shop.model.acknowledged > acknowledged + 5 ? true : undefined),
    );
    await test.rows('FLUSH BINARY LOGS');
    const files = await test.rows<{ Log_name: string }>('SHOW BINARY LOGS');
    await test.rows(`PURGE BINARY LOGS TO '${files.at(-1)?.Log_name ?? ''}'`);
    await test.command('unpause');
    const error: unknown = await test.result().catch((reason: unknown) => reason);
    expect((error as { cause?: ApplicationFailure }).cause?.type).toBe('POSITION_PURGED');
    expect(await test.ownTables()).toEqual([]);
    await test.expectNothingLost();
  });
});

describe('an account that the server refuses for a while', () => {
  it('is seen in the status, commands act meanwhile, and it goes on once the server lets it', async () => {
    await open();
    await test.start({ postponeCompletion: true });
    await test.untilPhase('postponed');
    const { user } = own.cluster.switchyard;
    await test.rows(`ALTER USER ${user} ACCOUNT LOCK`);
    try {
      const sessions = await test.rows<{ id: number }>('SELECT id FROM performance_schema.processlist WHERE user = ?', [
        user,
      ]);
      for (const { id } of sessions) await test.rows(`KILL ${id}`).catch(() => undefined);
      const failing = await test.until('the failure to be seen', ({ retrying }) => retrying !== null);
      expect(failing).toMatchObject({ phase: 'postponed', error: null });
      expect(failing.retrying).toMatchObject({ code: 'SERVER_NEEDS_ATTENTION' });
      expect(failing.reason).toMatch(/failed .*MySQL error 3118.*locked/);
      expect(failing.nextStep).toMatch(/Give the account .* retry tries it at once, cancel ends the migration/);
      expect(await test.command('pause')).toMatchObject({ outcome: expect.stringMatching(/done|accepted/) as string });
      await test.command('unpause');
    } finally {
      await test.rows(`ALTER USER ${user} ACCOUNT UNLOCK`);
    }
    await test.command('resume');
    await test.command('retry').catch(() => undefined);
    expect(await test.result()).toMatchObject({ outcome: 'completed', verified: true });
    await test.expectNothingLost();
  });
});

describe('a table that somebody holds', () => {
  it('uses the attempts up, is postponed with the holder named, and completes after resume', async () => {
    await open();
    const holder = await test.rootSession();
    try {
      await holder.run('START TRANSACTION');
      await holder.rows(`SELECT id FROM ${test.database}.orders LIMIT 1`);
      await test.start({ cutOver: { maxAttempts: 3, backoffMs: [0, 200], lockTimeoutMs: 300 } });
      const named = new Set<number>();
      const status = await test.until('the system to postpone', ({ postponed, blockers }) => {
        for (const { id } of blockers) named.add(id);
        return postponed?.by === 'system';
      });
      expect(status.attempts).toBe(3);
      expect([...named]).toEqual([holder.id]);
      expect(status.postponed?.reason).toContain('3 attempts are used up');
      await holder.run('COMMIT');
    } finally {
      await holder.close();
    }
    await test.command('resume');
    const result = await test.result();
    expect(result).toMatchObject({ outcome: 'completed', verified: true });
    expect(result.attempts).toBeGreaterThanOrEqual(4);
    await test.expectNothingLost();
  });
});
