/** Attempts to switch that are frozen, or come to nothing, while clients write: late ones never switch, and none loses. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Session } from '../../src/mysql/session/session.js';
import { eventually } from '../support/eventually.js';
import { MoveLife } from '../support/move-life.js';
import type { Fault } from '../support/test-workers.js';

let life: MoveLife;
afterEach(() => life.test.close());

/** A frozen worker still takes tasks from the queue, each of which has to time out before another worker gets it. */
const timeoutMs = 240_000;

const source = { cluster: 'commerce' } as const;
const target = { cluster: 'customer' } as const;

/** All after the drain. */
const frozenAt: readonly (Fault & { readonly name: string })[] = [
  { name: 'before the fences', ...source, statement: '^CREATE TRIGGER', when: 'before' },
  { name: 'before the journal is begun', ...target, statement: '^ALTER TABLE .* AUTO_INCREMENT', when: 'after' },
  {
    name: 'before the row of the journal',
    ...target,
    statement: '^INSERT INTO _switchyard.switch_journal',
    when: 'before',
  },
];

async function outcomes(root: Session): Promise<readonly unknown[]> {
  const { operationId } = await life.test.status();
  return root.rows(
    `SELECT direction, attempt, outcome FROM _switchyard.switch_journal WHERE operation_id = ? ORDER BY attempt`,
    [operationId],
  );
}

/** Each command is good for one attempt, which a busy machine may spoil. */
async function switchAtLast(): Promise<void> {
  const switched = (): Promise<true | undefined> =>
    life.test.command('switchTraffic').then(async () => {
      const ended = await life.test.until('an end', ({ phase, gaveUp }) => phase === 'switched' || gaveUp !== null);
      return ended.phase === 'switched' ? true : undefined;
    });
  await eventually('the switch', switched);
  await life.test.until('the reverse stream', ({ reverse }) => reverse.caughtUp);
  await life.writesGoOn();
}

describe('an attempt to switch, frozen under its locks', () => {
  it.each(frozenAt)(
    '$name, does not switch when it wakes after it was undone',
    async ({ name: _name, ...fault }) => {
      life = await MoveLife.open();
      const { test } = life;
      const { worker, reached, goOn } = await test.startFaultWorker(fault);
      await life.start({ switch: { maxAttempts: 1 } });
      await life.toVerified();
      await life.skipNumbers('source');
      const answer = test.command('switchTraffic');
      await reached();
      worker.kill('SIGSTOP');
      await test.startWorker();
      await test.until('the attempt to be given up', ({ gaveUp }) => gaveUp !== null, 120_000);
      await answer;
      await life.writesGoOn();
      await goOn();
      worker.kill('SIGCONT');
      await sleep(2_000);
      // Writes still go to the source, and nowhere else.
      const customer = await test.root('target');
      expect(await outcomes(customer)).toEqual([{ direction: 'forward', attempt: 1, outcome: 'aborted' }]);
      await expect(customer.run('INSERT INTO orders (writer, n) VALUES (98, 0)')).rejects.toThrow('Switchyard move');
      await life.writesGoOn();
      expect(await test.status()).toMatchObject({ writesRefusedSince: null, switchedAt: null });
      await switchAtLast();
      await life.complete();
      await life.expectMoved();
    },
    timeoutMs,
  );
});

describe('a drain that takes too long', () => {
  it('lets writes go on at once, is counted as an attempt, and the next one switches', async () => {
    life = await MoveLife.open();
    const { test } = life;
    const lock = { ...source, statement: '^LOCK TABLES .* WRITE' };
    const { reached, goOn } = await test.startFaultWorker({ ...lock, when: 'before' });
    await life.start({ switch: { maxAttempts: 1, drainTimeoutMs: 500 } });
    await life.toVerified();
    const answer = test.command('switchTraffic');
    await reached();
    // What the feed has to write there before the switch waits for this.
    const holder = await test.root('target');
    await holder.run('START TRANSACTION');
    await holder.rows('SELECT id FROM orders FOR UPDATE');
    await life.writesGoOn();
    await goOn();
    const { lastAttempt, attempts } = await test.until('the attempt to end', ({ gaveUp }) => gaveUp !== null);
    expect({ attempts, reason: lastAttempt?.reason }).toEqual({ attempts: 1, reason: 'drain' });
    await life.writesGoOn();
    expect(await outcomes(holder)).toEqual([]);
    await holder.run('ROLLBACK');
    await answer;
    await switchAtLast();
    await life.complete();
    await life.expectMoved();
  });
});
