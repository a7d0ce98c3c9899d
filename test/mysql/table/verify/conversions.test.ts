import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dataVariables } from '../../../../src/mysql/server/session/variables.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { onOneServer } from '../../../../src/mysql/server/session/session-pair.js';
import type { MigrationPlan } from '../../../../src/mysql/migration/migration-plan.js';
import { comparisonOf } from '../../../../src/mysql/table/verify/compared-pairs.js';
import { differingKeys } from '../../../../src/mysql/table/verify/differences.js';
import type { ConversionCase } from './conversion-case.js';
import { comparedCases, notComparedCases } from './conversion-cases.js';
import { conversionOf, planFor, strictModes } from './plan-for.js';

const database = `verify_conversions_${process.pid}`;
const table = (name: string) => ({ database, table: name });
const nameOf = (index: number): string => `c${index}`;

let session: Session;

/** A source with one column for each case, and a shadow that a native ALTER TABLE made of a copy of it. */
async function makeTables(name: string, cases: readonly ConversionCase[], modes = strictModes): Promise<MigrationPlan> {
  const conversion = conversionOf(modes);
  await session.run(`SET SESSION sql_mode = ?`, [conversion.dataSqlMode]);
  const source = `${database}.${name}`;
  const shadow = `${database}.${name}_new`;
  const columns = cases.map(({ from }, index) => `${nameOf(index)} ${from}`);
  await session.run(`CREATE TABLE ${source} (id INT PRIMARY KEY, ${columns.join(', ')})`);
  const rows = Math.max(...cases.map(({ values }) => values.length));
  for (let row = 0; row < rows; row += 1) {
    const values = cases.map(({ values }) => values[row] ?? 'NULL');
    await session.run(`INSERT INTO ${source} VALUES (${row + 1}, ${values.join(', ')})`);
  }
  await session.run(`CREATE TABLE ${shadow} LIKE ${source}`);
  await session.run(`INSERT INTO ${shadow} SELECT * FROM ${source}`);
  const changed = cases.map(({ to }, index) => `MODIFY ${nameOf(index)} ${to}`);
  await session.run(`ALTER TABLE ${shadow} ${changed.join(', ')}, ALGORITHM=COPY`);
  return planFor(session, { source: table(name), copy: table(`${name}_new`), conversion });
}

async function allKeys(name: string): Promise<readonly (readonly string[])[]> {
  const rows = await session.rows<{ id: number }>(`SELECT id FROM ${database}.${name}`);
  return rows.map(({ id }) => [String(id)]);
}

/** What is found after one change of the shadow, which is undone. */
async function differencesAfter(plan: MigrationPlan, column: string, row: number, to: string) {
  const update = (value: string): Promise<unknown> =>
    session.run(`UPDATE ${database}.${plan.copy.table} SET ${column} = ${value} WHERE id = ${row}`);
  await session.run('START TRANSACTION');
  try {
    // The server does not write a JSON document that it takes for equal, such as one with 1.5e0 for 1.5.
    if (!to.includes('{c}')) await update('NULL');
    await update(to.replaceAll('{c}', column));
    return await differingKeys(onOneServer(session), plan, await allKeys(plan.source.table));
  } finally {
    await session.run('ROLLBACK');
  }
}

beforeAll(async () => {
  session = await Session.open(inject('stack').commerce.root, dataVariables(conversionOf()));
  await session.run(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
});

afterAll(async () => {
  await session.run(`DROP DATABASE ${database}`);
  await session.close();
});

describe('values that a native ALTER TABLE converts', () => {
  let plan: MigrationPlan;

  beforeAll(async () => {
    plan = await makeTables('compared', comparedCases);
  });

  it('are equal to their sources, and all of them are compared', async () => {
    expect(comparisonOf(plan).notCompared).toEqual([]);
    expect(await differingKeys(onOneServer(session), plan, await allKeys('compared'))).toEqual([]);
  });

  it.each(comparedCases.map((one, index) => ({ ...one, index, title: `${one.from} to ${one.to}` })))(
    'and their smallest changes are found: $title',
    async ({ index, changes }) => {
      expect(changes).not.toEqual([]);
      for (const { row, to } of changes) {
        const found = await differencesAfter(plan, nameOf(index), row, to);
        expect(found, `row ${row} set to ${to}`).toEqual([
          { kind: 'different', key: [String(row)], columns: [nameOf(index)] },
        ]);
      }
    },
  );
});

describe('values without a sure rule', () => {
  it('are told by name, and NULL is compared all the same', async () => {
    const plan = await makeTables('uncompared', notComparedCases);
    expect(comparisonOf(plan).notCompared).toHaveLength(notComparedCases.length);
    expect(comparisonOf(plan).notCompared[0]).toBe('column c0 (double to bigint unsigned), apart from NULL');
    expect(await differingKeys(onOneServer(session), plan, await allKeys('uncompared'))).toEqual([]);
    for (const [index, { changes }] of notComparedCases.entries()) {
      for (const { row, to } of changes) {
        expect(await differencesAfter(plan, nameOf(index), row, to)).toMatchObject([{ columns: [nameOf(index)] }]);
      }
    }
  });
});

describe('what depends on the sql_mode', () => {
  const fractions: readonly ConversionCase[] = [
    { from: 'DATETIME(6)', to: 'DATETIME(1)', values: ["'2024-12-31 23:59:59.99'"], changes: [] },
    { from: 'TIMESTAMP(6) NULL', to: 'TIMESTAMP(1) NULL', values: ["'2024-12-31 23:59:59.99'"], changes: [] },
    { from: 'TIME(6)', to: 'TIME(0)', values: ["'-10:00:00.99'"], changes: [] },
    { from: 'DATETIME(6)', to: 'DATE', values: ["'2024-12-31 23:59:59.99'"], changes: [] },
    { from: 'VARCHAR(30)', to: 'TIMESTAMP(1) NULL', values: ["'2024-12-31 23:59:59.99'"], changes: [] },
  ];
  const zeros: readonly ConversionCase[] = [
    { from: 'DATETIME', to: 'DATETIME(6)', values: ["'0000-00-00 00:00:00'", "'2024-00-00 10:00:00'"], changes: [] },
    { from: 'DATE', to: 'DATETIME', values: ["'0000-00-00'", "'2024-02-00'"], changes: [] },
    { from: 'TIMESTAMP NULL', to: 'TIMESTAMP(3) NULL', values: ["'0000-00-00 00:00:00'"], changes: [] },
    { from: 'TIMESTAMP NULL', to: 'DATETIME', values: ["'0000-00-00 00:00:00'"], changes: [] },
    { from: 'DATETIME', to: 'VARCHAR(30)', values: ["'0000-00-00 00:00:00'"], changes: [] },
    { from: 'DATE', to: 'DATE', values: ["'0000-00-00'"], changes: [] },
  ];

  it.each([
    { title: 'fractions of seconds are cut', modes: `${strictModes},TIME_TRUNCATE_FRACTIONAL`, cases: fractions },
    { title: 'zero dates are allowed', modes: 'STRICT_ALL_TABLES', cases: zeros },
  ])('is compared with it: $title', async ({ modes, cases, title }) => {
    const name = `modes_${title.split(' ')[0]}`;
    const plan = await makeTables(name, cases, modes);
    expect(comparisonOf(plan).notCompared).toEqual([]);
    expect(await differingKeys(onOneServer(session), plan, await allKeys(name))).toEqual([]);
  });
});

describe('values that do not fit', () => {
  const cases: readonly ConversionCase[] = [
    { from: 'INT', to: 'TINYINT', values: ['300'], changes: [] },
    { from: 'INT', to: 'INT UNSIGNED', values: ['-1'], changes: [] },
    { from: 'DECIMAL(20,2)', to: 'DECIMAL(5,2)', values: ['99999.99'], changes: [] },
    { from: 'BIGINT', to: 'DECIMAL(5,2)', values: ['123456'], changes: [] },
    { from: 'INT', to: 'BIT(4)', values: ['100'], changes: [] },
    { from: 'VARCHAR(20)', to: 'VARCHAR(3)', values: ["'abcdef'"], changes: [] },
    { from: 'TEXT', to: 'VARCHAR(3)', values: ["'abc  f'"], changes: [] },
    { from: 'VARCHAR(20)', to: 'CHAR(3)', values: ["'abcdef'"], changes: [] },
    { from: 'VARCHAR(20)', to: 'BINARY(3)', values: ["'abcdef'"], changes: [] },
    {
      from: 'VARCHAR(20) CHARACTER SET utf8mb4',
      to: 'VARCHAR(20) CHARACTER SET latin1',
      values: ["'日?'"],
      changes: [],
    },
    { from: 'VARCHAR(20) CHARACTER SET utf8mb4', to: 'CHAR(20) CHARACTER SET utf8mb3', values: ["'😀'"], changes: [] },
    { from: 'VARCHAR(20)', to: 'INT', values: ["'12abc'"], changes: [] },
    { from: 'VARCHAR(20)', to: 'DECIMAL(5,1)', values: ["''"], changes: [] },
    { from: 'VARCHAR(20)', to: 'DOUBLE', values: ["'abc'"], changes: [] },
    { from: 'VARCHAR(20)', to: 'DATETIME', values: ["'2024-13-01'"], changes: [] },
    { from: 'VARCHAR(20)', to: 'DATE', values: ["'yesterday'"], changes: [] },
    { from: 'DATETIME', to: 'TIMESTAMP NULL', values: ["'1960-01-01 00:00:00'"], changes: [] },
    { from: 'DATETIME', to: 'TIMESTAMP NULL', values: ["'2050-01-01 00:00:00'"], changes: [] },
    { from: "ENUM('a', 'b')", to: "ENUM('b')", values: ["'a'"], changes: [] },
    { from: 'VARCHAR(20)', to: "ENUM('b')", values: ["'a'"], changes: [] },
    { from: "SET('a', 'b')", to: "SET('b')", values: ["'a,b'"], changes: [] },
    { from: 'INT', to: 'INT NOT NULL', values: ['NULL'], changes: [] },
    { from: 'VARCHAR(20)', to: 'VARCHAR(20) NOT NULL', values: ['NULL'], changes: [] },
  ];

  it('are found where a copy that is not strict has cut or replaced them', async () => {
    const name = `${database}.cut`;
    const columns = cases.map(({ from }, index) => `${nameOf(index)} ${from}`);
    await session.run(`CREATE TABLE ${name} (id INT PRIMARY KEY, ${columns.join(', ')})`);
    await session.run(`CREATE TABLE ${name}_new LIKE ${name}`);
    const changed = cases.map(({ to }, index) => `MODIFY ${nameOf(index)} ${to}`);
    await session.run(`ALTER TABLE ${name}_new ${changed.join(', ')}`);
    await session.run(`INSERT INTO ${name} VALUES (1, ${cases.map(({ values }) => values.join()).join(', ')})`);
    await session.run("SET SESSION sql_mode = ''");
    await session.run(`INSERT IGNORE INTO ${name}_new SELECT * FROM ${name}`);
    const plan = await planFor(session, { source: table('cut'), copy: table('cut_new') });
    expect(comparisonOf(plan).notCompared).toEqual([]);
    await session.run('SET SESSION sql_mode = ?', [plan.conversion.dataSqlMode]);
    expect(await differingKeys(onOneServer(session), plan, [['1']])).toEqual([
      { kind: 'different', key: ['1'], columns: cases.map((_case, index) => nameOf(index)) },
    ]);
  });
});

it('finds the numbers that INSERT … SELECT writes otherwise than a native ALTER TABLE', async () => {
  const cases: readonly ConversionCase[] = [
    { from: 'INT(6) ZEROFILL', to: 'VARCHAR(20)', values: ['5'], changes: [] },
    { from: 'FLOAT', to: 'VARCHAR(30)', values: ['0.1'], changes: [] },
    { from: 'DOUBLE', to: 'VARCHAR(5)', values: ['3.1'], changes: [] },
    { from: 'INT', to: 'VARCHAR(5)', values: ['5'], changes: [] },
  ];
  const plan = await makeTables('inserted', cases);
  await session.run(`DELETE FROM ${database}.inserted_new`);
  await session.run(`UPDATE ${database}.inserted SET c2 = 3.14159`);
  await session.run(`INSERT INTO ${database}.inserted_new SELECT * FROM ${database}.inserted`);
  const found = await differingKeys(onOneServer(session), plan, [['1']]);
  expect(found).toEqual([{ kind: 'different', key: ['1'], columns: ['c0', 'c1', 'c2'] }]);
});
