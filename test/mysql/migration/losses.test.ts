/**
 * What a statement takes away, by the definitions that a server makes of it, and whether the server is as silent about
 * it as is said: what `destroys` is written and comes out as something else, what `narrows` is refused, everything else
 * comes out as it was.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lossEffects } from '../../../src/domain/loss.js';
import { makeEmptyCopy } from '../../../src/mysql/migration/empty-copy.js';
import { loadTable } from '../../../src/mysql/server/introspect/load-table.js';
import { serverErrorNumber } from '../../../src/mysql/server/session/server-errors.js';
import { Session } from '../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../src/mysql/server/session/variables.js';
import { parseAlter } from '../../../src/schema/alter-statement.js';
import { mapColumns } from '../../../src/schema/column-mapping.js';
import { findLosses } from '../../../src/schema/losses/find-losses.js';
import { DataPlane } from '../../support/data-plane.js';
import { uniqueName } from '../../support/migration-test.js';

const database = uniqueName('losses');
/** Where the empty copies are, under the names of their tables, so that constraints keep their names. */
const copies = `${database}_copies`;
let root: Session;
beforeAll(async () => {
  root = await Session.open(inject('stack').commerce.root, controlVariables);
  for (const name of [database, copies]) await root.run(`CREATE DATABASE ${name}`);
  await root.run(`USE ${database}`);
});
afterAll(async () => {
  for (const name of [database, copies]) await root.run(`DROP DATABASE ${name}`);
  await root.close();
});

/** The statement on an empty copy, and what it takes away. */
async function lossesOf(table: string, clauses: string): Promise<readonly string[]> {
  const copy = { database: copies, table };
  const source = await loadTable(root, { database, table });
  await makeEmptyCopy(root, source, copy);
  const { clauses: read } = parseAlter(`ALTER TABLE ${table} ${clauses}`, { database, ansiQuotes: false });
  await root.run(`ALTER TABLE ${copies}.${table} ${clauses}`);
  const altered = await loadTable(root, copy);
  const losses = findLosses({
    ...{ source, altered, mapping: mapColumns(source, altered, read) },
    constraintNames: new Map(),
  });
  return losses.map(({ code, name }) => `${code} ${name}`);
}

/** A value of the type, and what it loses in the other one; or how the same value is written there. */
const values: readonly (readonly [
  from: string,
  to: string,
  value: string,
  code: keyof typeof lossEffects | null,
  same?: string,
])[] = [
  ['INT', 'BIGINT', '-2147483648', null],
  ['BIGINT', 'INT', '2147483648', 'RANGE_SMALLER'],
  ['INT', 'INT UNSIGNED', '-1', 'RANGE_SMALLER'],
  ['DECIMAL(10,4)', 'DECIMAL(10,2)', '1.2345', 'PRECISION_LOWER'],
  ['DECIMAL(10,2)', 'DECIMAL(12,4)', '99999999.99', null, '99999999.9900'],
  ['DECIMAL(10,2)', 'INT', '1.25', 'PRECISION_LOWER'],
  ['DECIMAL(15,2)', 'DOUBLE', '1234567890123.45', null],
  ['DECIMAL(18,2)', 'DOUBLE', '1234567890123456.78', 'PRECISION_LOWER'],
  ['BIGINT', 'DOUBLE', '9007199254740993', 'PRECISION_LOWER'],
  ['INT', 'FLOAT', '123456789', 'PRECISION_LOWER'],
  ['SMALLINT', 'FLOAT', '-32768', null],
  ['BIT(8)', 'TINYINT', "b'11111111'", 'RANGE_SMALLER'],
  ['SMALLINT', 'YEAR', '3000', 'RANGE_SMALLER'],
  ['INT', 'VARCHAR(11)', '-2147483648', null],
  ['INT', 'VARCHAR(10)', '-2147483648', 'LENGTH_SHORTER'],
  ['VARCHAR(9)', 'INT', "'007'", 'TYPE_CHANGED'],
  ['VARCHAR(20)', 'VARCHAR(10)', "'12345678901'", 'LENGTH_SHORTER'],
  ['VARCHAR(10)', 'CHAR(10)', "'a  '", 'TRAILING_SPACES_DROPPED'],
  ['VARCHAR(64)', 'TINYTEXT', "REPEAT('😀', 64)", 'LENGTH_SHORTER'],
  ['VARCHAR(63)', 'TINYTEXT', "REPEAT('😀', 63)", null],
  ['VARCHAR(9)', 'VARCHAR(9) CHARACTER SET utf8mb3', "'😀'", 'CHARSET_SMALLER'],
  ['VARCHAR(9) CHARACTER SET latin1', 'VARCHAR(9) CHARACTER SET utf8mb3', "'ÿ€'", null],
  ['VARBINARY(9)', 'VARCHAR(9)', "x'ff'", 'CHARSET_SMALLER'],
  ['TEXT', 'JSON', `'{"b":1,  "a":2}'`, 'TYPE_CHANGED'],
  ['JSON', 'LONGTEXT', `'{"a": 2}'`, null],
  ["ENUM('a','b')", "ENUM('c','a','b')", "'b'", null],
  ["ENUM('a','b')", "ENUM('b')", "'a'", 'LABELS_REMOVED'],
  ["SET('a','b')", 'VARCHAR(3)', "'a,b'", null],
  ["SET('a','b')", 'VARCHAR(2)', "'a,b'", 'LENGTH_SHORTER'],
  ['DATETIME(6)', 'DATETIME', "'2026-11-30 12:00:00.25'", 'PRECISION_LOWER'],
  ['DATETIME', 'DATE', "'2026-11-30 12:00:00'", 'PRECISION_LOWER'],
  ['DATETIME', 'TIME', "'2026-11-30 12:00:00'", 'PRECISION_LOWER'],
  ['DATETIME', 'TIMESTAMP', "'2040-01-01 00:00:00'", 'RANGE_SMALLER'],
  ['DATE', 'DATETIME', "'2026-11-30'", null, '2026-11-30 00:00:00'],
  ['DATETIME(3)', 'VARCHAR(19)', "'2026-11-30 12:00:00.250'", 'LENGTH_SHORTER'],
  ['GEOMETRY', 'POINT', "ST_GeomFromText('LINESTRING(0 0, 1 1)')", 'SUBTYPE_SMALLER'],
];

describe('Values', () => {
  it('are lost as is said', async () => {
    const of = (kind: 0 | 1): string => values.map((one, at) => `c${at} ${one[kind]} NULL`).join(', ');
    await root.run(`CREATE TABLE v (id INT NOT NULL PRIMARY KEY, ${of(0)}) DEFAULT CHARSET utf8mb4`);
    const modified = values.map(([, to], at) => `MODIFY c${at} ${to} NULL`).join(', ');
    const expected = values.flatMap(([, , , code], at) => (code === null ? [] : [`${code} c${at}`]));
    expect(await lossesOf('v', modified)).toEqual(expected);
    const outcomes: string[] = [];
    for (const [at, [from, to, value, , same]] of values.entries()) {
      await root.run(`INSERT INTO v (id, c${at}) VALUES (${at}, ${value})`);
      outcomes.push(`${from} to ${to}: ${await outcomeOf(at, same)}`);
    }
    const said = values.map(([from, to, , code]) => `${from} to ${to}: ${code === null ? 'keeps' : lossEffects[code]}`);
    expect(outcomes).toEqual(said);
  });

  async function outcomeOf(at: number, same: string | undefined): Promise<string> {
    try {
      await root.run(`INSERT INTO ${copies}.v (id, c${at}) SELECT id, c${at} FROM v WHERE id = ${at}`);
    } catch (error) {
      expect(serverErrorNumber(error)).toBeDefined();
      return 'narrows';
    }
    const text = `CONVERT(CAST(c${at} AS CHAR) USING utf8mb4)`;
    const [before, after] = await Promise.all(
      ['v', `${copies}.v`].map((name) =>
        root.row<{ value: string }>(`SELECT ${text} AS value FROM ${name} WHERE id = ${at}`),
      ),
    );
    return after?.value === (same ?? before?.value) ? 'keeps' : 'destroys';
  }
});

const definition = `(
  id INT NOT NULL AUTO_INCREMENT, a INT NOT NULL DEFAULT 0, b VARCHAR(20) NULL, c VARCHAR(20) COLLATE utf8mb4_bin NOT NULL,
  d VARCHAR(9) NULL, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  e ENUM('x','😀','🎉') NOT NULL DEFAULT 'x', f ENUM('x','y') NULL,
  s INT AS (a + 1) STORED, t INT AS (a + 1) STORED, v INT AS (a + 1) VIRTUAL, w INT AS (a + 1) VIRTUAL,
  PRIMARY KEY (id), UNIQUE KEY c (c), KEY ab (a, b), KEY d (d, a), KEY twice ((a * 2)), KEY at (at),
  CHECK (a >= 0), CONSTRAINT tiny CHECK (a < 100), CONSTRAINT big CHECK (a <> 50))`;

/** Each of many clauses; what belongs together is in one statement, which costs one table. */
const statements: readonly (readonly [clauses: string, losses: readonly string[]])[] = [
  [
    `ADD COLUMN n INT, RENAME COLUMN b TO bb, ADD COLUMN b INT, DROP KEY c, ADD UNIQUE KEY cc (c), RENAME KEY twice TO two,
     DROP KEY at, ADD KEY atd (at, d), MODIFY w INT AS (a + 2) VIRTUAL, MODIFY d VARCHAR(10), DROP CHECK big, ADD CHECK (a <> 50)`,
    [],
  ],
  [
    `CHANGE b bb VARCHAR(10), ALTER a DROP DEFAULT, MODIFY id INT NOT NULL, DROP COLUMN d, DROP COLUMN v,
     MODIFY at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, MODIFY c VARCHAR(20) COLLATE utf8mb4_0900_ai_ci NOT NULL,
     MODIFY e ENUM('x','😀') NOT NULL, MODIFY f ENUM('y','x') NOT NULL, MODIFY s INT AS (a + 2) STORED, MODIFY t INT,
     DROP KEY twice, DROP KEY ab, ADD KEY ab (a, bb(9)), DROP CHECK statements_chk_1, ALTER CHECK tiny NOT ENFORCED`,
    [
      ...['AUTO_INCREMENT_TAKEN_AWAY id', 'DEFAULT_TAKEN_AWAY a', 'LENGTH_SHORTER b', 'COLLATION_CHANGED c'],
      ...['COLUMN_DROPPED d', 'ON_UPDATE_TAKEN_AWAY at', 'LABELS_REMOVED e', 'DEFAULT_TAKEN_AWAY e'],
      ...['LABELS_REORDERED f', 'NULL_TAKEN_AWAY f', 'GENERATED_VALUES_CHANGE s', 'GENERATION_TAKEN_AWAY t'],
      ...['COLUMN_DROPPED v', 'INDEX_DROPPED ab', 'INDEX_DROPPED d', 'INDEX_DROPPED twice'],
      ...['CHECK_DROPPED statements_chk_1', 'CHECK_DROPPED tiny'],
    ],
  ],
  ['DROP KEY c, DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)', ['PRIMARY_KEY_DROPPED PRIMARY', 'UNIQUE_DROPPED c']],
  [
    'CONVERT TO CHARACTER SET latin1',
    [
      ...['CHARSET_SMALLER b', 'CHARSET_SMALLER c', 'COLLATION_CHANGED c', 'CHARSET_SMALLER d'],
      // What the server makes of a label that the new set does not have is another label.
      ...['LABELS_REMOVED e', 'CHARSET_SMALLER e', 'CHARSET_SMALLER f'],
    ],
  ],
];

describe('Definitions', () => {
  beforeAll(async () => {
    await root.run(`CREATE TABLE statements ${definition} DEFAULT CHARSET utf8mb4`);
  });

  it.each(statements)('%s', async (clauses, losses) => {
    try {
      expect(await lossesOf('statements', clauses)).toEqual(losses);
    } finally {
      await root.run(`DROP TABLE IF EXISTS ${copies}.statements`);
    }
  });

  it('that are destroyed end a migration where that is not allowed, and nothing is left', async () => {
    const plane = new DataPlane(inject('stack').commerce.switchyard);
    const drop = 'ALTER TABLE statements DROP COLUMN b, DROP CHECK tiny';
    await expect(plane.prepare(database, drop, undefined, false)).rejects.toMatchObject({
      ...{ code: 'DESTRUCTIVE_CHANGE', kind: 'terminal' },
      message: expect.stringMatching(
        /: Column b is dropped, with its values; .*; CHECK constraint tiny is dropped/,
      ) as string,
    });
    const ours = `\\_sw\\_${plane.operationId}%`;
    const left = await root.rows(
      `SELECT table_name FROM information_schema.tables WHERE table_name LIKE ?
        UNION ALL SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?`,
      [ours, ours],
    );
    expect(left).toEqual([]);
    const other = new DataPlane(inject('stack').commerce.switchyard);
    await other.prepare(database, 'ALTER TABLE statements ADD COLUMN n INT', undefined, false);
    await other.remove();
  });
});
