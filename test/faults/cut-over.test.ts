/** One cut-over attempt at a time, without a workflow: who may act, what stays readable, what an attempt leaves behind. */
import type { CutOverAttempt } from '../../src/domain/attempt.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attemptCutOver } from '../../src/mysql/migration/attempt-cut-over.js';
import { resolveCutOver } from '../../src/mysql/migration/resolve-cut-over.js';
import { serverErrorNumber } from '../../src/mysql/server/session/server-errors.js';
import { finishMigration, removeMigration } from '../../src/mysql/migration/clean-up.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';
import { codeOf, Stage } from './rules/stage.js';

let own: OwnMysql;
let stage: Stage;
let attempts = 0;

beforeAll(async () => {
  own = await startOwnMysql();
});
afterEach(() => stage.close());
afterAll(() => own.stop());

function attempt(token = stage.nextToken(), lockTimeoutMs = 2_000): Promise<CutOverAttempt> {
  attempts += 1;
  const { cluster, operationId } = stage;
  const { signal } = new AbortController();
  return attemptCutOver({ cluster, operationId, token, attempt: attempts, lockTimeoutMs, signal });
}

async function newColumn(): Promise<boolean> {
  const rows = await stage.app.rows("SHOW COLUMNS FROM t LIKE 'extra'");
  return rows.length === 1;
}

const renames = /^RENAME TABLE/;

describe('two attempts at once', () => {
  it.each([
    { name: 'with one token', tokens: [1, 1] },
    { name: 'the older one first', tokens: [1, 2] },
    { name: 'the newer one first', tokens: [2, 1] },
  ])('only one acts: $name', async ({ tokens }) => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    const given = ['', stage.nextToken(), stage.nextToken()];
    const ended = await Promise.allSettled(tokens.map((token) => attempt(given[token])));
    expect(stage.gate.count(renames)).toBe(1);
    expect(await newColumn()).toBe(true);
    for (const end of ended) {
      if (end.status === 'fulfilled') expect(end.value.outcome).toBe('swapped');
      else expect(await codeOf(Promise.reject(end.reason as Error))).toBe('FENCED');
    }
  });
});

describe('a transaction that was open before the swap', () => {
  it('gets error 1412 with an old snapshot, and the new table without one', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    const [snapshot, current] = [await stage.session(), await stage.session()];
    await snapshot.run('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    await current.run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await current.run('START TRANSACTION');
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 1");
    expect((await attempt()).outcome).toBe('swapped');

    const error: unknown = await snapshot.rows('SELECT * FROM t').catch((reason: unknown) => reason);
    expect(serverErrorNumber(error)).toBe(1412);
    expect(await current.rows('SELECT v, extra FROM t WHERE id = 1')).toEqual([{ v: 'new', extra: 7 }]);
  });
});

describe('an attempt whose RENAME is held up', () => {
  const alters = [
    'ADD COLUMN extra INT NOT NULL DEFAULT 7',
    // The key needs a helper column, which goes under the lock as well.
    'ADD COLUMN extra INT NOT NULL DEFAULT 7, DROP PRIMARY KEY, ADD PRIMARY KEY (v)',
  ];

  it.each(alters)('names who did it, and the next one swaps: %s', async (alter) => {
    stage = await Stage.open({ server: own.cluster, alter });
    await stage.copied();
    const backup = await stage.session();
    const hold = stage.gate.hold('before', renames);
    const first = attempt(undefined, 1_000);
    await hold.reached;
    await backup.run('LOCK INSTANCE FOR BACKUP');
    hold.release();
    const result = await first;
    expect(result).toMatchObject({ outcome: 'notSwapped', reason: 'blocked' });
    expect(JSON.stringify(result)).toContain('BACKUP LOCK');
    // With the backup still going on no lock is asked for at all.
    const locks = stage.gate.count(/^LOCK TABLES/);
    await backup.run('UNLOCK INSTANCE');

    const follower = await stage.startFollower();
    await stage.app.run("UPDATE t SET v = 'later' WHERE id = 3");
    await follower.catchUp();
    await follower.stop();
    await stage.expectEqual();
    expect(await attempt()).toMatchObject({ outcome: 'swapped' });
    expect(stage.gate.count(/^LOCK TABLES/)).toBe(locks + 1);
    const [row] = await stage.app.rows('SELECT v, extra FROM t WHERE id = 3');
    expect(row).toEqual({ v: 'later', extra: 7 });
    const [table] = await stage.app.rows<{ 'Create Table': string }>('SHOW CREATE TABLE t');
    expect(table?.['Create Table']).not.toContain('_sw_');
  });

  it('is not even tried while a backup is going on', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    await attemptOnce();
    const backup = await stage.session();
    await backup.run('LOCK INSTANCE FOR BACKUP');
    const result = await attempt();
    expect(result).toMatchObject({ outcome: 'notSwapped', reason: 'blocked', blockedMs: 0 });
    await backup.run('UNLOCK INSTANCE');
  });
});

/** An attempt that is stopped before its lock; it leaves everything as the next one needs it. */
async function attemptOnce(): Promise<void> {
  const stop = new AbortController();
  stop.abort();
  attempts += 1;
  const { cluster, operationId } = stage;
  const token = stage.nextToken();
  const options = { cluster, operationId, token, attempt: attempts, lockTimeoutMs: 1_000, signal: stop.signal };
  expect(await attemptCutOver(options)).toMatchObject({ outcome: 'notSwapped', reason: 'stopped' });
}

describe('a session that has the table open without a transaction', () => {
  it.each(['HANDLER t OPEN', 'LOCK TABLES t READ'])('holds nobody up: %s', async (statement) => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    const keeper = await stage.session();
    await keeper.run(statement);
    expect(await attempt()).toMatchObject({ reason: 'blocked', blockedMs: 0, blockers: [{ id: keeper.id }] });
    expect(stage.gate.count(/^LOCK TABLES/)).toBe(0);
    await keeper.run(statement.startsWith('HANDLER') ? 'HANDLER t CLOSE' : 'UNLOCK TABLES');
    expect(await attempt()).toMatchObject({ outcome: 'swapped' });
  });
});

describe('what changes between the last look and the lock', () => {
  it('is drained under the lock, unique values that move included', async () => {
    stage = await Stage.open({
      server: own.cluster,
      table: '(id INT NOT NULL PRIMARY KEY, u VARCHAR(20) NULL, n INT NULL, UNIQUE KEY u ((LOWER(u))))',
      rows: ["INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0), (3, 'c', 0), (4, 'd', 0)"],
    });
    await stage.copied();
    const hold = stage.gate.hold('before', /^LOCK TABLES/);
    const running = attempt();
    await hold.reached;
    for (const change of [
      "UPDATE t SET u = 'moved' WHERE id = 2",
      "UPDATE t SET u = 'b' WHERE id = 1",
      'DELETE FROM t WHERE id = 3',
      "UPDATE t SET u = 'c' WHERE id = 4",
    ]) {
      await stage.app.run(change);
    }
    hold.release();
    expect(await running).toMatchObject({ outcome: 'swapped' });
    expect(await stage.app.rows('SELECT id, u, extra FROM t ORDER BY id')).toEqual([
      { id: 1, u: 'b', extra: 7 },
      { id: 2, u: 'moved', extra: 7 },
      { id: 4, u: 'c', extra: 7 },
    ]);
  });
});

describe('the only word on a lost attempt', () => {
  it('ends a session that still holds the lock, and fences the attempt out', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    const hold = stage.gate.hold('after', /GET_LOCK/);
    const lost = attempt();
    await hold.reached;
    const { cluster, operationId } = stage;
    const resolved = resolveCutOver({ cluster, operationId, token: stage.nextToken() });
    expect(await resolved).toEqual({ outcome: 'notSwapped' });
    hold.release();
    expect(
      await lost.then(
        () => 'an answer',
        () => 'an error',
      ),
    ).toBe('an error');
    expect(stage.gate.count(renames)).toBe(0);
    expect(await newColumn()).toBe(false);
  });
});

describe('a swap that was cut off just after its RENAME', () => {
  it.each(['finished', 'removed'])('leaves no helper column behind once it is %s', async (end) => {
    const alter = 'ADD COLUMN extra INT NOT NULL DEFAULT 7, DROP PRIMARY KEY, ADD PRIMARY KEY (v)';
    stage = await Stage.open({ server: own.cluster, alter });
    await stage.copied();
    const hold = stage.gate.hold('after', renames);
    const lost = attempt();
    await hold.reached;
    const { cluster, operationId } = stage;
    expect(await resolveCutOver({ cluster, operationId, token: stage.nextToken() })).toMatchObject({
      outcome: 'swapped',
    });
    const definition = async (): Promise<string> => {
      const [table] = await stage.app.rows<{ 'Create Table': string }>('SHOW CREATE TABLE t');
      return table?.['Create Table'] ?? '';
    };
    expect(await definition()).toContain('_sw_key');
    if (end === 'finished') await finishMigration(cluster, operationId);
    else await removeMigration(cluster, operationId, 'cancelled');
    expect(await definition()).not.toContain('_sw_');
    hold.release();
    await lost.catch(() => undefined);
  });
});

describe('a removal', () => {
  it('can be repeated after it was cut off between the DROP and its record', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    await stage.app.run(`DROP TABLE ${stage.shadow}`);
    await removeMigration(stage.cluster, stage.operationId, 'cancelled');
    const left = await stage.app.rows('SELECT 1 FROM _switchyard.table_locks WHERE operation_id = ?', [
      stage.operationId,
    ]);
    expect(left).toEqual([]);
  });

  it('after the swap drops nothing', async () => {
    stage = await Stage.open({ server: own.cluster });
    await stage.copied();
    expect((await attempt()).outcome).toBe('swapped');
    await removeMigration(stage.cluster, stage.operationId, 'cancelled');
    expect(await newColumn()).toBe(true);
    expect(await stage.app.rows(`SELECT 1 FROM ${stage.plan.retained.table} LIMIT 1`)).toHaveLength(1);
    await finishMigration(stage.cluster, stage.operationId);
  });
});

describe('the table after the swap', () => {
  it('has its statistics, which nobody would make again, and nearly all of its row versions left', async () => {
    const table = `(id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NOT NULL, note VARCHAR(50) NULL, KEY k (v)) STATS_AUTO_RECALC=0`;
    stage = await Stage.open({ server: own.cluster, table });
    await stage.copied();
    expect((await attempt()).outcome).toBe('swapped');
    await finishMigration(stage.cluster, stage.operationId);
    const where = `database_name = '${stage.database}' AND table_name = 't'`;
    expect(await stage.app.rows(`SELECT n_rows FROM mysql.innodb_table_stats WHERE ${where}`)).toEqual([
      { n_rows: '20' },
    ]);
    const indexes = await stage.app.rows(`SELECT DISTINCT index_name FROM mysql.innodb_index_stats WHERE ${where}`);
    expect(indexes).toHaveLength(2);
    const versions = 'SELECT total_row_versions AS n FROM information_schema.innodb_tables WHERE name = ?';
    expect(await stage.app.row(versions, [`${stage.database}/t`])).toEqual({ n: 1 });
  });
});
