/**
 * Following (docs/design/copy-and-follow.md, "Following"): how batches, chunks and the application may meet, one rule
 * each.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { signRows } from '../../../src/mysql/server/sidecar/own-work.js';
import { eventually } from '../../support/migration-test.js';
import { statements } from './gate.js';
import { Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

describe('chunks in flight', () => {
  it('end before a batch is applied, or a row deleted meanwhile would come back', async () => {
    stage = await Stage.open();
    await stage.prepare();
    // The chunk has read every row and stands at row 5 of the shadow.
    const holder = await stage.session();
    await holder.run('START TRANSACTION');
    await holder.run(`INSERT INTO ${stage.shadow} (id, v) VALUES (5, 'held')`);
    const copying = stage.reach('copied');
    await stage.untilRowIsWaitedFor(stage.plan.copy.table);

    const seen = stage.gate.count(statements.waitForVisibility);
    await stage.app.run('DELETE FROM t WHERE id = 7');
    await eventually('the follower to have the batch', () =>
      Promise.resolve(stage.gate.count(statements.waitForVisibility) > seen ? true : undefined),
    );
    // Long enough for an apply that does not wait.
    await sleep(500);
    await holder.run('ROLLBACK');
    expect(await copying).toBe('reached');
    await stage.expectEqual();
  });
});

describe('convergence', () => {
  it('makes late and repeated batches harmless', async () => {
    stage = await Stage.open();
    await stage.copied();
    const start = await stage.position();
    const follower = await stage.startFollower();
    const hold = stage.gate.hold('before', statements.applyDelete);
    await stage.app.run("UPDATE t SET v = 'first' WHERE id IN (1, 2, 3)");
    await hold.reached;
    for (const change of [
      "UPDATE t SET v = 'second' WHERE id IN (1, 2)",
      'DELETE FROM t WHERE id IN (2, 4)',
      "INSERT INTO t (id, v) VALUES (4, 'again'), (21, 'new')",
      'UPDATE t SET id = 22 WHERE id = 5',
      "INSERT INTO t (id, v) VALUES (5, 'other')",
      'DELETE FROM t WHERE id = 21',
    ]) {
      await stage.app.run(change);
    }
    hold.release();
    await follower.catchUp();
    await follower.stop();
    await stage.expectEqual();

    // As after a crash that lost the newest position: everything comes once more.
    await stage.app.run('UPDATE _switchyard.streams SET position = ? WHERE operation_id = ?', [
      start,
      stage.operationId,
    ]);
    const second = await stage.startFollower();
    await second.catchUp();
    await stage.expectEqual();
  });

  it('stores the position together with the rows, never before them', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    const hold = stage.gate.hold('before', statements.applyDelete);
    const before = await stage.position();
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 1");
    await hold.reached;
    await stage.app.run("INSERT INTO t (id, v) VALUES (30, 'later')");
    expect(await stage.position()).toBe(before);
    hold.release();
    await follower.catchUp();
    await follower.stop();
    expect(await stage.position()).not.toBe(before);
    await stage.expectEqual();
  });
});

describe('catching up', () => {
  it('ends with what was committed when it began, although changes never end', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    let hold = stage.gate.hold('before', statements.waitForVisibility);
    await stage.app.run('UPDATE t SET note = 0 WHERE id = 1');
    await hold.reached;
    const caughtUp = follower.catchUp().then(() => 'caught up');
    for (let change = 1; change <= 5; change += 1) {
      // Each batch has the next one behind it: at no moment there is nothing to apply.
      await stage.app.run('UPDATE t SET note = ? WHERE id = 2', [change]);
      await sleep(100);
      const { release } = hold;
      hold = stage.gate.hold('before', statements.waitForVisibility);
      release();
      await hold.reached;
    }
    expect(await Promise.race([caughtUp, sleep(1_000, 'still behind')])).toBe('caught up');
    hold.release();
    await follower.catchUp();
    await stage.expectEqual();
  });
});

describe('an apply against a chunk', () => {
  it('is repeated as a whole when the chunk was quicker with a row', async () => {
    stage = await Stage.open();
    await stage.prepare();
    const follower = await stage.startFollower();
    const hold = stage.gate.hold('after', statements.applyDelete);
    await stage.app.run("UPDATE t SET v = 'new' WHERE id IN (3, 9)");
    await hold.reached;
    // A chunk that began later inserts a row that the apply has not found to delete.
    const chunk = await stage.session();
    await chunk.run('START TRANSACTION');
    await chunk.run(`INSERT INTO ${stage.shadow} (id, v) VALUES (9, 'v9')`);
    await signRows(chunk, stage.operationId);
    await chunk.run('COMMIT');
    hold.release();
    await follower.catchUp();
    expect(await stage.app.rows(`SELECT id, v FROM ${stage.shadow} ORDER BY id`)).toEqual([
      { id: 3, v: 'new' },
      { id: 9, v: 'new' },
    ]);
  });

  it('is repeated after a deadlock', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    // The other one has written more, so the server makes the apply the victim.
    const chunk = await stage.session();
    await chunk.run('START TRANSACTION');
    await chunk.run(`UPDATE ${stage.shadow} SET note = 'heavy' WHERE id BETWEEN 9 AND 20`);
    await stage.app.run("UPDATE t SET v = 'new' WHERE id IN (3, 9)");
    await stage.untilRowIsWaitedFor(stage.plan.copy.table);
    await chunk.run(`UPDATE ${stage.shadow} SET note = 'heavy' WHERE id = 3`);
    await chunk.run('ROLLBACK');
    await follower.catchUp();
    await stage.expectEqual();
  });
});

describe('the key comparison', () => {
  const table = '(k VARCHAR(20) NOT NULL PRIMARY KEY, v VARCHAR(20) NOT NULL) COLLATE utf8mb4_0900_ai_ci';
  const rows = ["INSERT INTO t VALUES ('a', 'one'), ('b', 'two'), ('c', 'three'), ('d', 'four')"];

  it("is the server's: two spellings of one key in one batch", async () => {
    stage = await Stage.open({ table, rows });
    await stage.copied();
    const follower = await stage.startFollower();
    const hold = stage.gate.hold('before', statements.waitForVisibility);
    await stage.app.run("UPDATE t SET v = 'x' WHERE k = 'd'");
    await hold.reached;
    await stage.app.run("UPDATE t SET k = 'A', v = 'new' WHERE k = 'a'");
    await stage.app.run("DELETE FROM t WHERE k = 'B'");
    await stage.app.run("INSERT INTO t VALUES ('B', 'again')");
    await stage.app.run("UPDATE t SET k = 'Á' WHERE k = 'A'");
    await stage.app.run("DELETE FROM t WHERE k = 'C'");
    hold.release();
    await follower.catchUp();
    await stage.expectEqual();
  });

  it("is the server's: two spellings of one key in two batches", async () => {
    stage = await Stage.open({ table, rows });
    await stage.copied();
    const follower = await stage.startFollower();
    for (const change of [
      "UPDATE t SET k = 'A' WHERE k = 'a'",
      "UPDATE t SET k = 'á', v = 'new' WHERE k = 'A'",
      "DELETE FROM t WHERE k = 'B'",
      "INSERT INTO t VALUES ('B', 'again')",
      "DELETE FROM t WHERE k = 'Ç'",
    ]) {
      await stage.app.run(change);
      await follower.catchUp();
      await stage.expectEqual();
    }
  });
});
