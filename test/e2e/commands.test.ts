/** Steering a real migration under real writers (P2): at every phase, before and while an attempt is under way, after. */
import { defaultPayloadConverter } from '@temporalio/common';
import { DateTime } from 'luxon';
import { afterEach, describe, expect, it } from 'vitest';
import { alterOrders } from '../../src/dev/shop/orders.js';
import { MigrationTest } from '../support/migration-test.js';

/** From `resume` to the first lock that is asked for. */
const resumedWithinMs = 2_000;

let test: MigrationTest;
afterEach(() => test.close());

async function open(options: ConstructorParameters<typeof MigrationTest>[0] = {}): Promise<void> {
  test = new MigrationTest({ rows: 10_000, ...options });
  await test.open();
}

describe('postpone and resume', () => {
  it('hold a ready migration back, with following going on, and let it go (P2)', async () => {
    await open();
    const { arm, reached, goOn } = await test.startFaultWorker(
      { statement: '^LOCK TABLES .* WRITE', when: 'before' },
      false,
    );
    test.shop.startClients();
    await test.start({ postponeCompletion: true });
    const ready = await test.untilPhase('postponed');
    expect(ready.readyAt).not.toBeNull();
    expect(ready.postponed).toMatchObject({ by: 'operator' });
    expect(await test.command('postpone', { reason: 'again' })).toMatchObject({ outcome: 'done' });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await test.status()).attempts).toBe(0);
    await arm();
    const resumedAt = Date.now();
    expect(await test.command('resume')).toMatchObject({ outcome: 'done' });
    // What follows hears of nothing for so long: nobody waits for it.
    await reached();
    expect(Date.now() - resumedAt).toBeLessThan(resumedWithinMs);
    await goOn();
    const result = await test.result();
    expect(result).toMatchObject({ outcome: 'completed', verified: true });
    // One, unless the machine was too busy for it.
    expect(result.attempts).toBeGreaterThanOrEqual(1);
    await test.expectNothingLost();
  });

  it('wait for the window; once setLimits has opened it, the attempt is made and held to its end', async () => {
    await open({ rows: 500 });
    await test.startWorker();
    // In a zone which is never UTC.
    const clock = (hours: number) => DateTime.now().setZone('Asia/Kolkata').plus({ hours }).toFormat('HH:mm');
    const window = (from: number, to: number) => ({ from: clock(from), to: clock(to), timeZone: 'Asia/Kolkata' });
    await test.start({ cutOver: { window: [window(2, 3)] } });
    const closed = await test.until('the window to be seen', (status) => status.window !== null);
    expect(closed).toMatchObject({ phase: 'ready', attempts: 0, window: { open: false, until: closed.nextAttemptAt } });
    const opensInMs = Date.parse(closed.nextAttemptAt ?? '') - Date.now();
    expect([opensInMs > 7_080_000, opensInMs <= 7_200_000]).toEqual([true, true]);
    const opened = await test.command('setLimits', { window: { ...window(-1, 1), ends: true } });
    expect(opened).toMatchObject({ outcome: 'done' });
    expect(await test.result()).toMatchObject({ outcome: 'completed', verified: true });
  });

  it('stop an attempt that waits for the lock; writes go on, the answer says so, and resume completes it', async () => {
    await open();
    const { reached, goOn } = await test.startFaultWorker({ statement: '^LOCK TABLES .* WRITE', when: 'before' });
    test.shop.startClients();
    await test.start({ cutOver: { lockTimeoutMs: 30_000 } });
    await reached();
    // A reader of the table begins just now, too late for the attempt to see it before it asks for the lock.
    const reader = await test.rootSession();
    await reader.run('START TRANSACTION');
    await reader.rows(`SELECT * FROM ${test.database}.orders LIMIT 1`);
    await goOn();
    await test.until('the attempt to wait for its lock', (status) => status.phase === 'cuttingOver');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = test.shop.model.acknowledged;
    const askedAt = performance.now();
    const answer = await test.command('postpone', { reason: 'sale', by: 'ann' });
    expect(answer).toMatchObject({ outcome: 'done' });
    expect(performance.now() - askedAt).toBeLessThan(10_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(test.shop.model.acknowledged).toBeGreaterThan(before);
    const held = await test.untilPhase('postponed');
    expect(held.postponed).toMatchObject({ by: 'operator', reason: expect.stringContaining('sale') as string });
    expect(held.lastAttempt).toMatchObject({ reason: 'stopped' });
    expect(held.lastAttempt?.blockedMs).toBeGreaterThan(500);
    await reader.run('COMMIT');
    await reader.close();
    expect(await test.command('resume')).toMatchObject({ outcome: 'done' });
    expect(await test.result()).toMatchObject({ outcome: 'completed' });
    await test.expectNothingLost();
  });

  it('answer "too late" after the swap', async () => {
    await open();
    const fault = { statement: '^UPDATE _switchyard.operations SET state', when: 'before' } as const;
    const { reached, goOn } = await test.startFaultWorker(fault);
    await test.start();
    await reached();
    const answer = await test.command('postpone');
    expect(answer.outcome).toBe('tooLate');
    expect(answer.message).toMatch(/completed at 20\d\d-/);
    await goOn();
    expect(await test.result()).toMatchObject({ outcome: 'completed' });
  });

  it('are what the system does itself when its attempts are used up, naming who is in the way (P3)', async () => {
    await open();
    await test.startWorker();
    test.shop.startClients();
    const blocker = await test.rootSession();
    await blocker.run('START TRANSACTION');
    await blocker.rows(`SELECT * FROM ${test.database}.orders LIMIT 1`);
    await test.start({ cutOver: { maxAttempts: 2, backoffMs: [0, 100], lockTimeoutMs: 200 } });
    const status = await test.untilPhase('postponed');
    expect(status.postponed?.by).toBe('system');
    expect(status.attempts).toBe(2);
    expect(status.blockers.map(({ id }) => id)).toContain(blocker.id);
    const [named] = status.blockers.filter(({ id }) => id === blocker.id);
    expect(named).toMatchObject({ user: 'root', holds: expect.stringContaining('orders') as string });
    expect(status.lastAttempt).toMatchObject({ reason: 'blocked', blockers: status.blockers });
    expect(await test.command('cancel', { dryRun: true })).toMatchObject({ outcome: 'accepted', dryRun: true });
    await blocker.run('ROLLBACK');
    await blocker.close();
    // As whoever reads the status would send it.
    expect(status.nextCommand).toEqual({ name: 'resume', input: {} });
    await test.command(status.nextCommand?.name ?? 'cancel', status.nextCommand?.input);
    const result = await test.result();
    expect(result.outcome).toBe('completed');
    expect(result.attempts).toBeGreaterThanOrEqual(3);
    await test.expectNothingLost();
  });
});

describe('heartbeats', () => {
  it('name the stage from the first one on', async () => {
    await open({ rows: 2_000 });
    await test.startWorker();
    const handle = await test.start();
    const beats = new Set<string>();
    for (;;) {
      const { raw, status } = await handle.describe();
      for (const { activityType, heartbeatDetails } of raw.pendingActivities ?? []) {
        const [payload] = heartbeatDetails?.payloads ?? [];
        if (payload === undefined) continue;
        const beat = defaultPayloadConverter.fromPayload<{ stage: string } | null>(payload);
        expect(beat, activityType?.name ?? '').not.toBeNull();
        beats.add(`${activityType?.name}: ${beat?.stage}`);
      }
      if (status.name !== 'RUNNING') break;
    }
    expect([...beats]).toEqual(expect.arrayContaining(['prepareMigration: preparing', 'synchronise: copying']));
  });
});

describe('pause and cancel', () => {
  it('pause stops copying and following at a checkpoint, unpause goes on', async () => {
    await open({ rows: 60_000 });
    await test.startWorker();
    test.shop.startClients();
    await test.start();
    await test.untilPhase('copying');
    expect(await test.command('pause', { reason: 'backup' })).toMatchObject({
      outcome: expect.stringMatching(/done|accepted/) as string,
    });
    await test.until('the pause', (status) => status.pauseReasons.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const position = (): Promise<readonly object[]> =>
      test.rows(
        `SELECT p.rows_copied, s.position FROM _switchyard.operations o JOIN _switchyard.progress p USING
        (operation_id) JOIN _switchyard.streams s USING (operation_id) WHERE o.database_name = ?`,
        [test.database],
      );
    const before = await position();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await position()).toEqual(before);
    await test.command('unpause');
    expect(await test.result()).toMatchObject({ outcome: 'completed', verified: true });
    await test.expectNothingLost();
  });

  it.each(['copying', 'postponed'] as const)('cancel while %s removes everything that was made', async (phase) => {
    await open({ rows: 40_000 });
    await test.startWorker();
    test.shop.startClients();
    await test.start({ postponeCompletion: true });
    await test.untilPhase(phase);
    await test.command('cancel', { reason: 'wrong table' });
    expect(await test.result()).toMatchObject({ outcome: 'cancelled', retainedTable: null, completedAt: null });
    expect(await test.ownTables()).toEqual([]);
    await test.expectNothingLost();
    const audit = await test.rows<{ command: string; reason: string }>(
      `SELECT command, reason FROM _switchyard.audit_log JOIN _switchyard.operations USING (operation_id)
        WHERE database_name = ? AND via = 'update'`,
      [test.database],
    );
    expect(audit).toEqual([{ command: 'cancel', reason: 'wrong table' }]);
  });

  it('a cancelled workflow of Temporal is cleaned up as well', async () => {
    await open();
    await test.startWorker();
    await test.start({ postponeCompletion: true });
    await test.untilPhase('postponed');
    await test.handle.cancel();
    await expect(test.handle.result()).rejects.toThrow();
    expect((await test.handle.describe()).status.name).toBe('CANCELLED');
    expect(await test.ownTables()).toEqual([]);
  });

  it('the retained table is dropped when its time has come', async () => {
    await open({ rows: 1_000 });
    await test.startWorker();
    await test.start({ retainFor: '1s' }, alterOrders);
    const { retainedTable } = await test.result();
    const id = `table-cleanup/commerce/${test.database}/${retainedTable}`;
    expect(await test.client.workflow.getHandle(id).result()).toEqual({ outcome: 'dropped', retainedTable });
    expect(await test.ownTables()).toEqual([]);
  });
});
