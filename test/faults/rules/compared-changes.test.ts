/**
 * What is changed after the verification is compared again before it counts (P6). A trigger on the shadow stands for an
 * apply that writes something wrong: nothing else of Switchyard would notice it.
 */
import type { CutOverAttempt } from '../../../src/domain/attempt.js';
import { afterEach, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';
import { attemptCutOver } from '../../../src/mysql/migration/attempt-cut-over.js';
import { finishMigration } from '../../../src/mysql/migration/clean-up.js';
import { synchronise } from '../../../src/mysql/migration/synchronise-migration.js';
import { eventually } from '../../support/migration-test.js';
import { smallTable, Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

async function verified(): Promise<void> {
  await stage.copied();
  await stage.reach('verified');
}

/** From now on whatever is written to row 7 of the shadow is wrong. */
async function spoilRow7(): Promise<void> {
  await stage.unlogged(
    `CREATE TRIGGER spoil BEFORE INSERT ON ${stage.shadow} FOR EACH ROW SET NEW.v = IF(NEW.id = 7, 'wrong', NEW.v)`,
  );
}

function follow(signal: AbortSignal): Promise<unknown> {
  const { cluster, operationId } = stage;
  return synchronise({
    ...{ cluster, operationId, token: stage.nextToken(), goal: 'follow', signal, throttle: {} },
    onProgress: () => undefined,
  });
}

function attempt(): Promise<CutOverAttempt> {
  const { cluster, operationId } = stage;
  const { signal } = new AbortController();
  return attemptCutOver({ cluster, operationId, token: stage.nextToken(), attempt: 1, lockTimeoutMs: 5_000, signal });
}

async function errorOf(work: Promise<unknown>): Promise<SwitchyardError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof SwitchyardError) return error;
  throw new Error(`no error of the catalogue: ${JSON.stringify(error)}`);
}

const differsInRow7 = { code: 'VERIFICATION_FAILED', facts: { different: ['id=7'], columns: ['v'] } };

async function shadowRow7(): Promise<unknown> {
  return (await stage.app.row<{ v: string }>(`SELECT v FROM ${stage.shadow} WHERE id = 7`)).v;
}

describe('a change after the verification', () => {
  it('is compared again while the migration follows', async () => {
    stage = await Stage.open();
    await verified();
    await spoilRow7();
    const following = errorOf(follow(new AbortController().signal));
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 7");
    expect(await following).toMatchObject(differsInRow7);
  });

  it('is compared before the lock is asked for', async () => {
    stage = await Stage.open();
    await verified();
    await spoilRow7();
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 7");
    expect(await errorOf(attempt())).toMatchObject(differsInRow7);
    expect(stage.gate.count(/^LOCK TABLES/)).toBe(0);
  });

  it('is compared under the lock where it came just before, and nothing is swapped', async () => {
    stage = await Stage.open();
    await verified();
    await spoilRow7();
    const beforeLock = stage.gate.hold('before', /^LOCK TABLES/);
    const failed = errorOf(attempt());
    await beforeLock.reached;
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 7");
    beforeLock.release();
    expect(await failed).toMatchObject(differsInRow7);
    expect(stage.gate.count(/^RENAME TABLE/)).toBe(0);
    // Writable at once, and still the old table.
    await stage.app.run("UPDATE t SET v = 'newer' WHERE id = 7");
    expect(await stage.app.rows(`SHOW COLUMNS FROM t LIKE 'extra'`)).toEqual([]);
  });

  it('that was applied and not compared is applied again by whoever goes on', async () => {
    stage = await Stage.open();
    await verified();
    await spoilRow7();
    const position = await stage.position();
    const stop = new AbortController();
    // Comparing takes a snapshot: the first one is held until the end.
    const compared = stage.gate.hold('before', /^START TRANSACTION WITH CONSISTENT SNAPSHOT/);
    const following = follow(stop.signal);
    await stage.app.run("UPDATE t SET v = 'new' WHERE id = 7");
    await eventually('row 7 to be applied', async () => ((await shadowRow7()) === 'wrong' ? true : undefined));
    stop.abort();
    compared.release();
    await following;
    expect(await stage.position()).toBe(position);

    await stage.app.run('DROP TRIGGER spoil');
    expect(await attempt()).toMatchObject({ outcome: 'swapped' });
    expect(await stage.app.row('SELECT v FROM t WHERE id = 7')).toEqual({ v: 'new' });
  });

  it('is counted and told where too many came just before the lock', async () => {
    const rows = `INSERT INTO t (id, v) WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 1000)
      SELECT id, 'old' FROM n`;
    stage = await Stage.open({ table: smallTable, rows: [rows, "INSERT INTO t (id, v) VALUES (1001, 'old')"] });
    await verified();
    const beforeLock = stage.gate.hold('before', /^LOCK TABLES/);
    const attempted = attempt();
    await beforeLock.reached;
    await stage.app.run("UPDATE t SET v = 'new'");
    beforeLock.release();
    expect(await attempted).toMatchObject({ outcome: 'swapped' });
    const { verified: isVerified, notCompared } = await finishMigration(stage.cluster, stage.operationId);
    expect(isVerified).toBe(true);
    expect(notCompared).toEqual(['1001 changes since the verification, which came too fast to be compared again']);
    expect(await stage.app.row("SELECT COUNT(*) AS n FROM t WHERE v <> 'new'")).toEqual({ n: '0' });
  });
});
