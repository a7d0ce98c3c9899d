/**
 * The differential test (P1): after Switchyard has changed a table under writers, its definition and every value are
 * those that a native `ALTER TABLE` by copy makes of the same final rows; or the case is refused by name.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMysqlServer, type MysqlServer } from '../../src/dev/mysql-server.js';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { showCreateTable } from '../../src/mysql/introspect/load-table.js';
import type { ClusterSettings } from '../../src/mysql/session/cluster-settings.js';
import { withSession, type Session, type SessionVariables } from '../../src/mysql/session/session.js';
import { DataPlane } from '../support/data-plane.js';
import { uniqueName } from '../support/migration-test.js';
import { loadCases, type DifferentialCase } from './case.js';
import { alterNatively, contents } from './native.js';
import { Writers } from './writers.js';

/** Two cores: one case more than that, since each waits now and then. */
const lanes = 3;

let folder: string;
let server: MysqlServer;
let free = lanes;
const waiting: (() => void)[] = [];

/** At most `lanes` at once, in the order of asking. */
async function inLane(work: () => Promise<void>): Promise<void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-cases-'));
  // A zone with summer time that is not UTC, and the server's own one (time_zone = SYSTEM); written out, since the
  // machine may have no zone files.
  const zone = process.env.TZ;
  process.env.TZ = 'EST5EDT,M3.2.0,M11.1.0';
  try {
    server = await startMysqlServer({ name: 'cases', folder, serverId: 7, extraArgs: ['--max-allowed-packet=64M'] });
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

afterAll(async () => {
  await server.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function as({ user, password }: { user: string; password: string }): ClusterSettings {
  const { host, port } = server;
  return { name: 'cases', host, port, user, password };
}

/** How an application's session looks that says nothing special. */
const applicationVariables: SessionVariables = { autocommit: 1 };

interface Made {
  readonly database: string;
  readonly createStatement: string;
}

async function makeTable(one: DifferentialCase, variables: SessionVariables): Promise<Made> {
  const database = uniqueName('case');
  const createStatement = await withSession(as(server.root), variables, async (session) => {
    await session.run(`CREATE DATABASE ${database}`);
    await session.run(`CREATE DATABASE ${database}_native`);
    await session.run(`USE ${database}`);
    for (const statement of one.create) await session.run(statement);
    return showCreateTable(session, { database, table: one.table });
  });
  return { database, createStatement };
}

/** @returns the retained table, and the clock of the operation. */
async function migrate(one: DifferentialCase, { database }: Made, writers: Writers, migration: DataPlane) {
  const plan = await migration.prepare(database, one.alter);
  await migration.reach('copied');
  await migration.reach('indexed');
  await migration.follow(() => writers.everyStatement(2));
  await migration.reach('verified');
  await writers.stop();
  // Once more, at rest: rows that change at every look are told and not compared.
  const { notCompared } = await migration.reach('verified');
  expect(notCompared, 'columns that are not compared').toHaveLength(one.notCompared);
  // Without the marker column an attempt waits for no transaction of others, and the other cases write all the time.
  await migration.cutOver(plan.markerColumn === null ? 50 : 1);
  return { retained: plan.retained, timestampSeconds: plan.conversion.timestampSeconds };
}

async function expectLikeNative(
  session: Session,
  one: DifferentialCase,
  made: Made,
  migrated: Awaited<ReturnType<typeof migrate>>,
) {
  const ours = { database: made.database, table: one.table };
  const native = { database: `${made.database}_native`, table: one.table };
  const { createStatement } = made;
  await alterNatively(session, {
    createStatement,
    rows: migrated.retained,
    table: native,
    statement: one.alter,
    timestampSeconds: migrated.timestampSeconds,
  });
  expect(await showCreateTable(session, ours)).toBe(await showCreateTable(session, native));
  expect(await contents(session, ours)).toEqual(await contents(session, native));
  const checked = await session.rows<{ Msg_text: string }>(
    `CHECK TABLE ${ours.database}.\`${ours.table.replaceAll('`', '``')}\``,
  );
  expect(checked.map(({ Msg_text }) => Msg_text)).toEqual(['OK']);
}

async function expectRefused(one: DifferentialCase, made: Made, failure: unknown, migration: DataPlane): Promise<void> {
  if (!(failure instanceof SwitchyardError)) throw failure instanceof Error ? failure : new Error('it was not refused');
  expect(`${failure.code}: ${failure.message}`).toMatch(new RegExp(`^${one.refused}: `));
  await migration.remove().catch((error: unknown) => {
    if (!(error instanceof SwitchyardError)) throw error;
  });
  await withSession(as(server.root), applicationVariables, async (session) => {
    const table = { database: made.database, table: one.table };
    const withoutCounter = (text: string): string => text.replace(/ AUTO_INCREMENT=\d+/, '');
    expect(withoutCounter(await showCreateTable(session, table))).toBe(withoutCounter(made.createStatement));
    const left = await session.rows(`SHOW TABLES IN ${made.database}`);
    expect(left).toHaveLength(1);
    expect(await session.rows(`SHOW DATABASES LIKE '%${migration.operationId}%'`)).toEqual([]);
  });
}

async function run(one: DifferentialCase): Promise<void> {
  const variables = { ...applicationVariables, ...one.variables };
  const made = await makeTable(one, variables);
  const migration = new DataPlane(as(server));
  const writers = await Writers.start(one, as(server.app), made.database, variables);
  let migrated: Awaited<ReturnType<typeof migrate>> | undefined;
  let failure: unknown;
  try {
    migrated = await migrate(one, made, writers, migration);
  } catch (error) {
    failure = error;
  } finally {
    await writers.stop();
  }
  if (one.refused !== undefined) return expectRefused(one, made, failure, migration);
  if (failure !== undefined || migrated === undefined) throw failure;
  await withSession(as(server.root), applicationVariables, async (session) => {
    await expectLikeNative(session, one, made, migrated);
    await migration.dropRetained();
    expect(await session.rows(`SHOW DATABASES LIKE '%${migration.operationId}%'`)).toEqual([]);
    expect(await session.rows(`SHOW TABLES IN ${made.database}`)).toHaveLength(1);
  });
}

const cases = loadCases();

describe('a table that was changed under writers is what a native ALTER TABLE makes of it', () => {
  it.concurrent.each(cases.filter(({ refused }) => refused === undefined))('$name: $about', (one) =>
    inLane(() => run(one)),
  );
});

describe('a change that cannot be made like that is refused by name', () => {
  it.concurrent.each(cases.filter(({ refused }) => refused !== undefined))('$name: $about', (one) =>
    inLane(() => run(one)),
  );
});
