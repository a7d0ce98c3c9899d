/**
 * What becomes of rows that the new definition does not take, for each way in which a server says so. On a server of its own,
 * which speaks German and is lenient: nothing may hang on the language of its messages.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toFailure } from '../../../../src/activities/operation/failure.js';
import { SwitchyardError } from '../../../../src/errors/switchyard-error.js';
import { refusedWhileFollowingMs } from '../../../../src/limits/mysql-table.js';
import { attemptCutOver } from '../../../../src/mysql/migration/attempt-cut-over.js';
import { serverErrorNumber } from '../../../../src/mysql/server/session/server-errors.js';
import { mayPassInParts, runStrict } from '../../../../src/mysql/table/rows/data-error.js';
import { Stage, type StageOptions } from '../../../faults/rules/stage.js';
import { startOwnMysql, type OwnMysql } from '../../../support/own-mysql.js';

let own: OwnMysql;

beforeAll(async () => {
  own = await startOwnMysql([
    ...['--lc-messages=de_DE', '--innodb-strict-mode=OFF'],
    '--innodb-data-file-path=ibdata1:12M:autoextend:max:28M',
  ]);
});

afterAll(async () => {
  await own.stop();
});

async function withStage<Result>(options: StageOptions, work: (stage: Stage) => Promise<Result>): Promise<Result> {
  const stage = await Stage.open({ ...options, server: own.cluster });
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

async function errorOf(work: Promise<unknown>): Promise<SwitchyardError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SwitchyardError) return error;
  throw new Error(`no error of the catalogue: ${String(error)}`);
}

interface Refused {
  readonly errno: number;
  readonly table: string;
  readonly alter: string;
  /** Values of all columns but the key: of a row that fits, and of one that does not. */
  readonly good: string;
  readonly bad: string;
  readonly column: string;
}

const texts = Array.from({ length: 14 }, (_none, index) => `c${index} TEXT`).join(', ');

const refused: readonly Refused[] = [
  {
    ...{ errno: 3752, table: 'j JSON', good: `'{"n": [1]}'`, bad: `'{"n": [-1]}'`, column: 'of index mv' },
    alter: `ADD INDEX mv ((CAST(j->'$.n' AS UNSIGNED ARRAY)))`,
  },
  {
    ...{ errno: 3752, table: 'j JSON', good: `'{"n": [1]}'`, bad: `'{"n": [-1]}'`, column: 'of index mv' },
    alter: `ADD UNIQUE INDEX mv ((CAST(j->'$.n' AS UNSIGNED ARRAY)), id)`,
  },
  {
    ...{ errno: 3616, table: 'w VARCHAR(60)', good: `'POINT(1 2)'`, bad: `'POINT(1 999)'`, column: 'not named' },
    alter: 'ADD COLUMN g POINT AS (ST_GeomFromText(w, 4326)) STORED',
  },
  {
    ...{ errno: 1118, table: texts, good: texts.replace(/c\d+ TEXT/g, `'short'`), column: 'not named' },
    ...{ bad: texts.replace(/c\d+ TEXT/g, `REPEAT('x', 1000)`), alter: 'ROW_FORMAT=COMPACT' },
  },
  {
    ...{ errno: 3903, table: 'j JSON', good: `'{"n": 1}'`, bad: `'{"n": [1]}'`, column: 'of index f' },
    alter: `ADD INDEX f ((CAST(j->'$.n' AS SIGNED)))`,
  },
  {
    ...{ errno: 1690, table: 'n INT UNSIGNED', good: '2', bad: '0', column: 'not named' },
    alter: 'ADD COLUMN v BIGINT UNSIGNED AS (n - 1) VIRTUAL, ADD INDEX v (v)',
  },
  { errno: 1048, table: 'n INT', good: '2', bad: 'NULL', column: 'n', alter: 'MODIFY n INT NOT NULL' },
  { errno: 3140, table: 'n TEXT', good: `'{}'`, bad: `'{'`, column: 'n', alter: 'MODIFY n JSON' },
];

describe('a row that does not fit is found and named', () => {
  it.concurrent.each(refused)('$errno: $alter', ({ errno, table, alter, good, bad, column }) => {
    const rows = [`INSERT INTO t SELECT n, ${good} FROM ${numbersTo(40)}`, `REPLACE INTO t VALUES (23, ${bad})`];
    return withStage({ table: `(id INT PRIMARY KEY, ${table})`, rows, alter }, async (stage) => {
      const error = await errorOf(stage.copied());
      expect(error).toMatchObject({ code: 'DATA_NOT_CONVERTIBLE', facts: { errno, key: 'id=23' } });
      expect(error.message).toContain(column);
    });
  });
});

describe('a row that its writer corrects a moment later', () => {
  const alter = 'MODIFY n INT NOT NULL';
  const table = '(id INT PRIMARY KEY, n INT)';
  const rows = ['INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)'];

  it('goes on, however it is corrected, and no position is stored beyond it before', () =>
    withStage({ table, rows, alter }, async (stage) => {
      await stage.copied();
      let follower = await stage.startFollower();
      const position = await stage.position();
      await stage.app.run('INSERT INTO t VALUES (4, NULL), (5, 5), (6, NULL), (7, NULL)');
      await sleep(1_300);
      await stage.app.run('INSERT INTO t VALUES (8, 8)');
      await sleep(700);
      expect(await stage.position()).toBe(position);
      await stage.app.run('UPDATE t SET n = 4 WHERE id = 4');
      await stage.app.run('DELETE FROM t WHERE id = 6');
      // Who goes on from the stored position hears of the rest again.
      await follower.stop();
      await stage.app.run('UPDATE t SET id = 17, n = 7 WHERE id = 7');
      follower = await stage.startFollower();
      await follower.catchUp();
      await stage.expectEqual();
      await follower.stop();
      expect(await stage.position()).not.toBe(position);
    }));

  it('goes on while it is copied', () =>
    withStage({ table, rows: [...rows, 'INSERT INTO t VALUES (4, NULL)'], alter }, async (stage) => {
      await stage.prepare();
      const copied = stage.reach('copied');
      await sleep(1_000);
      await stage.app.run('UPDATE t SET n = 4 WHERE id = 4');
      await copied;
      await stage.expectEqual();
    }));

  it('ends by name where it is not corrected, while following and before a swap', () =>
    withStage({ table, rows, alter }, async (stage) => {
      await stage.copied();
      const follower = await stage.startFollower();
      await stage.app.run('UPDATE t SET n = NULL WHERE id = 2');
      const named = { code: 'DATA_NOT_CONVERTIBLE', facts: { errno: 1048, key: 'id=2', column: 'n' } };
      const startedAt = performance.now();
      expect(await follower.failure()).toMatchObject(named);
      expect(performance.now() - startedAt).toBeGreaterThan(refusedWhileFollowingMs / 2);
      const { cluster, operationId } = stage;
      const signal = new AbortController().signal;
      const attempt = { cluster, operationId, token: stage.nextToken(), attempt: 1, lockTimeoutMs: 2_000, signal };
      expect(await errorOf(attemptCutOver(attempt))).toMatchObject(named);
    }));
});

describe('a unique key is told by its name', () => {
  const name = `it's "a" \`b\` for key 't.c`;
  const quoted = '`' + name.replaceAll('`', '``') + '`';
  const entry = `x'' for key ''t.PRIMARY''`;

  it('where the data has duplicates', () =>
    withStage(
      {
        table: '(id INT PRIMARY KEY, s VARCHAR(60))',
        rows: [`INSERT INTO t VALUES (1, '${entry}'), (2, '${entry}')`],
        alter: `ADD UNIQUE KEY ${quoted} (s)`,
      },
      async (stage) => {
        const error = await errorOf(stage.copied());
        expect(error).toMatchObject({ code: 'DUPLICATE_FOR_UNIQUE_KEY', facts: { column: `of unique key ${name}` } });
        expect(error.facts['key']).toMatch(/^id=[12]$/);
      },
    ));

  it('where values move from row to row', () =>
    withStage(
      {
        table: `(id INT PRIMARY KEY, s VARCHAR(60), UNIQUE KEY ${quoted} (s))`,
        rows: [`INSERT INTO t VALUES (1, '${entry} 1'), (2, '${entry} 2'), (3, '${entry} 3')`],
      },
      async (stage) => {
        await stage.copied();
        const follower = await stage.startFollower();
        for (let round = 0; round < 5; round += 1) {
          await stage.app.run('START TRANSACTION');
          await stage.app.run(`UPDATE t SET s = 'between' WHERE id = 1`);
          await stage.app.run(`UPDATE t SET s = '${entry} 1' WHERE id = 2`);
          await stage.app.run(`UPDATE t SET s = '${entry} 2' WHERE id = 1`);
          await stage.app.run('COMMIT');
          await stage.app.run('UPDATE t SET s = CONCAT(s, id)');
          await stage.app.run(`UPDATE t SET s = CONCAT('${entry} ', 3 - id) WHERE id < 3`);
        }
        await follower.catchUp();
        await stage.expectEqual();
      },
    ));
});

describe('what a native ALTER only remarks stops nothing', () => {
  it('a deprecated spelling of dates in more rows than the server lists warnings for', () =>
    withStage(
      {
        table: '(id INT PRIMARY KEY, d VARCHAR(30))',
        rows: [
          'SET SESSION cte_max_recursion_depth = 10000',
          `INSERT INTO t SELECT n, '2026/01/02 03:04:05' FROM ${numbersTo(1_500)}`,
          'SET GLOBAL max_error_count = 100',
        ],
        alter: 'MODIFY d DATETIME',
      },
      async (stage) => {
        await stage.copied();
        const follower = await stage.startFollower();
        await stage.app.run(`UPDATE t SET d = '2026/02/03 04:05:06'`);
        await follower.catchUp();
        const [row] = await stage.app.rows(`SELECT COUNT(*) AS n, MIN(d) AS first FROM ${stage.shadow}`);
        expect(row).toEqual({ n: '1500', first: '2026-02-03 04:05:06' });
        // Whether more than are listed tell of changed data is seen in smaller parts.
        const session = await stage.dataSession();
        await session.run(`CREATE TABLE ${stage.database}.few (d DATETIME)`);
        const insert = (rows: number): Promise<number> =>
          runStrict(session, `INSERT INTO ${stage.database}.few SELECT d FROM ${stage.database}.t WHERE id <= ${rows}`);
        expect(mayPassInParts(await insert(101).catch((error: unknown) => error))).toBe(true);
        expect(await insert(100)).toBe(100);
      },
    ));
});

describe('what is too large as a whole goes in parts', () => {
  const settings = ['SET GLOBAL max_binlog_cache_size = 1048576', 'SET GLOBAL binlog_cache_size = 32768'];

  it('rows of more bytes than the cache of the binlog takes, and one row that is too large for it alone', () =>
    withStage(
      {
        table: '(id INT PRIMARY KEY, pad MEDIUMTEXT)',
        rows: [
          'SET SESSION cte_max_recursion_depth = 10000',
          `INSERT INTO t SELECT n, REPEAT('x', 4000) FROM ${numbersTo(1_200)}`,
        ],
      },
      async (stage) => {
        for (const setting of settings) await stage.app.run(setting);
        const app = await stage.session();
        await stage.copied();
        const follower = await stage.startFollower();
        for (let from = 0; from < 1_200; from += 100) {
          await app.run(`UPDATE t SET pad = CONCAT(pad, 'y') WHERE id > ${from} AND id <= ${from + 100}`);
        }
        await follower.catchUp();
        await stage.expectEqual();
        await stage.app.run('SET GLOBAL max_binlog_cache_size = 1073741824');
      },
    ));

  it('but a row that is too large by itself waits, named, until the limit is raised', () =>
    withStage(
      {
        table: '(id INT PRIMARY KEY, n INT)',
        rows: [`INSERT INTO t SELECT n, 10 FROM ${numbersTo(40)}`, 'SET GLOBAL max_allowed_packet = 1048576'],
        alter: `ADD COLUMN padded LONGTEXT AS (REPEAT('x', n)) STORED`,
      },
      async (stage) => {
        await stage.copied();
        const follower = await stage.startFollower();
        await stage.app.run('UPDATE t SET n = IF(id = 23, 2000000, 20)');
        const failure = await follower.failure();
        expect(failure).toMatchObject({ code: 'SERVER_NEEDS_ATTENTION', facts: { errno: 1301 } });
        expect(`${failure.message} ${failure.remedy}`).toMatch(/max_allowed_packet .* id=23\. Raise the limit/);
        await stage.app.run('SET GLOBAL max_allowed_packet = 67108864');
        const next = await stage.startFollower();
        await next.catchUp();
        await stage.expectEqual();
      },
    ));

  it('and long keys by as many as a packet takes', () =>
    withStage(
      {
        table: '(k VARBINARY(2500) PRIMARY KEY, n INT)',
        rows: [
          `INSERT INTO t SELECT RPAD(n, 2500, 'x'), n FROM ${numbersTo(600)}`,
          'SET GLOBAL max_allowed_packet = 1048576',
        ],
      },
      async (stage) => {
        await stage.copied();
        const follower = await stage.startFollower();
        await stage.app.run('UPDATE t SET n = n + 1');
        await follower.catchUp();
        await stage.app.run('DELETE FROM t WHERE n % 2 = 0');
        await follower.catchUp();
        await stage.expectEqual();
        await follower.stop();
        await stage.reach('verified');
        await stage.app.run('UPDATE t SET n = n + 2');
        const { cluster, operationId } = stage;
        const { signal } = new AbortController();
        const token = stage.nextToken();
        const attempt = { attempt: 1, lockTimeoutMs: 5_000, signal };
        expect(await attemptCutOver({ cluster, operationId, token, ...attempt })).toMatchObject({ outcome: 'swapped' });
        await stage.app.run('SET GLOBAL max_allowed_packet = 67108864');
      },
    ));
});

describe('a disk that is full', () => {
  it('is waited for, and what is there by then is gone on with', () =>
    withStage(
      {
        table: '(id INT PRIMARY KEY, pad TEXT)',
        rows: [
          'SET SESSION cte_max_recursion_depth = 10000',
          `INSERT INTO t SELECT n, REPEAT('x', 4000) FROM ${numbersTo(1_500)}`,
          // From here on tables are made in a file that cannot grow further.
          'SET GLOBAL innodb_file_per_table = OFF',
          'CREATE TABLE filler (pad TEXT)',
        ],
      },
      async (stage) => {
        await stage.prepare();
        for (const rows of [500, 50, 5]) await fillUp(stage, rows);
        const error: unknown = await stage.reach('copied').catch((reason: unknown) => reason);
        const failure = toFailure(error, 'commerce') as ApplicationFailure;
        expect(failure).toMatchObject({ type: 'SERVER_NEEDS_ATTENTION', nonRetryable: false });
        expect(failure.message).toMatch(/MySQL error 1114\).* is full/);
        expect(failure.details).toMatchObject([{ remedy: expect.stringContaining('Make room') as string }]);
        await stage.app.run('DROP TABLE filler');
        await stage.reach('copied');
        await stage.expectEqual();
        await stage.app.run('SET GLOBAL innodb_file_per_table = ON');
      },
    ));
});

/** Writes so many rows at a time, until they have no room any more. */
async function fillUp(stage: Stage, rows: number): Promise<void> {
  for (let full = false; !full;) {
    full = await stage.app.run(`INSERT INTO filler SELECT pad FROM t LIMIT ${rows}`).then(
      () => false,
      (error: unknown) => serverErrorNumber(error) === 1114,
    );
  }
}

function numbersTo(last: number): string {
  return `(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${last}) SELECT n FROM s) numbers`;
}
