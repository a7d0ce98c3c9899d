/**
 * What a move withstands while clients write: long transactions, schema changes by others, servers that take no writes, and
 * many ways there and back. Nothing is lost, and nobody's writes wait longer than the limits of an attempt.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure-of.js';
import { MoveLife, withMove, withOwnServer } from '../support/move-life.js';
import { eventually } from '../support/eventually.js';

const done = expect.stringMatching(/^(done|accepted)$/) as string;
const sides = ['source', 'target'] as const;
const waitMs = 120_000;
/** What a busy machine adds to a limit. */
const slackMs = 1_500;

async function expectNothingLeft({ test }: MoveLife): Promise<void> {
  for (const side of sides) expect(await test.leftovers(side), side).toEqual([]);
  expect(await (await test.root('target')).rows('SHOW TABLES')).toEqual([]);
}

/** All that was acknowledged is on the source, and is taken there still. */
async function expectOnSource(life: MoveLife): Promise<void> {
  await life.writesGoOn();
  await life.writers.stop();
  expect(life.writers.refused).toBe(0);
  await life.writers.expectAll(await life.test.root('source'));
}

async function switched({ test }: MoveLife): Promise<void> {
  await test.until('the switch', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp, waitMs);
  await test.until('the router to know', ({ rules }) => rules.confirmed === rules.version, waitMs);
}

describe.concurrent('a transaction that holds a table', () => {
  it('is named after a bounded number of attempts, holds up no writes, and the next attempt switches', () =>
    withMove(async (life) => {
      const { test, writers } = life;
      await test.startWorker();
      const limits = { lockTimeoutMs: 300, drainTimeoutMs: 1_000 };
      await life.start({ switch: { ...limits, maxAttempts: 3, backoffMs: [0, 200] } });
      await life.toVerified();
      const holder = await test.root('source');
      await holder.run('START TRANSACTION');
      await holder.rows('SELECT * FROM quiet');
      expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
      const { attempts, blockers, gaveUp, traffic, lastAttempt } = await test.until(
        'the attempts to be used up',
        (status) => status.gaveUp !== null,
      );
      expect({ attempts, reason: lastAttempt?.reason }).toEqual({ attempts: 3, reason: 'blocked' });
      expect(gaveUp?.reason).toContain('blocked');
      expect(blockers).toMatchObject([
        { id: holder.id, user: 'root', holds: expect.stringContaining('quiet') as string },
      ]);
      expect(traffic).toMatchObject([{ writes: 'source' }, { writes: 'source' }]);
      await life.writesGoOn();
      expect(writers.slowestMs).toBeLessThan(limits.lockTimeoutMs + limits.drainTimeoutMs + slackMs);
      // Nothing is tried again by itself.
      await sleep(1_000);
      expect((await test.status()).attempts).toBe(3);
      await holder.run('COMMIT');
      await life.switch();
      await life.complete();
      await life.expectMoved();
    }));
});

/** What an application may do to a table while it is followed. */
const changes = [
  ['source', 'ALTER TABLE orders ADD COLUMN note VARCHAR(20) NULL'],
  ['source', 'TRUNCATE TABLE quiet'],
  ['source', 'RENAME TABLE quiet TO noise'],
  ['target', 'ALTER TABLE orders ADD COLUMN note VARCHAR(20) NULL'],
  ['target', 'ALTER TABLE orders DROP INDEX once, DROP COLUMN n'],
  ['target', 'DROP TABLE quiet'],
] as const;

describe.concurrent('a schema change by others', () => {
  for (const [side, statement] of changes) {
    it(`on the ${side} stops the move by name before anything is switched: ${statement}`, () =>
      withMove(async (life) => {
        const { test } = life;
        await test.startWorker();
        await life.start({});
        await life.toVerified();
        await (await test.root(side)).run(statement);
        // One on the target may be noticed by the attempt alone.
        if (side === 'target') await test.command('switchTraffic').catch(() => undefined);
        const { type, message } = await failureOf(test.handle);
        expect({ type, message }).toMatchObject({
          // The feed may have met a row of the new definition before it asked what the statement was.
          type: expect.stringMatching(/^(BINLOG_)?TABLE_CHANGED$/) as string,
          message: expect.stringMatching(/orders|quiet/) as string,
        });
        expect((await test.status()).traffic).toMatchObject([{ writes: 'source' }, { writes: 'source' }]);
        await expectNothingLeft(life);
        await expectOnSource(life);
      }));
  }
});
