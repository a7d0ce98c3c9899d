/** What somebody else does to the shadow, or to the name of the retained table, ends the migration by name. */
import { afterEach, describe, expect, it } from 'vitest';
import { attemptCutOver } from '../../../src/mysql/migration/attempt-cut-over.js';
import { codeOf, Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

/** S is the shadow, R the name of the retained table. */
const deeds: readonly (readonly [string, ...string[]])[] = [
  ['rows that are removed', 'DELETE FROM S WHERE id < 5'],
  ['a row of their own', "INSERT INTO S (id, v) VALUES (1000, 'theirs')"],
  ['a row that is changed', "UPDATE S SET v = 'theirs' WHERE id = 3"],
  ['rows of several tables', "UPDATE S JOIN t USING (id) SET S.v = 'theirs', t.v = 'both' WHERE id = 3"],
  ['a prepared transaction', "XA START 'x'", 'DELETE FROM S', "XA END 'x'", "XA PREPARE 'x'", "XA COMMIT 'x'"],
  ['a transaction with a savepoint', 'START TRANSACTION', 'DELETE FROM S', 'SAVEPOINT mine', 'COMMIT'],
  ['a compressed transaction', 'SET SESSION binlog_transaction_compression = ON', 'DELETE FROM S WHERE id < 5'],
  ['TRUNCATE', 'TRUNCATE S'],
  ['a new column', 'ALTER TABLE S ADD mine INT'],
  ['an index less', 'ALTER TABLE S DROP INDEX k'],
  ['a rebuild', 'ALTER TABLE S ENGINE=InnoDB'],
  ['a trigger', "CREATE TRIGGER mine BEFORE INSERT ON S FOR EACH ROW SET NEW.note = 'x'"],
  ['a foreign key to it', 'CREATE TABLE child (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES S (id))'],
  ['no tablespace', 'ALTER TABLE S DISCARD TABLESPACE'],
  [
    'another table under its name',
    'RENAME TABLE S TO away',
    'CREATE TABLE S LIKE away',
    'INSERT INTO S SELECT * FROM away',
  ],
  ['another table made anew', 'DROP TABLE S', 'CREATE TABLE S LIKE t'],
  ['its name away', 'RENAME TABLE S TO away'],
  ['its name away, and back', 'ALTER TABLE S RENAME away', 'DELETE FROM away', 'ALTER TABLE away RENAME S'],
  ['DROP', 'DROP TABLE S'],
  ['the retained name, taken', 'CREATE TABLE R (id INT PRIMARY KEY)'],
  ['the retained name, taken by a view', 'CREATE OR REPLACE VIEW R AS SELECT 1'],
];

const table = '(id INT NOT NULL PRIMARY KEY, v VARCHAR(50) NOT NULL, note VARCHAR(50) NULL, KEY k (v))';

function openStage(): Promise<Stage> {
  return Stage.open({ table });
}

async function act(statements: readonly string[]): Promise<void> {
  const intruder = await stage.session();
  const { copy: shadow, retained } = stage.plan;
  const named = (sql: string): string =>
    sql.replace(/\bS\b/g, `\`${shadow.table}\``).replace(/\bR\b/g, `\`${retained.table}\``);
  for (const statement of statements) await intruder.run(named(statement));
}

function attempt(): Promise<unknown> {
  const { cluster, operationId } = stage;
  const { signal } = new AbortController();
  return attemptCutOver({
    ...{ cluster, operationId, token: stage.nextToken() },
    ...{ attempt: 1, lockTimeoutMs: 2_000, signal },
  });
}

async function expectNotSwapped(): Promise<void> {
  const columns = await stage.app.rows("SHOW COLUMNS FROM t LIKE 'extra'");
  expect(columns).toEqual([]);
  expect(await stage.app.rows('SELECT id FROM t')).toHaveLength(20);
}

/** What has the name of the retained table is not ours. */
async function expectTheirsToStay(statements: readonly string[]): Promise<void> {
  if (!statements.some((sql) => /\bR\b/.test(sql))) return;
  const { table } = stage.plan.retained;
  expect(await stage.app.rows(`SHOW TABLES LIKE '${table.replaceAll('_', '\\\\_')}'`)).toHaveLength(1);
  await stage.app.run(`DROP TABLE IF EXISTS \`${table}\``);
  await stage.app.run(`DROP VIEW IF EXISTS \`${table}\``);
}

describe.each<readonly [string, ...string[]]>(deeds)('%s', (_name, ...statements) => {
  it('ends it while it is held back, and is never swapped in', async () => {
    stage = await openStage();
    await stage.copied();
    await act(statements);
    expect(await codeOf(attempt())).toBe('SHADOW_CHANGED');
    await expectNotSwapped();
    await expectTheirsToStay(statements);
  });
});

describe('what no feed shows', () => {
  it.each([
    'ALTER TABLE S ADD mine INT',
    'ALTER TABLE S ALTER COLUMN note SET DEFAULT 5',
    'ALTER TABLE S DROP INDEX k',
    'CREATE INDEX mine ON S (note)',
    "ALTER TABLE S COMMENT = 'theirs'",
    "CREATE TRIGGER mine BEFORE INSERT ON S FOR EACH ROW SET NEW.note = 'x'",
  ])('is seen in the definition before the swap: %s', async (sql) => {
    stage = await openStage();
    await stage.copied();
    await stage.unlogged(sql.replace(/\bS\b/, stage.shadow));
    expect(await codeOf(attempt())).toBe('SHADOW_CHANGED');
    await expectNotSwapped();
  });
});

describe('while it copies and follows', () => {
  const some = ['a row of their own', 'TRUNCATE', 'its name away'];
  it.each(deeds.filter(([name]) => some.includes(name)))('ends it: %s', async (_name, ...statements) => {
    stage = await openStage();
    await stage.prepare();
    await act(statements);
    // So few rows may be copied before the feed has come so far: then the attempt hears of it.
    expect(await codeOf(stage.reach('copied').then(attempt))).toBe('SHADOW_CHANGED');
    await expectNotSwapped();
  });

  it('passes our own work, and what only reads or measures', async () => {
    stage = await openStage();
    await stage.copied();
    const follower = await stage.startFollower();
    await act(['ANALYZE TABLE S', 'OPTIMIZE TABLE S', 'CHECK TABLE S', 'CREATE TABLE copy LIKE S']);
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 3");
    await follower.catchUp();
    await follower.stop();
    await stage.expectEqual();
    // An attempt that drops the marker, writes under the lock and does not swap.
    const hold = stage.gate.hold('after', /^ALTER TABLE .* DROP COLUMN `_sw_/);
    const stop = new AbortController();
    const { cluster, operationId } = stage;
    const running = attemptCutOver({
      ...{ cluster, operationId, token: stage.nextToken() },
      ...{ attempt: 1, lockTimeoutMs: 2_000, signal: stop.signal },
    });
    await hold.reached;
    stop.abort();
    hold.release();
    expect(await running).toMatchObject({ outcome: 'notSwapped' });
    await stage.app.run("UPDATE t SET v = 'newer' WHERE id = 3");
    expect(await attempt()).toMatchObject({ outcome: 'swapped' });
  });
});
