/**
 * Tables at the limits of the server: what we add for a while (helper columns and their index, the marker) has no room in
 * some of them. Each is migrated as the server does it, or refused by name before anything is copied.
 */
import { inject, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';
import { showCreateTable } from '../../../src/mysql/server/introspect/load-table.js';
import { withSession } from '../../../src/mysql/server/session/session.js';
import { quoteIdentifier as quote, quoteTable } from '../../../src/schema/identifier.js';
import { DataPlane } from '../../support/data-plane.js';
import { uniqueName } from '../../support/migration-test.js';

const database = `${uniqueName('limits')} ${'Ü'.repeat(64)}`.slice(0, 64);
const longest = (letter: string, number = 0): string => letter.repeat(62) + String(number + 10);

beforeAll(() => run([`CREATE DATABASE ${quote(database)}`]));
afterAll(() => run([`DROP DATABASE ${quote(database)}`]));

async function run(statements: readonly string[]): Promise<void> {
  await withSession(inject('stack').commerce.root, { autocommit: 1 }, async (session) => {
    for (const statement of statements) await session.run(statement);
  });
}

const list = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_none, index) => item(index)).join(', ');

interface Limit {
  readonly columns: string;
  /** What can be done to it. */
  readonly done?: string;
  /** What needs helper columns, for which there is no room. */
  readonly refused?: string;
  readonly problem?: string;
}

const limits: Readonly<Record<string, Limit>> = {
  '64 indexes': {
    columns: `id VARCHAR(20) PRIMARY KEY, ${list(63, (index) => `c${index} INT, KEY ${longest('k', index)} (c${index})`)}`,
    done: 'ADD COLUMN x INT',
    refused: 'MODIFY id VARCHAR(10)',
    problem: 'the table has 64 indexes already',
  },
  '1017 columns': {
    columns: `id VARCHAR(20) PRIMARY KEY, ${list(1016, (index) => `c${index} INT`)}`,
    done: 'MODIFY c7 BIGINT',
    refused: 'MODIFY id VARCHAR(10)',
    problem: 'Too many columns',
  },
  'rows of 65535 bytes': {
    columns: 'id VARCHAR(20) PRIMARY KEY, c VARCHAR(65410) CHARACTER SET latin1',
    done: 'ADD COLUMN x TINYINT',
    refused: 'MODIFY id VARCHAR(19)',
    problem: 'Row size too large',
  },
  'an index that is called like ours': {
    columns: 'id VARCHAR(20) PRIMARY KEY, c INT, KEY _SW_key (c)',
    done: 'ADD COLUMN x INT',
    refused: 'MODIFY id VARCHAR(10)',
    problem: 'an index is called _sw_key already',
  },
  'a key of 16 columns': {
    columns: `${list(16, (index) => `${longest('c', index)} VARCHAR(8) NOT NULL`)}, PRIMARY KEY (${list(16, (index) => longest('c', index))})`,
    done: `MODIFY ${longest('c', 3)} VARCHAR(6) NOT NULL`,
  },
  'a key of 3072 bytes': { columns: 'id VARCHAR(768) PRIMARY KEY', done: 'MODIFY id VARCHAR(700)' },
  'names of 64 characters': {
    columns: `id INT, c INT, ${longest('n')} INT AS (c + 1), PRIMARY KEY (id), UNIQUE KEY ${longest('u')} (id, c),
      CONSTRAINT ${longest('x')} CHECK (c < 100)) COMMENT='two spaces  '
      PARTITION BY RANGE (id) (PARTITION ${longest('p')} VALUES LESS THAN (1000), PARTITION ${longest('p', 1)} VALUES LESS THAN MAXVALUE`,
    done: `ADD COLUMN ${longest('m')} INT COMMENT ' ', ADD CONSTRAINT ${longest('y')} CHECK (c < 200)`,
  },
};

describe('a table with', () => {
  it.each(Object.entries(limits))('%s', async (name, { columns, done, refused, problem }) => {
    const table = { database, table: longest('t', Object.keys(limits).indexOf(name)) };
    await run([
      `USE ${quote(database)}`,
      `CREATE TABLE ${quoteTable(table)} (${columns})`,
      name.includes('16') ? 'DO 0' : `INSERT INTO ${quoteTable(table)} (id) VALUES (1), (2)`,
    ]);
    if (refused !== undefined) {
      const failure: unknown = await migrate(`ALTER TABLE ${quoteTable(table)} ${refused}`).catch((e: unknown) => e);
      if (!(failure instanceof SwitchyardError)) throw failure;
      expect(failure).toMatchObject({
        code: 'HELPER_NOT_POSSIBLE',
        facts: { problem: expect.stringContaining(problem ?? '') as string },
      });
    }
    if (done === undefined) return;
    const before = await definition(table.table);
    await migrate(`ALTER TABLE ${quoteTable(table)} ${done}`);
    const after = await definition(table.table);
    // The names of CHECK constraints are the database's: the judge is made when the table is gone.
    await run([
      `USE ${quote(database)}`,
      `DROP TABLE ${quoteTable(table)}`,
      before,
      `ALTER TABLE ${quoteTable(table)} ${done}, ALGORITHM=COPY`,
    ]);
    expect(after).toBe(await definition(table.table));
  });
});

async function definition(table: string): Promise<string> {
  return withSession(inject('stack').commerce.root, { autocommit: 1 }, (session) =>
    showCreateTable(session, { database, table }),
  );
}

async function migrate(statement: string): Promise<void> {
  const migration = new DataPlane(inject('stack').commerce.switchyard);
  try {
    await migration.prepare(database, statement);
    await migration.reach('copied');
    await migration.reach('indexed');
    await migration.reach('verified');
    await migration.cutOver(10);
    await migration.dropRetained();
  } catch (error) {
    await migration.remove();
    throw error;
  }
}
