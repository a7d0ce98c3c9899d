/**
 * What can be shown only on a server with other global settings: its zone has summer time, its packets are small,
 * its row images MINIMAL, and zero is no number to come.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../../../src/dev/context.js';
import { findMysql } from '../../../../src/dev/find-mysqld.js';
import { startMysqlServer, type MysqlServer } from '../../../../src/dev/mysql-server.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { onOneServer } from '../../../../src/mysql/server/session/session-pair.js';
import { dataVariables } from '../../../../src/mysql/server/session/variables.js';
import { differingKeys } from '../../../../src/mysql/table/verify/differences.js';
import { Verifier } from '../../../../src/mysql/table/verify/verifier.js';
import { Stage, type StageOptions } from '../../../faults/rules/stage.js';
import { conversionOf, planFor, strictModes } from './plan-for.js';
import { usedOnce } from './used-once.js';

const conversion = conversionOf(undefined, 'SYSTEM');
/** Moments that a clock in Berlin shows as 02:30 on 27 October 2024: the second is an hour after the first. */
const [firstHalfPastTwo, secondHalfPastTwo] = [1_729_989_000, 1_729_992_600];

let folder: string;
let server: MysqlServer;
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-verify-'));
  const context = createContext();
  const zone = process.env.TZ;
  process.env.TZ = 'CET-1CEST,M3.5.0,M10.5.0/3';
  try {
    const extraArgs = [
      '--max-allowed-packet=16384',
      '--binlog-row-image=MINIMAL',
      `--sql-mode=${strictModes},NO_AUTO_VALUE_ON_ZERO`,
    ];
    server = await startMysqlServer({
      name: 'own',
      folder,
      serverId: 7,
      mysql: await findMysql(context),
      context,
      extraArgs,
    });
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
  session = await open();
  await session.run('CREATE DATABASE own CHARACTER SET utf8mb4');
  await session.run('USE own');
});

afterAll(async () => {
  await session?.close();
  await server?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function open(): Promise<Session> {
  const { host, port, user, password } = server;
  return Session.open({ name: 'own', host, port, user, password }, dataVariables(conversion));
}

it('tells moments apart that the clock of the zone shows alike, whatever their precision becomes', async () => {
  await session.run('CREATE TABLE moments (id INT PRIMARY KEY, at TIMESTAMP NULL, fine TIMESTAMP(6) NULL)');
  await session.run('CREATE TABLE moments_new (id INT PRIMARY KEY, at TIMESTAMP NULL, fine TIMESTAMP(3) NULL)');
  await session.run("SET time_zone = '+00:00'");
  const row = (id: number, at: number): string => `(${id}, FROM_UNIXTIME(${at}), FROM_UNIXTIME(${at}.1239))`;
  for (const table of ['moments', 'moments_new']) {
    await session.run(`INSERT INTO ${table} VALUES ${row(1, firstHalfPastTwo)}, ${row(2, secondHalfPastTwo)}`);
  }
  await session.run("SET time_zone = 'SYSTEM'");
  const { clocks } = await session.row<{ clocks: number }>(
    'SELECT COUNT(DISTINCT CAST(at AS CHAR)) AS clocks FROM moments',
  );
  expect(Number(clocks)).toBe(1);
  const named = (table: string) => ({ database: 'own', table });
  const plan = await planFor(session, { source: named('moments'), copy: named('moments_new'), conversion });
  expect(await differingKeys(onOneServer(session), plan, [['1'], ['2']])).toEqual([]);
  // What INSERT … SELECT does in such a zone: it takes both for the same moment.
  await session.run('DELETE FROM moments_new');
  await session.run('INSERT INTO moments_new SELECT * FROM moments');
  expect(await differingKeys(onOneServer(session), plan, [['1'], ['2']])).toEqual([
    { kind: 'different', key: ['1'], columns: ['at', 'fine'] },
  ]);
});

it('names a row that is too large to be compared, and passes none over', async () => {
  const columns = Array.from({ length: 40 }, (_, index) => `c${index} VARCHAR(1000) CHARACTER SET latin1`);
  await session.run(`CREATE TABLE large (id INT PRIMARY KEY, ${columns.join(', ')}, document MEDIUMTEXT)`);
  await session.run("INSERT INTO large (id, document) VALUES (1, 'small'), (2, 'large')");
  const [half, all] = [10, 40].map((count) =>
    columns.slice(0, count).map((_, index) => `c${index} = REPEAT('x', 900)`),
  );
  await session.run(`UPDATE large SET ${half?.join(', ')} WHERE id = 1`);
  await session.run('CREATE TABLE large_new LIKE large');
  await session.run('INSERT INTO large_new SELECT * FROM large');
  const named = (table: string) => ({ database: 'own', table });
  const plan = await planFor(session, { source: named('large'), copy: named('large_new'), conversion });
  const verify = () =>
    new Verifier({
      plan,
      withSessions: usedOnce(open),
      catchUp: () => Promise.resolve(),
      keep: () => Promise.resolve(),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }).run();
  expect(await verify()).toEqual({ complete: true, rowsCompared: 2, notCompared: [] });
  for (const table of ['large', 'large_new']) await session.run(`UPDATE ${table} SET ${all?.join(', ')} WHERE id = 2`);
  await expect(verify()).rejects.toMatchObject({
    code: 'ROW_NOT_COMPARABLE',
    facts: { key: 'id=2', maxAllowedPacket: 16_384 },
  });
});

const stages: Stage[] = [];
afterEach(() => Promise.all(stages.splice(0).map((stage) => stage.close())));

async function openStage(options: StageOptions): Promise<Stage> {
  const { host, port, user, password } = server;
  const cluster = { name: 'own', host, port, user, password };
  const stage = await Stage.open({ ...options, server: { switchyard: cluster, root: cluster } });
  stages.push(stage);
  return stage;
}

describe('in a zone with summer time', () => {
  const table = '(id INT PRIMARY KEY, at TIMESTAMP(6) NULL, fine TIMESTAMP NULL, zero TIMESTAMP NULL)';
  const row = (id: number, at: number): string => `(${id}, FROM_UNIXTIME(${at}.5), FROM_UNIXTIME(${at}), NULL)`;
  const rows = (...moments: readonly number[]): readonly string[] => [
    "SET SESSION time_zone = '+00:00'",
    `INSERT INTO t VALUES ${moments.map((at, index) => row(index + 1, at)).join(', ')}`,
  ];

  it('a new column filled from the clock changes no moment', async () => {
    const stage = await openStage({
      table,
      rows: rows(firstHalfPastTwo, secondHalfPastTwo),
      alter: 'ADD COLUMN made DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, ADD COLUMN old DATETIME(3) DEFAULT NOW(3)',
    });
    await stage.copied();
    expect(await stage.reach('verified')).toBe('reached');
    await stage.expectEqual();
    const { timestampSeconds } = stage.plan.conversion;
    await stage.app.run("SET SESSION time_zone = 'SYSTEM'");
    const made = await stage.app.rows(
      `SELECT DISTINCT made = FROM_UNIXTIME(${timestampSeconds}) AS made, old = FROM_UNIXTIME(${timestampSeconds}) AS old FROM ${stage.shadow}`,
    );
    expect(made).toEqual([{ made: 1, old: 1 }]);
  });

  it('a moment that the clock shows twice is refused by its name where the zone matters', async () => {
    const stage = await openStage({
      table,
      rows: rows(secondHalfPastTwo, firstHalfPastTwo - 7_200),
      alter: 'ADD COLUMN x INT, MODIFY fine DATETIME NULL',
    });
    await stage.copied();
    expect(await stage.reach('verified')).toBe('reached');
    const follower = await stage.startFollower();
    await stage.app.run(`INSERT INTO t (id, fine) VALUES (9, FROM_UNIXTIME(${firstHalfPastTwo}))`);
    await follower.catchUp();
    await stage.app.run(`UPDATE t SET at = FROM_UNIXTIME(${firstHalfPastTwo}) WHERE id = 9`);
    expect(await follower.failure()).toMatchObject({
      code: 'MOMENT_SHOWN_TWICE',
      facts: { column: 'at', key: 'id=9' },
    });
  });
});

it('a zero that a native ALTER keeps is kept in a column that becomes AUTO_INCREMENT', async () => {
  const stage = await openStage({
    table: '(id INT PRIMARY KEY)',
    rows: ['INSERT INTO t VALUES (0), (5)'],
    alter: 'MODIFY id INT NOT NULL AUTO_INCREMENT',
  });
  await stage.copied();
  await stage.expectEqual();
});

describe('rows of which only a MINIMAL image is logged', () => {
  const open = (table: string): Promise<Stage> =>
    openStage({ table, rows: ['INSERT INTO t (a, b, c) VALUES (1, 11, 1), (2, 12, 2), (3, 13, 3)'] });

  it.each([
    ['the first unique index', '(a INT NOT NULL, b INT NOT NULL, c INT, UNIQUE KEY z (b), UNIQUE KEY y (a))', 'z'],
    [
      'of whole columns',
      '(a INT NOT NULL, b INT NOT NULL, c INT, v INT AS (a) VIRTUAL NOT NULL, UNIQUE KEY v (v), UNIQUE KEY e ((a + 1)), UNIQUE KEY y (a, b))',
      'y',
    ],
    ['that is NOT NULL', '(a INT NULL, b INT NOT NULL, c INT, UNIQUE KEY a (a), UNIQUE KEY b (b))', 'b'],
    [
      'with a DEFAULT',
      '(k INT NOT NULL DEFAULT -7, y YEAR NOT NULL DEFAULT 0, a INT NOT NULL, b INT, c INT, n DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), x BINARY(4) NOT NULL DEFAULT (UNHEX(HEX(1))), PRIMARY KEY (k, y, a, n, x))',
      'PRIMARY',
    ],
  ])('are found by the key that the server logs: %s', async (_title, table, key) => {
    const stage = await open(table);
    await stage.copied();
    expect(stage.plan.key.indexName).toBe(key);
    const follower = await stage.startFollower();
    await stage.app.run('INSERT INTO t (a, b, c) VALUES (4, 14, 4), (5, 15, 5)');
    await stage.app.run('UPDATE t SET c = c + 1 WHERE a < 3');
    await stage.app.run('UPDATE t SET a = 20, b = 30 WHERE a = 4');
    await stage.app.run('DELETE FROM t WHERE a = 3');
    await follower.catchUp();
    await stage.expectEqual();
  });

  it.each([
    [
      '(a FLOAT NOT NULL, b INT NOT NULL, c INT, UNIQUE KEY a (a), UNIQUE KEY b (b))',
      'unique index b is not the one that the server logs',
    ],
    ["(k CHAR(3) NOT NULL DEFAULT 'x', a INT, b INT, c INT, PRIMARY KEY (k, b))", 'column k with a DEFAULT'],
  ])('are refused by name before anything is made where that key cannot be used: %s', async (table, problem) => {
    const stage = await open(table);
    const error: unknown = await stage.prepare().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'NO_USABLE_KEY' });
    expect(String(error)).toContain(problem);
  });
});
