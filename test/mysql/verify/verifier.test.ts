import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';
import { killConnection } from '../../../src/mysql/session/kill.js';
import { Session } from '../../../src/mysql/session/session.js';
import { dataVariables } from '../../../src/mysql/session/variables.js';
import type { MigrationPlan } from '../../../src/mysql/shadow/plan.js';
import { differingKeys } from '../../../src/mysql/verify/differences.js';
import { Verifier, type VerifierOptions, type VerifyResult } from '../../../src/mysql/verify/verifier.js';
import { ModelFeed } from './model-feed.js';
import { conversionOf, planFor, type PlanFor } from './plan-for.js';

const database = `verify_${process.pid}`;
/** As many bytes for a row as make chunks of seven rows. */
const sevenRowChunks = 16 * 1024 * 1024 * 0.14;

let root: Session;
/** Every session that a verifier opened. */
const opened: Session[] = [];

async function openSession(): Promise<Session> {
  const session = await Session.open(inject('stack').commerce.switchyard, dataVariables(conversionOf()));
  opened.push(session);
  return session;
}

function plan(name: string, options: Partial<PlanFor> = {}): Promise<MigrationPlan> {
  const source = { database, table: name };
  return planFor(root, {
    source,
    shadow: { database, table: `${name}_new` },
    averageRowBytes: sevenRowChunks,
    ...options,
  });
}

function verifier(migration: MigrationPlan, options: Partial<VerifierOptions> = {}): Verifier {
  return new Verifier({
    plan: migration,
    openSession,
    catchUp: () => Promise.resolve(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
}

async function failureOf(run: Promise<VerifyResult>): Promise<SwitchyardError> {
  const outcome = await run.catch((error: unknown) => error);
  if (outcome instanceof SwitchyardError) return outcome;
  throw new Error(`no SwitchyardError but ${JSON.stringify(outcome)} ${String(outcome)}`);
}

/** A source and an equal shadow, rows 1 to `rows` with a value each. */
async function makePair(name: string, rows: number, key = 'id INT PRIMARY KEY'): Promise<void> {
  await root.run(`CREATE TABLE ${name} (${key}, v VARCHAR(100) NOT NULL)`);
  await root.run(
    `INSERT INTO ${name} (id, v) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
     SELECT i, CONCAT('value ', i) FROM n`,
  );
  await root.run(`CREATE TABLE ${name}_new LIKE ${name}`);
  await root.run(`INSERT INTO ${name}_new SELECT * FROM ${name}`);
}

/** Transactions that the verifier's sessions have open. */
async function openTransactions(): Promise<number> {
  const ids = opened.map(({ id }) => id);
  const { n } = await root.row<{ n: number }>(
    `SELECT COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_mysql_thread_id IN (${ids.join(', ')})`,
  );
  return Number(n);
}

beforeAll(async () => {
  root = await Session.open(inject('stack').commerce.root, dataVariables(conversionOf()));
  await root.run(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  await root.run(`USE ${database}`);
  await root.run('SET SESSION cte_max_recursion_depth = 1000000');
});

afterAll(async () => {
  await root.run(`DROP DATABASE ${database}`);
  await root.close();
});

describe('a shadow at rest', () => {
  it('is compared whole, in many chunks, with progress', async () => {
    await makePair('whole', 1_000);
    const progress: number[] = [];
    const result = await verifier(await plan('whole'), { onProgress: (rows) => progress.push(rows) }).run();
    expect(result).toEqual({ complete: true, rowsCompared: 1_000, notCompared: [] });
    expect(progress.length).toBeGreaterThan(100);
    expect(progress.at(-1)).toBe(1_000);
    expect(opened.every(({ closed }) => closed)).toBe(true);
  });

  it('may be empty like its source', async () => {
    await root.run('CREATE TABLE void (id INT PRIMARY KEY)');
    await root.run('CREATE TABLE void_new LIKE void');
    expect(await verifier(await plan('void')).run()).toEqual({ complete: true, rowsCompared: 0, notCompared: [] });
  });

  it('is not equal with a row below, above or between those of the source, or without one', async () => {
    await makePair('edges', 100);
    await root.run("INSERT INTO edges_new VALUES (0, ''), (101, ''), (-5, ''), (900, '')");
    await root.run('DELETE FROM edges WHERE id = 50');
    await root.run('DELETE FROM edges_new WHERE id IN (1, 100)');
    const { code, facts, message } = await failureOf(verifier(await plan('edges')).run());
    expect(code).toBe('VERIFICATION_FAILED');
    expect([...(facts.extra as string[])].sort()).toEqual(['id=-5', 'id=0', 'id=101', 'id=50', 'id=900']);
    expect([...(facts.missing as string[])].sort()).toEqual(['id=1', 'id=100']);
    expect(message).toContain(`The new table is not equal to ${database}.edges: missing in the new table: id=1`);
  });

  it('is not equal where two rows have changed places, or differ in the same way', async () => {
    await makePair('places', 20);
    await root.run("UPDATE places_new SET v = CASE id WHEN 8 THEN 'value 9' WHEN 9 THEN 'value 8' ELSE v END");
    await root.run("UPDATE places_new SET v = INSERT(v, 1, 1, 'V') WHERE id IN (11, 12)");
    const { facts } = await failureOf(verifier(await plan('places', { averageRowBytes: 10 })).run());
    expect(facts).toMatchObject({
      different: ['id=8', 'id=9', 'id=11', 'id=12'],
      columns: ['v'],
      missing: [],
      extra: [],
    });
  });

  it('names at most ten keys of many', async () => {
    await makePair('many', 5_000);
    await root.run('UPDATE many_new SET v = UPPER(v)');
    const { facts, message } = await failureOf(verifier(await plan('many', { averageRowBytes: 10 })).run());
    expect(facts.keys).toHaveLength(10);
    expect(message).toMatch(/and \d+ more rows/);
  });

  it('finds rows that only the shadow has, however many', async () => {
    await makePair('surplus', 9_000);
    await root.run('DELETE FROM surplus WHERE id > 10');
    const { facts } = await failureOf(verifier(await plan('surplus')).run());
    expect(facts.extra).toHaveLength(10);
  });
});

describe('every kind of key', () => {
  const many = (count: number, value: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, index) => value(index));
  const cases: readonly { title: string; key: string; keys: readonly string[]; index?: string }[] = [
    { title: 'negative numbers', key: 'a BIGINT, PRIMARY KEY (a)', keys: many(40, (i) => String(i * 3 - 60)) },
    {
      title: 'the largest numbers',
      key: 'a BIGINT UNSIGNED, PRIMARY KEY (a)',
      keys: many(40, (i) => `18446744073709551615 - ${i}`),
    },
    { title: 'ZEROFILL', key: 'a INT(8) ZEROFILL, PRIMARY KEY (a)', keys: many(40, (i) => String(i)) },
    {
      title: 'collated text',
      key: 'a VARCHAR(20), PRIMARY KEY (a)',
      keys: many(40, (i) => `'${i % 2 ? 'É' : 'e'}\\'\\\\ ${i}'`),
    },
    { title: 'latin1 text', key: 'a CHAR(20) CHARACTER SET latin1, PRIMARY KEY (a)', keys: many(40, (i) => `'ÿ${i}'`) },
    {
      title: 'bytes',
      key: 'a BINARY(16), PRIMARY KEY (a)',
      keys: many(40, (i) => `UNHEX(SHA2('${i}', 224))`.replace('UNHEX', 'LEFT(UNHEX') + ', 16)'),
    },
    {
      title: 'dates',
      key: 'a DATE, b TIME(3), PRIMARY KEY (a, b)',
      keys: many(40, (i) => `'2024-01-${10 + (i % 4)}', '-0${i % 10}:00:00.${100 + i}'`),
    },
    {
      title: 'times',
      key: 'a DATETIME(6), PRIMARY KEY (a)',
      keys: many(40, (i) => `'2024-01-01 10:00:00.0000${10 + i}'`),
    },
    { title: 'decimals', key: 'a DECIMAL(30,10), PRIMARY KEY (a)', keys: many(40, (i) => `${i - 20}.0000000001`) },
    {
      title: 'lists and bits',
      key: "a ENUM('z', 'y', 'x', 'w'), b SET('p', 'q', 'r', 's'), c BIT(3), PRIMARY KEY (a, b, c)",
      keys: many(40, (i) => `${1 + (i % 4)}, ${i % 10}, ${i % 3}`),
    },
    { title: 'both directions', key: 'a INT, b INT, PRIMARY KEY (a, b DESC)', keys: many(40, (i) => `${i % 5}, ${i}`) },
    {
      title: 'only a unique index',
      key: 'a INT NOT NULL, b VARCHAR(10) NOT NULL, UNIQUE KEY u (b, a)',
      keys: many(40, (i) => `${i}, 'k${i % 7}'`),
      index: 'u',
    },
  ];

  it.each(cases)('is walked, and its rows are named: $title', async ({ title, key, keys, index }) => {
    const name = `keys_${title.replaceAll(' ', '_')}`;
    await root.run(`CREATE TABLE ${name} (${key}, v INT)`);
    await root.run(`INSERT INTO ${name} VALUES ${[...new Set(keys)].map((one) => `(${one}, 0)`).join(', ')}`);
    await root.run(`CREATE TABLE ${name}_new LIKE ${name}`);
    await root.run(`INSERT INTO ${name}_new SELECT * FROM ${name}`);
    const migration = await plan(name, index === undefined ? {} : { shadowKeyIndex: index });
    expect(await verifier(migration).run()).toMatchObject({
      complete: true,
      rowsCompared: keys.length,
      notCompared: [],
    });
    const order = migration.key.columns.map((column) => column.name);
    await root.run(`DELETE FROM ${name}_new ORDER BY ${order.join(', ')} LIMIT 1`);
    await root.run(`DELETE FROM ${name} ORDER BY ${order.map((one) => `${one} DESC`).join(', ')} LIMIT 1`);
    await root.run(`UPDATE ${name}_new SET v = 1 ORDER BY ${order.join(', ')} LIMIT 1`);
    const { facts } = await failureOf(verifier(migration).run());
    expect([facts.missing, facts.extra, facts.different]).toEqual([
      [expect.any(String)],
      [expect.any(String)],
      [expect.any(String)],
    ]);
    expect(new Set(facts.keys as string[]).size).toBe(3);
  });

  it('may be held by helper columns under other names, beside a changed key', async () => {
    await root.run('CREATE TABLE helped (id INT PRIMARY KEY, v INT)');
    await root.run('INSERT INTO helped VALUES (1, 10), (2, 20), (3, 30)');
    await root.run('CREATE TABLE helped_new (v INT PRIMARY KEY, k1 INT NULL INVISIBLE, UNIQUE KEY helper (k1))');
    await root.run('INSERT INTO helped_new (v, k1) VALUES (10, 1), (20, 2), (30, 3)');
    const migration = await plan('helped', { shadowKey: ['k1'], shadowKeyIndex: 'helper' });
    expect(await verifier(migration).run()).toMatchObject({ complete: true, rowsCompared: 3 });
    // The same set of values under other keys.
    await root.run('UPDATE helped_new SET k1 = 5 - k1 WHERE k1 = 9');
    await root.run('UPDATE helped_new SET k1 = CASE k1 WHEN 2 THEN 103 ELSE 102 END WHERE k1 > 1');
    await root.run('UPDATE helped_new SET k1 = k1 - 100 WHERE k1 > 100');
    const { facts } = await failureOf(verifier(migration).run());
    expect(facts).toMatchObject({ different: ['id=2', 'id=3'], columns: ['v'] });
  });
});

describe('a shadow that follows', () => {
  it('may be behind at first: what the feed brings is no difference', async () => {
    await makePair('behind', 3_000);
    await root.run('DELETE FROM behind_new WHERE id % 100 = 0');
    await root.run("UPDATE behind SET v = 'new' WHERE id % 100 = 1");
    let calls = 0;
    const catchUp = async (): Promise<void> => {
      calls += 1;
      if (calls < 3) return;
      await root.run('REPLACE INTO behind_new SELECT * FROM behind WHERE id % 100 < 2');
    };
    const result = await verifier(await plan('behind', { averageRowBytes: 1_000 }), { catchUp }).run();
    expect(result).toEqual({ complete: true, rowsCompared: 3_000, notCompared: [] });
    expect(calls).toBeGreaterThanOrEqual(3);
  });

  it('may hold a row that is never seen equal because it never rests: it is told, and no failure', async () => {
    await makePair('restless', 10);
    // Before each look the source goes on, and the shadow comes to where the source was.
    const catchUp = async (): Promise<void> => {
      await root.run('REPLACE INTO restless_new SELECT * FROM restless WHERE id = 3');
      await root.run("UPDATE restless SET v = IF(v = 'a', 'b', 'a') WHERE id = 3");
    };
    const result = await verifier(await plan('restless'), { catchUp }).run();
    expect(result).toEqual({
      complete: true,
      rowsCompared: 10,
      notCompared: ['1 rows that changed at every look: id=3'],
    });
  });

  it('is equal under writers that hit some rows all the time, and one wrong row is found among them', async () => {
    await makePair('busy', 20_000);
    const feed = await ModelFeed.start({
      openSession,
      table: `${database}.busy`,
      shadow: `${database}.busy_new`,
      write: (number) => {
        const id = Math.floor(Math.random() * 20_100);
        if (number % 4 === 0) return { keys: [1], sql: `UPDATE ? SET v = '${number}' WHERE id = 1` };
        if (number % 4 === 1) return { keys: [2], sql: `UPDATE ? SET v = IF(v = 'on', 'off', 'on') WHERE id = 2` };
        if (id === 15_000) return undefined;
        if (number % 8 === 2) return { keys: [id], sql: `DELETE FROM ? WHERE id = ${id}` };
        return { keys: [id], sql: `INSERT INTO ? VALUES (${id}, '${number}') ON DUPLICATE KEY UPDATE v = '${number}'` };
      },
    });
    try {
      const migration = await plan('busy', { averageRowBytes: 4_000 });
      const catchUp = (): Promise<void> => feed.catchUp();
      for (let run = 0; run < 3; run += 1) {
        const result = await verifier(migration, { catchUp }).run();
        expect(result.complete).toBe(true);
        expect(result.rowsCompared).toBeGreaterThan(15_000);
        for (const told of result.notCompared) expect(told).toMatch(/^[12] rows that changed at every look: id=[12]/);
      }
      await root.run("UPDATE busy_new SET v = CONCAT(v, ' ') WHERE id = 15000");
      const { facts } = await failureOf(verifier(migration, { catchUp }).run());
      expect(facts).toMatchObject({ keys: ['id=15000'], columns: ['v'] });
      expect(feed.applied).toBeGreaterThan(500);
    } finally {
      await feed.stop();
    }
  });
});

describe('stopping', () => {
  /** Runs a verifier that waits in a statement, since somebody has locked the table, until `interrupt` ends it. */
  async function whileWaiting(name: string, interrupt: () => Promise<void>, signal: AbortSignal): Promise<unknown> {
    await makePair(name, 1_000);
    const migration = await plan(name);
    const locker = await Session.open(inject('stack').commerce.root, dataVariables(conversionOf()));
    opened.length = 0;
    try {
      const running = verifier(migration, {
        // The second part of a chunk's look waits: the transaction is open.
        catchUp: async () => void (await locker.run(`LOCK TABLES ${database}.${name}_new WRITE`)),
        signal,
      }).run();
      const outcome = running.catch((error: unknown) => error);
      while ((await waiting(name)) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await openTransactions()).toBe(2);
      const startedAt = performance.now();
      await interrupt();
      const result = await outcome;
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      // The server's list of transactions is made anew only when nobody has read it for 0.1 s.
      await expect.poll(openTransactions, { timeout: 1_000, interval: 200 }).toBe(0);
      expect(opened.every(({ closed }) => closed)).toBe(true);
      return result;
    } finally {
      await locker.close();
    }
  }

  async function waiting(name: string): Promise<number> {
    const { n } = await root.row<{ n: number }>(
      "SELECT COUNT(*) AS n FROM performance_schema.metadata_locks WHERE object_schema = ? AND object_name = ? AND lock_status = 'PENDING'",
      [database, `${name}_new`],
    );
    return Number(n);
  }

  it('ends statements and transactions at once when the signal is aborted', async () => {
    const abort = new AbortController();
    const result = await whileWaiting('aborted', () => Promise.resolve(abort.abort()), abort.signal);
    expect(result).toMatchObject({ complete: false, notCompared: [] });
  });

  it('tells a lost connection as it is, and ends the other lane', async () => {
    const lose = (): Promise<void> => killConnection(root, opened[1]?.id ?? 0);
    const result = await whileWaiting('lost', lose, new AbortController().signal);
    expect(result).toBeInstanceOf(Error);
    expect(result).not.toBeInstanceOf(SwitchyardError);
  });

  it('compares nothing when it was aborted before', async () => {
    await makePair('not_begun', 10);
    const aborted = AbortSignal.abort();
    expect(await verifier(await plan('not_begun'), { signal: aborted }).run()).toMatchObject({
      complete: false,
      rowsCompared: 0,
    });
  });
});

describe('a handful of keys', () => {
  it('is compared under the table locks, which stay', async () => {
    await root.run('CREATE TABLE locked (id VARCHAR(10) PRIMARY KEY, v JSON, w GEOMETRY)');
    await root.run(
      `INSERT INTO locked VALUES ('a', '{"x": 1}', NULL), ('b', '[1]', POINT(1, 2)), ('c', '2', NULL), ('d', '3', NULL)`,
    );
    await root.run('CREATE TABLE locked_new LIKE locked');
    await root.run("INSERT INTO locked_new SELECT * FROM locked WHERE id <> 'c'");
    await root.run(`UPDATE locked_new SET v = '{"x": 2}' WHERE id = 'a'`);
    await root.run("INSERT INTO locked_new VALUES ('e', '4', NULL)");
    const migration = await plan('locked');
    const locked = await openSession();
    const other = await openSession();
    try {
      await locked.run('SET autocommit = 0');
      await locked.run(`LOCK TABLES ${database}.locked WRITE, ${database}.locked_new WRITE`);
      // In every spelling that the feed may have seen.
      const keys = ['61', '41', '62', '63', '64', '65', '78'].map((hex) => [hex]);
      expect(await differingKeys(locked, migration, keys)).toEqual([
        { kind: 'different', key: ['61'], columns: ['v'] },
        { kind: 'missing', key: ['63'] },
        { kind: 'extra', key: ['65'] },
      ]);
      expect(await differingKeys(locked, migration, [])).toEqual([]);
      await other.run('SET SESSION lock_wait_timeout = 1');
      await expect(other.run(`DELETE FROM ${database}.locked`)).rejects.toThrow(/Lock wait timeout/);
    } finally {
      await locked.close();
      await other.close();
    }
  });
});
