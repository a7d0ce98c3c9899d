/** Attempts to switch that come to nothing while clients write: none loses anything. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Session } from '../../src/mysql/server/session/session.js';
import { MoveLife } from '../support/move-life.js';

let life: MoveLife;
afterEach(() => life.test.close());

const source = { cluster: 'commerce' } as const;

async function outcomes(root: Session): Promise<readonly unknown[]> {
  const { operationId } = await life.test.status();
  return root.rows(
    `SELECT direction, attempt, outcome FROM _switchyard.switch_journal WHERE operation_id = ? ORDER BY attempt`,
    [operationId],
  );
}

describe('a drain that takes too long', () => {
  it('lets writes go on at once, is counted as an attempt, and the next one switches', async () => {
    life = await MoveLife.open();
    const { test } = life;
    const lock = { ...source, statement: 'SET shut = TRUE' };
    const { reached, goOn } = await test.startFaultWorker({ ...lock, when: 'before' });
    await life.start({ switch: { maxAttempts: 1, drainTimeoutMs: 500 } });
    await life.toVerified();
    const { attempt, answer } = await life.attemptUntil(reached());
    // What the feed has to write there before the switch waits for this.
    const holder = await test.root('target');
    await holder.run('START TRANSACTION');
    await holder.rows('SELECT id FROM orders FOR UPDATE');
    await life.writesGoOn();
    await goOn();
    const { lastAttempt, attempts } = await test.until('the attempt to end', ({ gaveUp }) => gaveUp !== null);
    expect({ attempts, reason: lastAttempt?.reason }).toEqual({ attempts: attempt, reason: 'drain' });
    expect(lastAttempt?.blockedMs).toBeGreaterThan(400);
    await life.writesGoOn();
    expect(await outcomes(holder)).toEqual([]);
    await holder.run('ROLLBACK');
    await answer;
    await life.switch();
    await life.complete();
    await life.expectMoved();
  });
});
