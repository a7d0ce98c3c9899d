/**
 * Tables whose definition cannot be made newer than every snapshot (full-text indexes, compressed rows): nobody who has a
 * snapshot from before the last row of the new table may find it in place, and nobody else may hold the swap up.
 */
import type { CutOverAttempt } from '../../src/domain/attempt.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attemptCutOver } from '../../src/mysql/migration/attempt-cut-over.js';
import { Session } from '../../src/mysql/server/session/session.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';
import { Stage } from './rules/stage.js';

const consumer = 'events_transactions_current';
let own: OwnMysql;
let root: Session;
let stage: Stage;
let attempts = 0;

beforeAll(async () => {
  own = await startOwnMysql();
  root = await Session.open(own.cluster.root, { autocommit: 1 });
});
afterEach(() => stage.close());
afterAll(async () => {
  await root.close();
  await own.stop();
});

async function recordTransactions(enabled: 'YES' | 'NO'): Promise<void> {
  await root.run('UPDATE performance_schema.setup_consumers SET enabled = ? WHERE name = ?', [enabled, consumer]);
}

async function open(kind: string): Promise<void> {
  stage = await Stage.open({ server: own.cluster, table: kind });
  await stage.app.run('CREATE TABLE other (id INT PRIMARY KEY, n INT)');
  await stage.app.run('INSERT INTO other VALUES (1, 0), (2, 0), (3, 0), (4, 0)');
  await stage.copied();
  expect(stage.plan.markerColumn).toBe(null);
}

function attempt(): Promise<CutOverAttempt> {
  attempts += 1;
  const { cluster, operationId } = stage;
  const { signal } = new AbortController();
  return attemptCutOver({
    ...{ cluster, operationId, token: stage.nextToken() },
    ...{ attempt: attempts, lockTimeoutMs: 2_000, signal },
  });
}

const columns = 'id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NOT NULL, note VARCHAR(50) NULL';

describe.each([
  { name: 'full text', kind: `(${columns}, FULLTEXT KEY v (v))`, recorded: 'NO' },
  { name: 'compressed rows', kind: `(${columns}) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8`, recorded: 'YES' },
] as const)('a table with $name; transactions are recorded: $recorded', ({ kind, recorded }) => {
  it('is swapped only when nobody has a snapshot older than the drain, whatever else goes on', async () => {
    await open(kind);
    await recordTransactions(recorded);
    const reader = await stage.session();
    const beforeLock = stage.gate.hold('before', /^LOCK TABLES/);
    const running = attempt();
    await beforeLock.reached;
    await stage.app.run("INSERT INTO t (id, v) VALUES (100, 'late')");
    const beforeDrain = stage.gate.hold('before', /^SELECT @@GLOBAL.gtid_executed AS gtids/);
    beforeLock.release();
    await beforeDrain.reached;
    await reader.run('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    beforeDrain.release();
    const result = await running;
    expect(result).toMatchObject({ outcome: 'notSwapped', reason: 'blocked', blockers: [{ id: reader.id }] });
    expect(await reader.rows('SELECT id FROM t')).toHaveLength(21);
    await reader.run('ROLLBACK');

    // One that is not about to end holds nobody up.
    await reader.run('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    await sleep(2_100);
    const locks = stage.gate.count(/^LOCK TABLES/);
    expect(await attempt()).toMatchObject({ reason: 'blocked', blockedMs: 0, blockers: [{ id: reader.id }] });
    expect(stage.gate.count(/^LOCK TABLES/)).toBe(locks);
    await reader.run('ROLLBACK');
    if (recorded === 'NO') await expectToSaySoWhereNobodyIsShown(reader);

    const elsewhere = await workElsewhere();
    const results = [await attempt()];
    // Without the record, two transactions of one session within a second look alike: one more try is allowed for.
    if (recorded === 'NO' && results[0]?.outcome !== 'swapped') results.push(await attempt());
    expect(results.at(-1)).toMatchObject({ outcome: 'swapped' });
    await elsewhere.stop();
    expect(await reader.rows('SELECT id, extra FROM t')).toHaveLength(21);
    await recordTransactions('YES');
  });
});

/** InnoDB's list cannot be read while a statement with four-byte text runs. */
async function expectToSaySoWhereNobodyIsShown(session: Session): Promise<void> {
  const running = session.rows(`SELECT SLEEP(1.5), '🛒' FROM other LIMIT 1`);
  await sleep(200);
  expect(await attempt()).toMatchObject({
    ...{ outcome: 'notSwapped', reason: 'blocked', blockedMs: 0 },
    detail: 'the server does not show who has an old snapshot',
  });
  await running;
}

/** Short transactions on another table, and sessions that have no snapshot however long they last. */
async function workElsewhere(): Promise<{ stop(): Promise<void> }> {
  const stop = new AbortController();
  const work = async (id: number): Promise<void> => {
    const session = await stage.session();
    while (!stop.signal.aborted) {
      await session.run('START TRANSACTION');
      await session.run('UPDATE other SET n = n + 1 WHERE id = ?', [id]);
      await session.rows('SELECT * FROM other');
      await sleep(100);
      await session.run('COMMIT');
    }
  };
  const [idle, committed, single] = [await stage.session(), await stage.session(), await stage.session()];
  await idle.run('START TRANSACTION');
  await committed.run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await committed.run('START TRANSACTION');
  await committed.rows('SELECT * FROM other');
  const all = [...[1, 2, 3, 4].map(work), single.rows('SELECT id, SLEEP(0.5) FROM other')];
  await sleep(1_200);
  return {
    async stop() {
      stop.abort();
      await Promise.all(all);
    },
  };
}
