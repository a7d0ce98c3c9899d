/**
 * Duplicates that nobody has (P5): clients swap unique values between rows, so that there never are two rows with one, and
 * a copy that is late by a moment has them all the time. For every kind of unique index there is.
 */
import { inject, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../../../src/errors/switchyard-error.js';
import { withSession, Session } from '../../../../src/mysql/server/session/session.js';
import { DataPlane } from '../../../support/data-plane.js';
import { uniqueName } from '../../../support/migration-test.js';
import { Moving } from '../../move/moving.js';

const indexes = {
  'a column': 'email VARCHAR(80), UNIQUE KEY e (email)',
  'an expression': 'email VARCHAR(80), UNIQUE KEY e ((LOWER(email)))',
  'two expressions': "email VARCHAR(80), UNIQUE KEY e ((CONCAT(LEFT(email, 1), '-')), (SUBSTR(email, 2)) DESC)",
  'a prefix of text': 'email VARCHAR(80), UNIQUE KEY e (email(40))',
  'a prefix of bytes': 'email BLOB, UNIQUE KEY e (email(20))',
  'a virtual column': 'email VARCHAR(80), v VARCHAR(80) AS (UPPER(email)) VIRTUAL, UNIQUE KEY e (v)',
  'a stored column': 'email VARCHAR(80), v CHAR(80) AS (LOWER(email)) STORED, UNIQUE KEY e (v)',
  'the elements of an array': `email VARCHAR(80), list JSON AS (IF(email IS NULL, NULL, JSON_ARRAY(email, CONCAT(email, '!')))) STORED,
     UNIQUE KEY e ((CAST(list AS CHAR(90) ARRAY)))`,
} as const;

const rows = 60;
const database = uniqueName('swaps');
const root = (): ReturnType<typeof inject<'stack'>>['commerce']['root'] => inject('stack').commerce.root;

beforeAll(() =>
  withSession(root(), { autocommit: 1 }, async (session) => void (await session.run(`CREATE DATABASE ${database}`))),
);
afterAll(() =>
  withSession(root(), { autocommit: 1 }, async (session) => void (await session.run(`DROP DATABASE ${database}`))),
);

function statementsOf(table: string, columns: string): readonly string[] {
  return [
    `CREATE TABLE ${table} (id INT PRIMARY KEY, ${columns})`,
    `INSERT INTO ${table} (id, email) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
       SELECT i, CONCAT(IF(i % 2, 'u', 'U'), i, '@x') FROM n`,
  ];
}

/** Swaps two values in each transaction, until it is stopped. */
class Swapping {
  readonly #stop = new AbortController();
  readonly #clients: readonly Promise<number>[];

  constructor(open: () => Promise<Session>, table: string, clients = 3) {
    this.#clients = Array.from({ length: clients }, () => this.#swap(open, table));
  }

  async #swap(open: () => Promise<Session>, table: string): Promise<number> {
    const session = await open();
    let swaps = 0;
    while (!this.#stop.signal.aborted) {
      const [one, other] = [1 + Math.floor(Math.random() * rows), 1 + Math.floor(Math.random() * rows)].sort(
        (a, b) => a - b,
      );
      if (one === other) continue;
      try {
        await session.run('START TRANSACTION');
        const found = await session.rows<{ id: number; email: string }>(
          `SELECT id, CAST(email AS CHAR) AS email FROM ${table} WHERE id IN (${one}, ${other}) ORDER BY id FOR UPDATE`,
        );
        await session.run(`UPDATE ${table} SET email = NULL WHERE id = ?`, [found[0]?.id ?? 0]);
        await session.run(`UPDATE ${table} SET email = ? WHERE id = ?`, [found[0]?.email ?? '', found[1]?.id ?? 0]);
        await session.run(`UPDATE ${table} SET email = ? WHERE id = ?`, [found[1]?.email ?? '', found[0]?.id ?? 0]);
        await session.run('COMMIT');
        swaps += 1;
      } catch {
        await session.run('ROLLBACK');
      }
    }
    await session.close();
    return swaps;
  }

  async stop(): Promise<number> {
    this.#stop.abort();
    return (await Promise.all(this.#clients)).reduce((sum, swaps) => sum + swaps, 0);
  }
}

describe('unique values that swap', () => {
  it.concurrent.each(Object.entries(indexes))('are no duplicates in %s', async (name, columns) => {
    const table = `t${Object.keys(indexes).indexOf(name)}`;
    const open = (): Promise<Session> => Session.open(root(), { autocommit: 1 });
    const session = await open();
    await session.run(`USE ${database}`);
    for (const statement of statementsOf(table, columns)) await session.run(statement);
    const swapping = new Swapping(open, `${database}.${table}`);
    const migration = new DataPlane(inject('stack').commerce.switchyard);
    try {
      await migration.prepare(database, `ALTER TABLE ${table} ADD COLUMN x INT`);
      await migration.reach('copied');
      await migration.reach('indexed');
      await migration.follow(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
    } finally {
      expect(await swapping.stop()).toBeGreaterThan(20);
    }
    await migration.reach('verified');
    await migration.cutOver();
    await session.close();
  });
});

const unique = [...['(email)', '((LOWER(email)))', '(email(10))', '((CAST(JSON_ARRAY(id, email) AS CHAR(90) ARRAY)))']];

describe('two rows that have one unique value', () => {
  it('are told by the key of one of them, before and after the index is there', async () => {
    const session = await Session.open(root(), { autocommit: 1 });
    await session.run(`USE ${database}`);
    for (const [number, parts] of unique.entries()) {
      const table = `true${number}`;
      await session.run(`CREATE TABLE ${table} (id INT PRIMARY KEY, email VARCHAR(80))`);
      await session.run(`INSERT INTO ${table} VALUES (501, 'one'), (502, 'two'), (503, 'one')`);
      const statement = `ALTER TABLE ${table} ADD UNIQUE KEY e ${parts}`;
      const told = { code: 'DUPLICATE_FOR_UNIQUE_KEY', facts: { column: 'of unique key e', key: 'id=503' } };
      expect(await refusalOf(statement, () => Promise.resolve()), parts).toMatchObject(told);
      await session.run(`UPDATE ${table} SET email = 'three' WHERE id = 503`);
      const late = async (): Promise<void> =>
        void (await session.run(`UPDATE ${table} SET email = 'one' WHERE id = 503`));
      expect(await refusalOf(statement, late), parts).toMatchObject({
        ...told,
        facts: { column: 'of unique key e', key: expect.stringMatching(/^id=50[13]$/) as string },
      });
    }
    await session.close();
  });
});

/** @param late what happens once the indexes are there. */
async function refusalOf(statement: string, late: () => Promise<void>): Promise<SwitchyardError> {
  const migration = new DataPlane(inject('stack').commerce.switchyard);
  try {
    await migration.prepare(database, statement);
    await migration.reach('copied');
    await migration.reach('indexed');
    await late();
    await migration.reach('verified');
  } catch (error) {
    if (error instanceof SwitchyardError) return error;
    throw error;
  } finally {
    await migration.remove();
  }
  throw new Error(`it was not refused: ${statement}`);
}

describe('unique values that swap while the table moves', () => {
  it('are no duplicates', async () => {
    const names = Object.keys(indexes).map((_name, number) => `t${number}`);
    const columns = Object.values(indexes);
    const moving = await Moving.open(...names.flatMap((name, number) => statementsOf(name, columns[number] ?? '')));
    try {
      await moving.prepare({ deferSecondaryIndexes: false });
      const swapping = names.map((name) => new Swapping(() => moving.root('source'), name, 1));
      await moving.synchronise('copied');
      await moving.synchronise('indexed');
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 3_000);
      await moving.synchronise('follow', { signal: stop.signal });
      for (const one of swapping) expect(await one.stop()).toBeGreaterThan(5);
      expect(await moving.synchronise('verified')).toMatchObject({ outcome: 'reached' });
      for (const name of names) {
        expect(await moving.contents('target', name)).toEqual(await moving.contents('source', name));
      }
    } finally {
      await moving.close();
    }
  });
});
