/**
 * Event level checks (docs/design/copy-and-follow.md, "Events"): how the changes are logged, and what is logged that is
 * no change of a row.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

const changes = [
  "UPDATE t SET v = REPEAT('x', 40) WHERE id <= 10",
  'UPDATE t SET id = id + 100 WHERE id IN (4, 5)',
  'DELETE FROM t WHERE id IN (6, 7)',
  "INSERT INTO t (id, v) VALUES (6, 'again'), (40, 'new')",
];

describe('the feed', () => {
  it.each([
    { name: 'compressed transactions', setting: 'binlog_transaction_compression = ON' },
    { name: 'a MINIMAL row image', setting: "binlog_row_image = 'MINIMAL'" },
    { name: 'a NOBLOB row image', setting: "binlog_row_image = 'NOBLOB'" },
  ])('understands $name', async ({ setting }) => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    await stage.app.run(`SET SESSION ${setting}`);
    for (const change of changes) await stage.app.run(change);
    await follower.catchUp();
    await stage.expectEqual();
  });

  it('follows a transaction with more keys than are held at once', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    await stage.app.run('SET SESSION cte_max_recursion_depth = 200000');
    await stage.app.run(
      `INSERT INTO t (id, v) WITH RECURSIVE n (id) AS (SELECT 1000 UNION ALL SELECT id + 1 FROM n WHERE id < 62000)
         SELECT id, 'many' FROM n`,
    );
    await follower.catchUp();
    await stage.expectEqual();
  });

  it('stops by name at a change that a session logs as a statement', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    await stage.app.run("SET SESSION binlog_format = 'STATEMENT'");
    await stage.app.run("UPDATE t SET v = 'by statement' WHERE id = 1");
    expect((await follower.failure()).code).toBe('STATEMENT_FORMAT');
  });

  it('passes over a change in another database that a session logs as a statement', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    const other = `${stage.database}_other`;
    await stage.app.run(`CREATE DATABASE ${other}`);
    try {
      await stage.app.run(`CREATE TABLE ${other}.t (id INT NOT NULL PRIMARY KEY)`);
      await stage.app.run("SET SESSION binlog_format = 'STATEMENT'");
      await stage.app.run(`USE ${other}`);
      await stage.app.run('INSERT INTO t VALUES (1)');
      await stage.app.run(`USE ${stage.database}`);
      await stage.app.run("SET SESSION binlog_format = 'ROW'");
      await stage.app.run("UPDATE t SET v = 'new' WHERE id = 1");
      await follower.catchUp();
      await stage.expectEqual();
    } finally {
      await stage.app.run(`DROP DATABASE ${other}`);
    }
  });
});

describe('a statement of somebody else that changes definitions', () => {
  it.each([
    'ALTER TABLE t ADD COLUMN theirs INT NULL',
    'ALTER TABLE t ADD COLUMN theirs INT NULL, ALGORITHM=COPY',
    'CREATE INDEX theirs ON t (v)',
    'TRUNCATE TABLE t',
    'RENAME TABLE t TO elsewhere',
    'DROP TABLE t',
  ])('stops the job by name: %s', async (statement) => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    await stage.app.run(statement);
    expect((await follower.failure()).code).toBe('TABLE_CHANGED');
  });

  it('stops the job by name when the table goes while its definition is looked at', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    const look = stage.gate.hold('before', /^SHOW CREATE TABLE/);
    // Any definition that changes is a reason to look.
    await stage.app.run('CREATE TABLE neighbour (id INT NOT NULL PRIMARY KEY)');
    await look.reached;
    await stage.app.run('DROP TABLE t');
    look.release();
    expect((await follower.failure()).code).toBe('TABLE_CHANGED');
  });

  it('stops the job when the table was changed and changed back meanwhile', async () => {
    stage = await Stage.open();
    await stage.copied();
    await stage.app.run('RENAME TABLE t TO elsewhere');
    await stage.app.run('UPDATE elsewhere SET v = UPPER(v)');
    await stage.app.run('RENAME TABLE elsewhere TO t');
    const follower = await stage.startFollower();
    expect((await follower.failure()).code).toBe('TABLE_CHANGED');
  });

  it('stops the job when the database was dropped and the table made again meanwhile', async () => {
    stage = await Stage.open();
    await stage.copied();
    const [, create = ''] = Object.values(await stage.app.row<Record<string, string>>('SHOW CREATE TABLE t'));
    await stage.app.run(`DROP DATABASE ${stage.database}`);
    await stage.app.run(`CREATE DATABASE ${stage.database}`);
    await stage.app.run(`USE ${stage.database}`);
    await stage.app.run(create);
    const follower = await stage.startFollower();
    expect((await follower.failure()).message).toContain('DROP');
  });

  it('stops nothing where it names other tables', async () => {
    stage = await Stage.open();
    await stage.copied();
    const follower = await stage.startFollower();
    for (const statement of [
      'CREATE TABLE neighbour (id INT NOT NULL PRIMARY KEY, t INT NULL)',
      'INSERT INTO neighbour VALUES (1, 1)',
      'ALTER TABLE neighbour ADD COLUMN more INT NULL',
      'CREATE VIEW seen AS SELECT id FROM t',
      'DROP VIEW seen',
      'ANALYZE TABLE t',
      'TRUNCATE TABLE neighbour',
      "UPDATE t SET v = 'new' WHERE id = 1",
      'RENAME TABLE neighbour TO further',
      'DROP TABLE further',
    ]) {
      await stage.app.run(statement);
    }
    await follower.catchUp();
    await stage.expectEqual();
  });
});
