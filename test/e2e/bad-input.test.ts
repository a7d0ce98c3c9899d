/**
 * Mistakes of people and of data: each fails with its code, a remedy, and nothing left behind. (Settings of the server and
 * missing privileges are tested with the preflight, test/mysql/preflight.)
 */
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MigrationTest, uniqueName } from '../support/migration-test.js';
import type { Session } from '../../src/mysql/server/session/session.js';

const test = new MigrationTest({ rows: 1_000 });
let root: Session;

beforeAll(async () => {
  await test.open();
  await test.startWorker();
  root = await test.rootSession();
  for (const sql of setUp) await root.run(sql.replaceAll('{db}', test.database));
});

afterAll(async () => {
  await root.close();
  await test.close();
});

const setUp = [
  'CREATE VIEW {db}.orders_view AS SELECT * FROM {db}.orders',
  'CREATE TABLE {db}.no_key (a INT, KEY (a))',
  'CREATE TABLE {db}.float_key (a FLOAT NOT NULL PRIMARY KEY)',
  'CREATE TABLE {db}.parent (id INT PRIMARY KEY)',
  'CREATE TABLE {db}.child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES {db}.parent (id))',
  'CREATE TABLE {db}.with_trigger (id INT PRIMARY KEY, a INT)',
  'CREATE TRIGGER {db}.a_trigger BEFORE INSERT ON {db}.with_trigger FOR EACH ROW SET NEW.a = 1',
  'CREATE TABLE {db}.myisam (id INT PRIMARY KEY) ENGINE=MyISAM',
  `CREATE TABLE {db}.data (id INT PRIMARY KEY, email VARCHAR(40) CHARACTER SET utf8mb4, n INT NULL, big BIGINT, doc TEXT, d VARCHAR(20))`,
  `INSERT INTO {db}.data SELECT n, CONCAT('u', n, '@example.org'), n, n, '{"a":1}', '2026-01-01' FROM (
     WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) x`,
  `UPDATE {db}.data SET email = 'a rather long 顧客 address', n = NULL, big = 5000000000, doc = 'no json', d = 'no date' WHERE id = 777`,
  `INSERT INTO {db}.data VALUES (901, 'u5@example.org', 5, 5, '{}', '2026-01-02')`,
];

/** What the workflow failed with. */
async function failureOf(input: unknown): Promise<ApplicationFailure> {
  const handle = await test.client.workflow.start('onlineDdl', {
    taskQueue: test.taskQueue,
    workflowId: uniqueName('bad'),
    args: input === undefined ? [] : [input],
  });
  const error: unknown = await handle.result().then(
    (result: unknown) => result,
    (failure: unknown) => failure,
  );
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error(`it did not fail: ${JSON.stringify(error)}`);
}

function alter(statement: string, options: object = {}): object {
  return { cluster: 'commerce', database: test.database, statement, options };
}

async function leftovers(): Promise<unknown[]> {
  const rows = await root.rows<{ left: string }>(
    `SELECT table_name AS \`left\` FROM information_schema.tables WHERE table_schema = ? AND LEFT(table_name, 4) = '_sw_'
     UNION ALL SELECT operation_id FROM _switchyard.table_locks WHERE database_name = ?
     UNION ALL SELECT table_name FROM _switchyard.owned_tables WHERE database_name = ?
     UNION ALL SELECT operation_id FROM _switchyard.operations WHERE database_name = ? AND state = 'open'`,
    [test.database, test.database, test.database, test.database],
  );
  return [...rows];
}

afterEach(async () => {
  // The sidecar is made by the first operation that gets beyond its checks.
  const [sidecar] = await root.rows(`SELECT 1 FROM information_schema.tables WHERE table_schema = '_switchyard'
    AND table_name = 'audit_log'`);
  if (sidecar !== undefined) expect(await leftovers()).toEqual([]);
});

interface BadInput {
  readonly name: string;
  readonly input: () => unknown;
  readonly code: string;
  /** Words that the message must have. */
  readonly says: readonly string[];
}

const inputs: readonly BadInput[] = [
  { name: 'no input at all', input: () => undefined, code: 'INVALID_INPUT', says: ['has to be an object'] },
  { name: 'a missing field', input: () => ({ cluster: 'commerce' }), code: 'INVALID_INPUT', says: ['database'] },
  {
    name: 'an unknown option',
    input: () => alter('ALTER TABLE orders FORCE', { lockTimeout: 5 }),
    code: 'INVALID_INPUT',
    says: ['lockTimeout'],
  },
  ...(['foreignKeys', 'allowNonRevertible'] as const).map((option) => ({
    name: `the option ${option}, which is not built`,
    input: () => alter('ALTER TABLE orders FORCE', { [option]: true }),
    code: 'NOT_BUILT_YET',
    says: [option],
  })),
  ...(['backoff', 'forceAfter'] as const).map((option) => ({
    name: `the option cutOver.${option}, which is not built`,
    input: () => alter('ALTER TABLE orders FORCE', { cutOver: { [option]: 1 } }),
    code: 'NOT_BUILT_YET',
    says: [option],
  })),
  {
    name: 'a window in a zone that no worker knows',
    input: () => {
      const window = [{ from: '02:00', to: '04:00', timeZone: 'Europe/Berlim' }];
      return alter('ALTER TABLE orders FORCE', { cutOver: { window } });
    },
    code: 'INVALID_INPUT',
    says: ['options.cutOver.window', 'Europe/Berlim'],
  },
  {
    name: 'the option algorithm, which is not built',
    input: () => alter('ALTER TABLE orders FORCE', { algorithm: 'instant' }),
    code: 'NOT_BUILT_YET',
    says: ['algorithm', 'copies its table'],
  },
  {
    name: 'an unknown cluster',
    input: () => ({ cluster: 'comerce', database: 'shop', statement: 'ALTER TABLE t FORCE' }),
    code: 'UNKNOWN_CLUSTER',
    says: ['comerce', 'commerce'],
  },
  {
    name: 'an unknown database',
    input: () => ({ cluster: 'commerce', database: 'nowhere', statement: 'ALTER TABLE orders FORCE' }),
    code: 'UNKNOWN_TABLE',
    says: ['nowhere.orders'],
  },
  { name: 'an unknown table', input: () => alter('ALTER TABLE oders FORCE'), code: 'UNKNOWN_TABLE', says: ['oders'] },
  { name: 'no ALTER', input: () => alter('UPDATE orders SET id = 1'), code: 'NOT_ONE_ALTER', says: ['UPDATE'] },
  {
    name: 'two statements',
    input: () => alter('ALTER TABLE orders FORCE; DROP TABLE orders'),
    code: 'NOT_ONE_ALTER',
    says: [],
  },
  {
    name: 'DROP TABLE',
    input: () => alter('DROP TABLE orders'),
    code: 'STATEMENT_NOT_BUILT_YET',
    says: ['DROP TABLE', 'ALTER TABLE'],
  },
  {
    name: 'CREATE TABLE',
    input: () => alter('CREATE TABLE x (a INT)'),
    code: 'STATEMENT_NOT_BUILT_YET',
    says: ['CREATE TABLE', 'ALTER TABLE'],
  },
  {
    name: 'a syntax error',
    input: () => alter('ALTER TABLE orders ADD COLUMN x INTEGR NOT NULL'),
    code: 'STATEMENT_REFUSED',
    says: ["near 'INTEGR NOT NULL'", 'line 1'],
  },
  {
    name: 'a column that is not there',
    input: () => alter('ALTER TABLE orders DROP COLUMN nothing'),
    code: 'STATEMENT_REFUSED',
    says: ['nothing'],
  },
  {
    name: 'a view',
    input: () => alter('ALTER TABLE orders_view FORCE'),
    code: 'VIEW_NOT_TABLE',
    says: ['orders_view'],
  },
  { name: 'no key', input: () => alter('ALTER TABLE no_key FORCE'), code: 'NO_USABLE_KEY', says: ['no_key'] },
  {
    name: 'a FLOAT key',
    input: () => alter('ALTER TABLE float_key FORCE'),
    code: 'NO_USABLE_KEY',
    says: ['primary key'],
  },
  {
    name: 'a child of a foreign key',
    input: () => alter('ALTER TABLE child FORCE'),
    code: 'NOT_BUILT_YET',
    says: ['foreign key'],
  },
  {
    name: 'a parent of a foreign key',
    input: () => alter('ALTER TABLE parent FORCE'),
    code: 'NOT_BUILT_YET',
    says: ['foreign key'],
  },
  {
    name: 'a trigger',
    input: () => alter('ALTER TABLE with_trigger FORCE'),
    code: 'NOT_BUILT_YET',
    says: ['a_trigger'],
  },
  {
    name: 'another engine',
    input: () => alter('ALTER TABLE myisam FORCE'),
    code: 'ENGINE_NOT_INNODB',
    says: ['MyISAM'],
  },
];

const data: readonly BadInput[] = [
  {
    name: 'NULLs for NOT NULL',
    input: () => alter('ALTER TABLE data MODIFY n INT NOT NULL'),
    code: 'DATA_NOT_CONVERTIBLE',
    says: ['NULL', 'column n', 'id=777'],
  },
  {
    name: 'values too long',
    input: () => alter('ALTER TABLE data MODIFY email VARCHAR(20) CHARACTER SET utf8mb4'),
    code: 'DATA_NOT_CONVERTIBLE',
    says: ['too long', 'column email', 'id=777'],
  },
  {
    name: 'values out of range',
    input: () => alter('ALTER TABLE data MODIFY big INT'),
    code: 'DATA_NOT_CONVERTIBLE',
    says: ['range', 'column big', 'id=777'],
  },
  {
    name: 'bad JSON',
    input: () => alter('ALTER TABLE data MODIFY doc JSON'),
    code: 'DATA_NOT_CONVERTIBLE',
    says: ['JSON', 'column doc', 'id=777'],
  },
  {
    name: 'text that is no date',
    input: () => alter('ALTER TABLE data MODIFY d DATE'),
    code: 'DATA_NOT_CONVERTIBLE',
    says: ['column d', 'id=777'],
  },
  {
    name: 'text that does not convert',
    input: () => alter('ALTER TABLE data MODIFY email VARCHAR(40) CHARACTER SET latin1'),
    code: 'DATA_NOT_CONVERTIBLE',
    says: ['column email', 'id=777'],
  },
  {
    name: 'a CHECK that rows violate',
    input: () => alter('ALTER TABLE data ADD CHECK (big < 1000000)'),
    code: 'DATA_NOT_CONVERTIBLE',
    says: ['CHECK', 'id=777'],
  },
  {
    name: 'duplicates for a new UNIQUE key',
    input: () => alter('ALTER TABLE data ADD UNIQUE KEY only_one (email)'),
    code: 'DUPLICATE_FOR_UNIQUE_KEY',
    says: ['only_one', 'id='],
  },
];

describe('a mistake', () => {
  it.each(inputs)('$name is refused by name and leaves nothing', async ({ input, code, says }) => {
    const failure = await failureOf(input());
    expect(failure.type).toBe(code);
    expect((failure.details?.[0] as { remedy?: string }).remedy).toBeTruthy();
    for (const words of says) expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('_sw_');
  });
});

describe('data that the new definition does not take', () => {
  it.each(data)(
    '$name: the column and a key are named, the table is untouched and writable',
    async ({ input, code, says }) => {
      const before = await root.row('CHECKSUM TABLE {db}.data'.replace('{db}', test.database));
      const failure = await failureOf(input());
      expect([failure.type, failure.message]).toEqual([code, expect.any(String)]);
      for (const words of says) expect(failure.message).toContain(words);
      expect(await root.row(`CHECKSUM TABLE ${test.database}.data`)).toEqual(before);
      const { affectedRows } = await root.run(`UPDATE ${test.database}.data SET n = n + 0, big = big WHERE id = 1`);
      expect(affectedRows).toBeGreaterThanOrEqual(0);
      await root.run(`INSERT INTO ${test.database}.data (id) VALUES (100000)`);
      await root.run(`DELETE FROM ${test.database}.data WHERE id = 100000`);
    },
  );
});

describe('two operations on one table', () => {
  it('are refused by the lock row, naming the first', async () => {
    const first = await test.start({ postponeCompletion: true });
    await test.untilPhase('postponed');
    const failure = await failureOf(alter('ALTER TABLE orders FORCE'));
    expect(failure.type).toBe('TABLE_BUSY');
    expect(failure.message).toContain(first.workflowId);
    expect(await test.command('cancel')).toMatchObject({ outcome: expect.stringMatching(/done|accepted/) as string });
    expect(await test.result()).toMatchObject({ outcome: 'cancelled' });
  });
});
