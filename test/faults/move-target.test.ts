/** A target that takes no writes for a while: read-only, or full. The move waits, and the application notices nothing. */
import { describe, expect, it } from 'vitest';
import { eventually, pendingFailure } from '../support/eventually.js';
import { withOwnServer } from '../support/move-life.js';
import { MoveTest } from '../support/move-test.js';
import { startOwnMysql } from '../support/own-mysql.js';

/** What is tried again waits for up to 30 s. */
const waitMs = 100_000;
const done = expect.stringMatching(/^(done|accepted)$/) as string;

describe.concurrent('a target that is read-only', () => {
  it('holds up the move and no writes, spoils an attempt to switch, and nothing is lost', () =>
    withOwnServer('target', async (life) => {
      const { test } = life;
      await life.begin({ switch: { maxAttempts: 1 } });
      const target = await test.root('target');
      await target.run('SET GLOBAL super_read_only = ON');
      await life.writesGoOn();
      expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
      const answered = await test.until(
        'the attempt to fail',
        ({ attempts, phase }) => attempts > 0 && phase !== 'switching',
        waitMs,
      );
      expect(answered.traffic).toMatchObject([{ writes: 'source' }, { writes: 'source' }]);
      await life.writesGoOn();
      await target.run('SET GLOBAL read_only = OFF');
      await test.until(
        'it to go on',
        ({ phase, writesRefusedSince }) => phase === 'following' && writesRefusedSince === null,
        waitMs,
      );
      await life.switch();
      await life.complete();
      await life.expectMoved();
    }));
});

/** All tables in one file, which has room for this much. */
const small = ['--innodb-file-per-table=OFF', '--innodb-data-file-path=ibdata1:12M:autoextend:max:72M'];

describe.concurrent('a target that is full', () => {
  it('says so while it copies, and the move goes on by itself once there is room', async () => {
    const own = await startOwnMysql(small, 'customer');
    const test = await MoveTest.open(
      [
        'SET SESSION cte_max_recursion_depth = 20000',
        'CREATE TABLE wide (id INT NOT NULL PRIMARY KEY, pad VARCHAR(2000) NOT NULL)',
        `INSERT INTO wide WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 15000)
          SELECT id, REPEAT(SHA2(id, 256), 25) FROM n`,
      ],
      { target: own.cluster },
    );
    try {
      const target = await test.root('target');
      await target.run('CREATE DATABASE other');
      await target.run('CREATE TABLE other.filler (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, pad LONGBLOB NOT NULL)');
      const fill = (): Promise<true | undefined> =>
        target.run("INSERT INTO other.filler (pad) VALUES (REPEAT('x', 1048576))").then(
          () => undefined,
          (error: unknown) => {
            expect(String(error)).toContain('is full');
            return true;
          },
        );
      await eventually('the target to be full', fill, waitMs, 0);
      await target.run('DELETE FROM other.filler ORDER BY id LIMIT 4');
      await test.startWorker();
      await test.start(['wide']);
      expect(await pendingFailure(test.handle, 'is full', waitMs)).toContain('cluster customer');
      await target.run('DROP DATABASE other');
      await test.until('verified', ({ verified, phase }) => verified && phase === 'following', waitMs);
      expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
      await test.until('switched', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp, waitMs);
      const [sums] = await target.rows('CHECKSUM TABLE wide');
      const [sourceSums] = await (await test.root('source')).rows('CHECKSUM TABLE wide');
      expect(sums).toEqual(sourceSums);
      expect(await test.command('complete')).toMatchObject({ outcome: done });
      expect(await test.result()).toMatchObject({ outcome: 'completed', residuals: [] });
    } finally {
      await test.close();
      await own.stop();
    }
  });
});
