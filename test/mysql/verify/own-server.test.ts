/** What can be shown only on a server with other global settings: its zone has summer time, its packets are small. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createContext } from '../../../src/dev/context.js';
import { findMysql } from '../../../src/dev/find-mysqld.js';
import { startMysqlServer, type MysqlServer } from '../../../src/dev/mysql-server.js';
import { Session } from '../../../src/mysql/session/session.js';
import { onOneServer } from '../../../src/mysql/session/session-pair.js';
import { dataVariables } from '../../../src/mysql/session/variables.js';
import { differingKeys } from '../../../src/mysql/verify/differences.js';
import { Verifier } from '../../../src/mysql/verify/verifier.js';
import { conversionOf, planFor } from './plan-for.js';

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
    const extraArgs = ['--max-allowed-packet=16384'];
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
  const plan = await planFor(session, { source: named('moments'), shadow: named('moments_new'), conversion });
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
  const plan = await planFor(session, { source: named('large'), shadow: named('large_new'), conversion });
  const verify = () =>
    new Verifier({
      plan,
      openSessions: async () => onOneServer(await open()),
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
