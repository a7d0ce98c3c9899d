/**
 * The differential test (P1): after Switchyard has changed a table under writers, its definition and every value are
 * those that a native `ALTER TABLE` by copy, typed by a client, makes of the same final rows; or the case is refused by
 * name. Under the settings of settings.ts, all of them with SWITCHYARD_MATRIX=all.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { showCreateTable } from '../../src/mysql/server/introspect/load-table.js';
import type { ClusterSettings } from '../../src/mysql/server/session/cluster-settings.js';
import { serverErrorNumber } from '../../src/mysql/server/session/server-errors.js';
import { withSession, type Session, type SessionVariables } from '../../src/mysql/server/session/session.js';
import { DataPlane } from '../support/data-plane.js';
import { startOwnMysql, type OwnMysql } from '../support/own-mysql.js';
import { uniqueName } from '../support/migration-test.js';
import { loadCases, type DifferentialCase } from './case.js';
import { dictionaryOf } from './dictionary.js';
import { alterNatively, contents } from './native.js';
import { settings, type ServerSettings } from './settings.js';
import { Writers } from './writers.js';

/** Two cores: one case more than that, since each waits now and then. */
const lanes = 3;

/** Without the consumer of transactions, or a marker, an attempt may have to wait for others; the cases write all the time. */
const attemptsMax = 50;

/** How an application's session looks that says nothing special. */
const applicationVariables: SessionVariables = { autocommit: 1 };

interface Made {
  readonly database: string;
  readonly createStatement: string;
}

/** The cases under one server's settings. */
class Runner {
  readonly #settings: ServerSettings;
  readonly #server: OwnMysql;
  #free = lanes;
  readonly #waiting: (() => void)[] = [];

  constructor(settings: ServerSettings, server: OwnMysql) {
    this.#settings = settings;
    this.#server = server;
  }

  /** At most `lanes` at once, in the order of asking. */
  async inLane(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async run(one: DifferentialCase): Promise<void> {
    const { switchyard, app, root } = this.#server.cluster;
    const variables = { ...applicationVariables, ...one.variables };
    const made = await makeTable(root, one, variables);
    const migration = new DataPlane(switchyard);
    const writers = await Writers.start(one, app, made.database, variables);
    let migrated: Awaited<ReturnType<typeof migrate>> | undefined;
    let failure: unknown;
    try {
      migrated = await migrate(one, made, writers, migration);
    } catch (error) {
      failure = error;
    } finally {
      await writers.stop();
    }
    const refused = this.#settings.refused?.[one.name] ?? one.refused;
    if (refused !== undefined && failure !== undefined) {
      return expectRefused(root, { ...one, refused }, made, failure, migration);
    }
    if (failure instanceof SwitchyardError && failure.code === 'STATEMENT_REFUSED') {
      return this.#expectRefusedNatively(one, made, failure);
    }
    // Under other settings than the first ones a refusal may have no reason any more: then it must come out as native.
    if (one.refused !== undefined && this.#settings === settings[0]) throw new Error('it was not refused');
    if (failure !== undefined || migrated === undefined) throw failure;
    const { retained } = migrated;
    await withSession(root, applicationVariables, async (session) => {
      await this.#expectLikeNative(session, one, made, { ...migrated, retained });
      await migration.dropRetained();
      expect(await session.rows(`SHOW DATABASES LIKE '%${migration.operationId}%'`)).toEqual([]);
      expect(await session.rows(`SHOW TABLES IN ${made.database}`)).toHaveLength(1);
    });
  }

  /** A statement that the server refuses under these settings is refused to a client as well. */
  async #expectRefusedNatively(one: DifferentialCase, { database }: Made, failure: SwitchyardError): Promise<void> {
    const refusal = await withSession(this.#server.cluster.root, applicationVariables, async (session) => {
      await session.run(`USE ${database}_native`);
      return session.run(one.alter).then(() => undefined, serverErrorNumber);
    });
    expect(this.#settings).not.toBe(settings[0]);
    expect(refusal).toBe(failure.facts.errno);
  }

  async #expectLikeNative(
    session: Session,
    one: DifferentialCase,
    made: Made,
    migrated: Awaited<ReturnType<typeof migrate>>,
  ): Promise<void> {
    const ours = { database: made.database, table: one.table };
    const native = { database: `${made.database}_native`, table: one.table };
    await withSession(this.#server.cluster.root, applicationVariables, (clone) =>
      alterNatively(session, clone, {
        rows: migrated.retained,
        table: native,
        statement: one.alter,
        timestampSeconds: migrated.timestampSeconds,
        sqlMode: one.sqlMode,
      }),
    );
    await session.run(`SET timestamp = ${migrated.timestampSeconds}`);
    expect(await dictionaryOf(session, ours)).toEqual(await dictionaryOf(session, native));
    expect(await contents(session, ours)).toEqual(await contents(session, native));
    const checked = await session.rows<{ Msg_text: string }>(
      `CHECK TABLE ${ours.database}.\`${ours.table.replaceAll('`', '``')}\``,
    );
    expect(checked.map(({ Msg_text }) => Msg_text)).toEqual(['OK']);
  }
}

/** The table, and a twin for the native ALTER in a database of its own, by the same statements. */
async function makeTable(root: ClusterSettings, one: DifferentialCase, variables: SessionVariables): Promise<Made> {
  const database = uniqueName('case');
  const createStatement = await withSession(root, variables, async (session) => {
    for (const name of [`${database}_native`, database]) {
      await session.run(`CREATE DATABASE ${name}`);
      await session.run(`USE ${name}`);
      for (const statement of one.create) await session.run(statement);
    }
    return showCreateTable(session, { database, table: one.table });
  });
  return { database, createStatement };
}

/** @returns the retained table, and the clock of the operation. */
async function migrate(one: DifferentialCase, { database }: Made, writers: Writers, migration: DataPlane) {
  const plan = await migration.prepare(database, one.alter, one.sqlMode);
  await migration.reach('copied');
  await migration.reach('indexed');
  await migration.follow(() => writers.everyStatement(2));
  await migration.reach('verified');
  await writers.stop();
  // Once more, at rest: rows that change at every look are told and not compared.
  const { notCompared } = await migration.reach('verified');
  expect(notCompared, 'columns that are not compared').toHaveLength(one.notCompared);
  // Without the marker column an attempt waits for no transaction of others, and the other cases write all the time.
  await migration.cutOver(plan.markerColumn === null ? attemptsMax : 1);
  return { retained: plan.retained, timestampSeconds: plan.conversion.timestampSeconds };
}

async function expectRefused(
  root: ClusterSettings,
  one: DifferentialCase,
  made: Made,
  failure: unknown,
  migration: DataPlane,
): Promise<void> {
  if (!(failure instanceof SwitchyardError)) throw failure;
  expect(`${failure.code}: ${failure.message}`).toMatch(new RegExp(`^${one.refused}: `));
  await migration.remove().catch((error: unknown) => {
    if (!(error instanceof SwitchyardError)) throw error;
  });
  await withSession(root, { ...applicationVariables, ...one.variables }, async (session) => {
    const table = { database: made.database, table: one.table };
    const withoutCounter = (text: string): string => text.replace(/ AUTO_INCREMENT=\d+/, '');
    expect(withoutCounter(await showCreateTable(session, table))).toBe(withoutCounter(made.createStatement));
    const left = await session.rows(`SHOW TABLES IN ${made.database}`);
    expect(left).toHaveLength(1);
    expect(await session.rows(`SHOW DATABASES LIKE '%${migration.operationId}%'`)).toEqual([]);
  });
}

/** @param timeZone of the server's process. */
async function startServer({ timeZone, args }: ServerSettings): Promise<OwnMysql> {
  const zone = process.env.TZ;
  process.env.TZ = timeZone;
  try {
    return await startOwnMysql(args);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
}

const cases = loadCases();
const all = process.env.SWITCHYARD_MATRIX === 'all';

describe.each(settings.filter(({ selection }) => all || selection !== undefined))('on a server $name', (setting) => {
  const isSelected = (name: string): boolean => all || setting.selection?.test(name) === true;
  const selected = cases.filter(({ name }) => isSelected(name) && setting.unfit?.includes(name) !== true);
  let server: OwnMysql;
  let runner: Runner;

  beforeAll(async () => {
    server = await startServer(setting);
    runner = new Runner(setting, server);
  });

  afterAll(() => server.stop());

  describe('a table that was changed under writers is what a native ALTER TABLE makes of it', () => {
    it.concurrent.each(selected.filter(({ refused }) => refused === undefined))('$name: $about', (one) =>
      runner.inLane(() => runner.run(one)),
    );
  });

  describe('a change that cannot be made like that is refused by name', () => {
    it.concurrent.each(selected.filter(({ refused }) => refused !== undefined))('$name: $about', (one) =>
      runner.inLane(() => runner.run(one)),
    );
  });
});
