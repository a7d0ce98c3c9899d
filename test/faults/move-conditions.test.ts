/**
 * What a move withstands while clients write: long transactions, schema changes by others, servers that are gone, and
 * many ways there and back. Nothing is lost, and nobody's writes wait longer than the limits of an attempt.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure-of.js';
import { withMove, withOwnServer, type MoveLife } from '../support/move-life.js';
import { eventually } from '../support/eventually.js';

const done = expect.stringMatching(/^(done|accepted)$/) as string;
const sides = ['source', 'target'] as const;
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
        await life.begin();
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

describe.concurrent('ten times there and back', () => {
  it('loses nothing, and adds little to the history', () =>
    withMove(async (life) => {
      const { test } = life;
      await life.begin({ switch: { maxAttempts: 20, backoffMs: [0, 200] } });
      const eventsAtFirst = (await test.handle.describe()).historyLength;
      const rounds = 10;
      for (let round = 0; round < rounds; round += 1) {
        await life.switch();
        expect(await test.command('reverseTraffic')).toMatchObject({ outcome: done });
        await life.toVerified();
        await life.writesGoOn();
      }
      const eventsPerRound = ((await test.handle.describe()).historyLength - eventsAtFirst) / rounds;
      process.stdout.write(`events of a round there and back: ${eventsPerRound}\n`);
      expect(eventsPerRound).toBeLessThan(150);
      await life.switch();
      await life.complete();
      await life.expectMoved();
    }));
});

describe.concurrent('a server that is gone for good', () => {
  it('the target after the switch: is given up, and the source takes writes with all that had been reversed', () =>
    withOwnServer(
      'target',
      async (life, own) => {
        const { test, writers } = life;
        await life.begin();
        await life.switch();
        const loss = { acceptLoss: true, reason: 'customer burned down' };
        expect(await test.command('reverseTraffic', loss)).toMatchObject({
          outcome: 'refused',
          code: 'TARGET_ANSWERS',
        });
        // What is acknowledged until now has been reversed before the target goes.
        await writers.stop();
        const source = await test.root('source');
        await eventually('the source to have all', () =>
          writers.expectAll(source).then(
            () => true,
            () => undefined,
          ),
        );
        await own.server.kill('SIGKILL');
        await test.until('the target to be missed', ({ unreachable }) => unreachable.target !== null);
        expect(await test.command('reverseTraffic', { acceptLoss: true })).toMatchObject({ code: 'REASON_MISSING' });
        expect(await test.command('reverseTraffic', { ...loss, dryRun: true })).toMatchObject({ outcome: 'accepted' });
        expect((await test.status()).traffic).toMatchObject([{ writes: 'target' }, { writes: 'target' }]);
        expect(await test.command('reverseTraffic', loss)).toMatchObject({ outcome: done });
        const result = await test.result();
        expect(result).toMatchObject({ outcome: 'cancelled', loss: { reason: loss.reason } });
        expect(result.loss?.lastReversedPosition).toMatch(/:\d/);
        expect(result.residuals.join()).toContain('on cluster customer');
        expect(await test.leftovers('source')).toEqual([]);
        await writers.expectAll(source);
        await source.run('INSERT INTO orders (writer, n) VALUES (99, 0)');
        const audit = await source.rows(
          // The refused one is here as well where the target died before it had written that down.
          `SELECT command, outcome FROM _switchyard.audit_log
           WHERE operation_id = ? AND reason = ? AND outcome <> 'refused' ORDER BY id`,
          [(await test.status()).operationId ?? '', loss.reason],
        );
        expect(audit).toMatchObject([{ command: 'reverseTraffic (dry run)' }, { command: 'reverseTraffic' }]);
      },
      { router: 'commerce' },
    ));

  it('the source after the switch, and the router with it: the move ends, and says which rules the router may not have', () =>
    withOwnServer(
      'source',
      async (life, own) => {
        const { test } = life;
        await life.begin();
        await life.switch();
        await life.forceComplete(own);
        const { residuals } = (await test.result()) as { readonly residuals: readonly string[] };
        const rules = `version \\d+ of the rules of the move ${test.database} .* go to database ${test.database} of cluster customer`;
        expect(residuals.join('\n')).toMatch(new RegExp(`at the router, which was not told .*${rules}`));
        await life.expectMoved({ sourceAnswers: false });
      },
      { router: 'commerce' },
    ));

  for (const router of ['customer', 'commerce'] as const) {
    const told = router === 'customer' ? 'and the router is told' : 'as is the router there';
    it(`the source before the writes are switched: is left out by a forced cancel, ${told}`, () =>
      withOwnServer(
        'source',
        async (life, own) => {
          const { test } = life;
          await life.begin();
          expect(await test.command('switchTraffic', { reads: true })).toMatchObject({ outcome: done });
          await test.until('the reads to be switched', ({ rules }) => rules.confirmed === 2);
          const force = { force: true, reason: 'commerce burned down' };
          expect(await test.command('cancel', force)).toMatchObject({ outcome: 'refused', code: 'SERVERS_ANSWER' });
          await own.server.kill('SIGKILL');
          expect(await test.command('cancel', { force: true })).toMatchObject({
            outcome: 'refused',
            code: 'REASON_MISSING',
          });
          expect(await test.command('cancel', force)).toMatchObject({ outcome: done });
          const result = await test.result();
          expect(result).toMatchObject({ outcome: 'cancelled', loss: null });
          expect(result.residuals.join()).toContain('on cluster commerce');
          expect(await test.leftovers('target')).toEqual([]);
          const target = await test.root('target');
          expect(await target.rows('SHOW TABLES')).toEqual([]);
          if (router === 'commerce') {
            const rules = `by which reads and writes go to database ${test.database} of cluster commerce`;
            expect(result.residuals.join()).toMatch(new RegExp(`at the router, which was not told .*${rules}`));
          } else {
            expect(result.residuals.join()).not.toContain('at the router');
            const rules = await target.rows(
              `SELECT DISTINCT r.reads_cluster AS readsFrom, r.writes_cluster AS writesTo FROM _switchyard.routing_rules r
                 JOIN _switchyard.routing_moves USING (operation_id) WHERE move_name = ?`,
              [test.database],
            );
            expect(rules).toEqual([{ readsFrom: 'commerce', writesTo: 'commerce' }]);
          }
        },
        { router },
      ));
  }
});
