/** A server whose binary logs were begun anew has the GTIDs of the stored position again, for other transactions. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { attemptCutOver } from '../../../src/mysql/migration/attempt-cut-over.js';
import { GtidSet } from '../../../src/binlog/gtid-set.js';
import { forgetPlace } from '../../../src/mysql/table/follow/feed-position.js';
import { visibilityWaitSeconds } from '../../../src/limits/mysql-table.js';
import { startOwnMysql, type OwnMysql } from '../../support/own-mysql.js';
import { statements } from './gate.js';
import { codeOf, Stage } from './stage.js';

let own: OwnMysql;
let stage: Stage;

beforeAll(async () => {
  own = await startOwnMysql();
});
afterEach(() => stage.close());
afterAll(() => own.stop());

/** Begins it anew, and goes on until every transaction that the position has is there again by name. */
async function beginAnew(): Promise<void> {
  const position = GtidSet.parse(await stage.position());
  const { app } = stage;
  await app.run('RESET BINARY LOGS AND GTIDS');
  await app.run("UPDATE t SET v = 'unseen' WHERE id = 1");
  for (let n = 0; ; n += 1) {
    await app.run('UPDATE t SET note = ? WHERE id = 2', [String(n)]);
    const { gtids } = await app.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
    if (position.isSubsetOf(GtidSet.parse(gtids))) return;
  }
}

function attempt(): Promise<unknown> {
  const { cluster, operationId } = stage;
  const { signal } = new AbortController();
  const run = { cluster, operationId, token: stage.nextToken(), attempt: 1 };
  return attemptCutOver({ ...run, lockTimeoutMs: 2_000, signal });
}

it('is noticed by a worker that did not follow before', async () => {
  stage = await Stage.open({ server: own.cluster });
  await stage.copied();
  await beginAnew();
  forgetPlace(stage.operationId);
  expect(await codeOf(attempt())).toBe('POSITION_UNKNOWN');
  expect(await stage.app.rows("SHOW COLUMNS FROM t LIKE 'extra'")).toEqual([]);
});

it('is noticed by a worker that knows a place in the old files', async () => {
  stage = await Stage.open({ server: own.cluster });
  await stage.copied();
  const follower = await stage.startFollower();
  await stage.app.run("UPDATE t SET v = 'seen' WHERE id = 3");
  await follower.catchUp();
  await follower.stop();
  await beginAnew();
  // The server refuses the place, which is forgotten then.
  await expect(attempt()).rejects.toThrow();
  expect(await codeOf(attempt())).toBe('POSITION_UNKNOWN');
});

it('is noticed by a feed that is open and hears nothing', async () => {
  stage = await Stage.open({ server: own.cluster });
  await stage.copied();
  const follower = await stage.startFollower();
  await stage.app.run("UPDATE t SET v = 'seen' WHERE id = 3");
  await follower.catchUp();
  await stage.app.run('RESET BINARY LOGS AND GTIDS');
  await stage.app.run("UPDATE t SET v = 'unseen' WHERE id = 1");
  expect((await follower.failure()).code).toBe('POSITION_UNKNOWN');
});

it('is noticed while a batch waits until it can be read, which it never can', async () => {
  stage = await Stage.open({ server: own.cluster });
  await stage.copied();
  const follower = await stage.startFollower();
  const waiting = stage.gate.hold('before', statements.waitForVisibility);
  await stage.app.run("UPDATE t SET v = 'seen' WHERE id = 3");
  await waiting.reached;
  await stage.app.run('RESET BINARY LOGS AND GTIDS');
  const startedAt = performance.now();
  waiting.release();
  expect((await follower.failure()).code).toBe('POSITION_UNKNOWN');
  // Long before it is given up.
  expect(performance.now() - startedAt).toBeLessThan((visibilityWaitSeconds / 2) * 1_000);
});

it('is not seen in files that rotate and are purged', async () => {
  stage = await Stage.open({ server: own.cluster });
  await stage.copied();
  const { app } = stage;
  // As a follower that has just stored what it has applied.
  await stage.unlogged(
    'UPDATE _switchyard.streams SET position = @@GLOBAL.gtid_executed, updated_at = UTC_TIMESTAMP(6)',
  );
  await app.run('FLUSH BINARY LOGS');
  const { File: file } = await app.row<{ File: string }>('SHOW BINARY LOG STATUS');
  await app.run(`PURGE BINARY LOGS TO '${file}'`);
  await app.run("UPDATE t SET v = 'later' WHERE id = 1");
  forgetPlace(stage.operationId);
  expect(await attempt()).toMatchObject({ outcome: 'swapped' });
  expect(await app.row('SELECT v FROM t WHERE id = 1')).toEqual({ v: 'later' });
});
