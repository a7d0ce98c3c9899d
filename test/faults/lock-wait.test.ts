/** Who waits behind the lock of an attempt is its victim: not named as its blocker, and not in the way of a swap for long. */
import { afterEach, expect, it } from 'vitest';
import type { CutOverAttempt } from '../../src/domain/attempt.js';
import { attemptCutOver } from '../../src/mysql/migration/attempt-cut-over.js';
import { eventually } from '../support/eventually.js';
import { Stage } from './rules/stage.js';

let stage: Stage;
afterEach(() => stage.close());

function attempt(lockTimeoutMs: number): Promise<CutOverAttempt> {
  const { cluster, operationId } = stage;
  const { signal } = new AbortController();
  return attemptCutOver({ cluster, operationId, token: stage.nextToken(), attempt: 1, lockTimeoutMs, signal });
}

it('Writers that wait for the lock, and get the table when it is given up, are no blockers', async () => {
  stage = await Stage.open();
  await stage.copied();
  const [holder, ...writers] = await Promise.all([1, 2, 3].map(() => stage.session()));
  const beforeLock = stage.gate.hold('before', /^LOCK TABLES/);
  const running = attempt(1_500);
  await beforeLock.reached;
  await holder?.run('START TRANSACTION');
  await holder?.rows('SELECT * FROM t');
  beforeLock.release();
  await eventually('the lock to be waited for', async () =>
    (await stage.runningStatements('LOCK TABLES')) > 0 ? true : undefined,
  );
  const writing = writers.map(async (writer, index) => {
    await writer.run('START TRANSACTION');
    await writer.run("INSERT INTO t (id, v) VALUES (?, 'new')", [100 + index]);
  });
  const result = await running;
  await Promise.all(writing);
  expect(result).toMatchObject({ outcome: 'notSwapped', reason: 'blocked' });
  expect('blockers' in result && result.blockers.map(({ id }) => id)).toEqual([holder?.id]);
});

it('Whoever waits for the lock with an older snapshot is let through, and the same attempt swaps', async () => {
  stage = await Stage.open({
    table: '(id INT NOT NULL PRIMARY KEY, v VARCHAR(50), note VARCHAR(50), FULLTEXT KEY v (v))',
  });
  await stage.app.run('CREATE TABLE other (id INT PRIMARY KEY)');
  await stage.copied();
  expect(stage.plan.markerColumn).toBe(null);
  const reader = await stage.session();
  const beforeLock = stage.gate.hold('before', /^LOCK TABLES/);
  const underLock = stage.gate.hold('after', /^LOCK TABLES/);
  const running = attempt(2_000);
  await beforeLock.reached;
  await stage.app.run("INSERT INTO t (id, v) VALUES (100, 'late')");
  await reader.run('START TRANSACTION');
  await reader.rows('SELECT * FROM other');
  beforeLock.release();
  await underLock.reached;
  const reading = reader.rows('SELECT id FROM t').then(async (rows) => {
    await reader.run('COMMIT');
    return rows;
  });
  await eventually('the reader to wait', async () =>
    (await stage.runningStatements('SELECT id FROM t')) > 0 ? true : undefined,
  );
  underLock.release();
  expect(await running).toMatchObject({ outcome: 'swapped' });
  // The old table, complete: nothing was swapped under him.
  expect(await reading).toHaveLength(21);
  expect(stage.gate.count(/^LOCK TABLES/)).toBe(2);
});
