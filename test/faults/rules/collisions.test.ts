/**
 * Unique values (docs/design/copy-and-follow.md, "Collisions"): what collides with a stale row of the shadow moves on,
 * what is real stops by name.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/migration-test.js';
import { statements } from './gate.js';
import { codeOf, Stage, type RunningFollower } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

const unique = {
  table: '(id INT NOT NULL PRIMARY KEY, u VARCHAR(20) NULL, n INT NULL, UNIQUE KEY u (u))',
  rows: ["INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0), (3, 'c', 0), (4, 'd', 0)"],
};

const manyRows = [
  'SET SESSION cte_max_recursion_depth = 5000',
  `INSERT INTO t WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 1200) SELECT id, id, 0 FROM n`,
];

/** Two rows exchange their unique values. */
async function exchange(one: number, other: number): Promise<void> {
  const { app } = stage;
  const [first, second] = await app.rows<{ u: string }>('SELECT u FROM t WHERE id IN (?, ?) ORDER BY id', [one, other]);
  await app.run('START TRANSACTION');
  await app.run('UPDATE t SET u = NULL WHERE id = ?', [one]);
  await app.run('UPDATE t SET u = ? WHERE id = ?', [first?.u ?? '', other]);
  await app.run('UPDATE t SET u = ? WHERE id = ?', [second?.u ?? '', one]);
  await app.run('COMMIT');
}

/** Runs `change` and lets `follower` catch up; before each statement like `pattern` it `disturbs`. @returns how often. */
async function whileApplying(
  follower: RunningFollower,
  pattern: RegExp,
  change: string,
  disturb: () => Promise<void>,
): Promise<number> {
  let hold = stage.gate.hold('before', pattern);
  await stage.app.run(change);
  let caughtUp = false;
  const catchingUp = follower.catchUp().finally(() => (caughtUp = true));
  catchingUp.catch(() => undefined);
  for (let times = 0; ; times += 1) {
    await Promise.race([hold.reached, catchingUp]);
    if (caughtUp) {
      // With what came by the disturbances, too.
      hold.release();
      await follower.catchUp();
      return times;
    }
    await disturb();
    const { release } = hold;
    hold = stage.gate.hold('before', pattern);
    release();
  }
}

describe('a unique value that moves between rows', () => {
  it('is written although the row that had it comes in a later batch', async () => {
    stage = await Stage.open(unique);
    await stage.copied();
    const follower = await stage.startFollower();
    const hold = stage.gate.hold('before', statements.applyDelete);
    await stage.app.run('UPDATE t SET n = 1 WHERE id = 1');
    await hold.reached;
    await stage.app.run("UPDATE t SET u = 'moved' WHERE id = 2");
    await stage.app.run("UPDATE t SET u = 'b' WHERE id = 1");
    hold.release();
    await follower.catchUp();
    await stage.expectEqual();
  });

  it('may be swapped between two rows, over and over', async () => {
    stage = await Stage.open(unique);
    await stage.copied();
    const follower = await stage.startFollower();
    for (let round = 0; round < 10; round += 1) {
      const hold = stage.gate.hold('before', statements.applyDelete);
      await stage.app.run('UPDATE t SET n = n + 1 WHERE id IN (1, 3)');
      await hold.reached;
      await stage.app.run('START TRANSACTION');
      await stage.app.run("UPDATE t SET u = IF(id = 1, 'x1', 'x2') WHERE id IN (1, 2)");
      await stage.app.run("UPDATE t SET u = IF(id = 1, 'b', 'a') WHERE id IN (1, 2)");
      await stage.app.run('COMMIT');
      await stage.app.run("UPDATE t SET u = 'x' WHERE id IN (3)");
      await stage.app.run("UPDATE t SET u = 'c' WHERE id IN (4)");
      hold.release();
      await follower.catchUp();
      await stage.expectEqual();
      await stage.app.run("UPDATE t SET u = CONCAT('r', id) WHERE id < 10");
      await stage.app.run("UPDATE t SET u = ELT(id, 'a', 'b', 'c', 'd') WHERE id < 10");
    }
  });

  it('is not taken for real when it moved on before anybody could look', async () => {
    stage = await Stage.open(unique);
    await stage.copied();
    const follower = await stage.startFollower();
    const hold = stage.gate.hold('before', statements.applyDelete);
    // The look at what collided: by then the row has another value, and nothing collides any more.
    const look = stage.gate.hold('before', /^SET @_sw_noted/);
    await stage.app.run('UPDATE t SET n = 1 WHERE id = 1');
    await hold.reached;
    await stage.app.run("UPDATE t SET u = 'moved' WHERE id = 2");
    await stage.app.run("UPDATE t SET u = 'b' WHERE id = 1");
    hold.release();
    await look.reached;
    await stage.app.run("UPDATE t SET u = 'z' WHERE id = 1");
    look.release();
    await follower.catchUp();
    await stage.expectEqual();
  });

  it('is written where the index is an expression, too', async () => {
    stage = await Stage.open({
      table: '(id INT NOT NULL PRIMARY KEY, u VARCHAR(20) NULL, n INT NULL, UNIQUE KEY u ((LOWER(u))))',
      rows: unique.rows,
    });
    await stage.copied();
    const follower = await stage.startFollower();
    const hold = stage.gate.hold('before', statements.applyDelete);
    await stage.app.run('UPDATE t SET n = 1 WHERE id = 1');
    await hold.reached;
    await stage.app.run("UPDATE t SET u = 'moved' WHERE id = 2");
    await stage.app.run("UPDATE t SET u = 'b' WHERE id = 1");
    hold.release();
    await follower.catchUp();
    await stage.expectEqual();
  });

  it('may move between any two rows of a batch while it is written', async () => {
    stage = await Stage.open({
      table: '(id INT NOT NULL PRIMARY KEY, u VARCHAR(20) NULL, n INT NULL, UNIQUE KEY u ((LOWER(u))))',
      rows: manyRows,
    });
    await stage.copied();
    const follower = await stage.startFollower();
    const insertOfTheLast = /^INSERT INTO `[^`]+`\.`_sw_.*\b1200\b/s;
    await whileApplying(follower, insertOfTheLast, 'UPDATE t SET n = 1', () => exchange(1, 1_200));
    await stage.expectEqual();
  });

  it('may move to another row outside of the batch whenever many rows are written', async () => {
    stage = await Stage.open({ table: unique.table, rows: manyRows });
    await stage.copied();
    const follower = await stage.startFollower();
    const insertOfMany = /^INSERT INTO `[^`]+`\.`_sw_.* IN \(1, 2, 3, 4, 5, 6, 7, 8\b/s;
    let other = 600;
    const moves = await whileApplying(follower, insertOfMany, 'UPDATE t SET n = 1 WHERE id < 500', async () => {
      other += 1;
      await exchange(1, other);
    });
    expect(moves).toBeGreaterThan(5);
    await stage.expectEqual();
  });

  it('moves into rows that a chunk is about to copy', async () => {
    stage = await Stage.open({
      table: '(id INT NOT NULL PRIMARY KEY, code INT NOT NULL, UNIQUE KEY code (code))',
      rows: [
        'SET SESSION cte_max_recursion_depth = 5000',
        `INSERT INTO t WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 2500) SELECT id, id FROM n`,
      ],
      // The unique value becomes the primary key: no index that is built after the copy.
      alter: 'DROP PRIMARY KEY, ADD PRIMARY KEY (code)',
    });
    await stage.prepare();
    const copy = /^INSERT INTO `[^`]+`\.`_sw_.* FORCE INDEX .* WHERE `id` >/s;
    const hold = stage.gate.hold('before', copy);
    const copying = stage.reach('copied');
    copying.catch(() => undefined);
    await hold.reached;
    const feed = stage.gate.hold('before', statements.waitForVisibility);
    await stage.app.run('UPDATE t SET code = 900001 WHERE id = 1');
    await stage.app.run('UPDATE t SET code = 1 WHERE id = 2500');
    await stage.app.run('UPDATE t SET code = 900002 WHERE id = 2');
    await stage.app.run('UPDATE t SET code = 2 WHERE id = 1001');
    hold.release();
    // The chunk collides as long as the feed is held, and must wait for it rather than try itself to death.
    await feed.reached;
    await sleep(1_500);
    feed.release();
    expect(await copying).toBe('reached');
    await stage.expectEqual();
  });
});

describe('a unique index that is built while its values move', () => {
  it('is built on a shadow at rest when a duplicate came in between', async () => {
    stage = await Stage.open(unique);
    await stage.prepare();
    await stage.reach('copied');
    const build = /ADD UNIQUE/;
    const firstBuild = stage.gate.hold('before', build);
    const secondBuild = stage.gate.hold('before', build, 2);
    const reached = stage.reach('indexed');
    await firstBuild.reached;
    // Row 1 is applied with the value that row 2 had; that row 2 has another one is not applied yet.
    const [firstApply, secondApply] = [1, 2].map((count) => stage.gate.hold('before', statements.applyDelete, count));
    await stage.app.run('UPDATE t SET n = 1 WHERE id = 1');
    await firstApply?.reached;
    await stage.app.run("UPDATE t SET u = 'moved' WHERE id = 2");
    await stage.app.run("UPDATE t SET u = 'b' WHERE id = 1");
    firstApply?.release();
    await secondApply?.reached;
    const looksForCatchUp = (): number => stage.gate.count(/^SELECT @@GLOBAL\.gtid_executed/);
    const looks = looksForCatchUp();
    firstBuild.release();
    await eventually('the first build to fail', () => Promise.resolve(looksForCatchUp() > looks ? true : undefined));
    secondApply?.release();

    await secondBuild.reached;
    const applied = stage.gate.count(statements.applyDelete);
    await stage.app.run("UPDATE t SET u = 'later' WHERE id = 3");
    await sleep(300);
    expect(stage.gate.count(statements.applyDelete)).toBe(applied);
    secondBuild.release();
    expect(await reached).toBe('reached');
    await stage.reach('verified');
  });

  it('is built on rows of one moment, although values move whenever rows are written', async () => {
    stage = await Stage.open({ table: unique.table, rows: manyRows });
    await stage.prepare();
    await stage.reach('copied');
    const build = /ADD UNIQUE/;
    const firstBuild = stage.gate.hold('before', build);
    const thirdBuild = stage.gate.hold('before', build, 3);
    const reached = stage.reach('indexed');
    await firstBuild.reached;
    let hold = stage.gate.hold('before', statements.applyDelete);
    await stage.app.run('UPDATE t SET n = 1 WHERE id = 1');
    for (let other = 2; other < 10; other += 1) {
      await hold.reached;
      // Row 1 is written with a value that the shadow has in another row, whose own change comes with the next batch.
      await stage.app.run('UPDATE t SET u = NULL WHERE id = ?', [other]);
      await stage.app.run('UPDATE t SET u = ? WHERE id = 1', [other]);
      await sleep(100);
      const { release } = hold;
      hold = stage.gate.hold('before', statements.applyDelete);
      release();
      if (other === 3) firstBuild.release();
      // Long enough for a build that is wrong to begin.
      await hold.reached;
      await sleep(200);
    }
    hold.release();
    expect(await Promise.race([reached, thirdBuild.reached.then(() => 'built in vain')])).toBe('reached');
    await stage.reach('verified');
  });
});

describe('a duplicate for a new unique key', () => {
  const alter = 'ADD UNIQUE KEY n (n)';
  const rows = ["INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)"];

  it('stops by name when both rows are in the batch', async () => {
    stage = await Stage.open({ ...unique, rows, alter });
    await stage.copied();
    const follower = await stage.startFollower();
    // Row 3 comes first in the batch, and is not the one to blame.
    await stage.app.run('START TRANSACTION');
    await stage.app.run('UPDATE t SET u = NULL WHERE id = 3');
    await stage.app.run('UPDATE t SET n = 7 WHERE id IN (1, 2)');
    await stage.app.run('COMMIT');
    const failure = await follower.failure();
    expect(failure.code).toBe('DUPLICATE_FOR_UNIQUE_KEY');
    expect(JSON.stringify(failure.facts)).toMatch(/unique key n.*id=[12]/);
  });

  it('stops by name when one row was there before', async () => {
    stage = await Stage.open({ ...unique, rows, alter });
    await stage.copied();
    const follower = await stage.startFollower();
    await stage.app.run('UPDATE t SET n = 1 WHERE id = 3');
    expect((await follower.failure()).code).toBe('DUPLICATE_FOR_UNIQUE_KEY');
  });

  it('stops by name when the index is built, or when the change comes just after it', async () => {
    stage = await Stage.open({ ...unique, rows, alter });
    await stage.prepare();
    await stage.reach('copied');
    await stage.app.run('UPDATE t SET n = 1 WHERE id = 3');
    // The feed may bring the change before the build or after it: verification begins with all of it applied.
    const reached = stage.reach('indexed').then(() => stage.reach('verified'));
    expect(await codeOf(reached)).toBe('DUPLICATE_FOR_UNIQUE_KEY');
  });
});
