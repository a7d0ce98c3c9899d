import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differingKeys } from '../../../../src/mysql/table/verify/differences.js';
import { onOneServer } from '../../../../src/mysql/server/session/session-pair.js';
import { failureOf, VerifyTables } from './verify-tables.js';

let tables: VerifyTables;

beforeAll(async () => {
  tables = await VerifyTables.create();
});

afterAll(() => tables.drop());

describe('a shadow at rest', () => {
  it('is compared whole, in many chunks, with progress', async () => {
    await tables.makePair('whole', 1_000);
    const progress: number[] = [];
    const result = await tables.verify(await tables.plan('whole'), { onProgress: (rows) => progress.push(rows) });
    expect(result).toEqual({ complete: true, rowsCompared: 1_000, notCompared: [] });
    expect(progress.length).toBeGreaterThan(100);
    expect(progress.at(-1)).toBe(1_000);
    expect(tables.opened.every(({ closed }) => closed)).toBe(true);
  });

  it('may be empty like its source', async () => {
    await tables.root.run('CREATE TABLE void (id INT PRIMARY KEY)');
    await tables.root.run('CREATE TABLE void_new LIKE void');
    expect(await tables.verify(await tables.plan('void'))).toEqual({
      complete: true,
      rowsCompared: 0,
      notCompared: [],
    });
  });

  it('is not equal with a row below, above or between those of the source, or without one', async () => {
    await tables.makePair('edges', 100);
    await tables.root.run("INSERT INTO edges_new VALUES (0, ''), (101, ''), (-5, ''), (900, '')");
    await tables.root.run('DELETE FROM edges WHERE id = 50');
    await tables.root.run('DELETE FROM edges_new WHERE id IN (1, 100)');
    const { code, facts, message } = await failureOf(tables.verify(await tables.plan('edges')));
    expect(code).toBe('VERIFICATION_FAILED');
    expect([...(facts.extra as string[])].sort()).toEqual(['id=-5', 'id=0', 'id=101', 'id=50', 'id=900']);
    expect([...(facts.missing as string[])].sort()).toEqual(['id=1', 'id=100']);
    expect(message).toContain(`The copy of ${tables.database}.edges is not equal to it: missing in the copy: id=1`);
  });

  it.each([
    { title: 'have changed places', change: "CASE id WHEN 8 THEN 'value 9' ELSE 'value 8' END" },
    { title: 'differ in the same bits', change: "INSERT(v, 1, 1, 'V')" },
  ])('is not equal where two rows $title', async ({ title, change }) => {
    const name = title.replaceAll(' ', '_');
    await tables.makePair(name, 20);
    await tables.root.run(`UPDATE ${name}_new SET v = ${change} WHERE id IN (8, 9)`);
    const { facts } = await failureOf(tables.verify(await tables.plan(name, { averageRowBytes: 10 })));
    expect(facts).toMatchObject({ different: ['id=8', 'id=9'], columns: ['v'], missing: [], extra: [] });
  });

  it('names at most ten keys of many', async () => {
    await tables.makePair('many', 5_000);
    await tables.root.run('UPDATE many_new SET v = UPPER(v)');
    const { facts, message } = await failureOf(tables.verify(await tables.plan('many', { averageRowBytes: 10 })));
    expect(facts.keys).toHaveLength(10);
    expect(message).toMatch(/and \d+ more rows/);
  });

  it('finds rows that only the shadow has, however many', async () => {
    await tables.makePair('surplus', 9_000);
    await tables.root.run('DELETE FROM surplus WHERE id > 10');
    const { facts } = await failureOf(tables.verify(await tables.plan('surplus')));
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
    {
      title: 'names like those we select',
      key: 'k0 INT, k1 INT, digest INT, PRIMARY KEY (k1, digest, k0)',
      keys: many(40, (i) => `${i}, ${i % 13}, 0`),
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
    await tables.root.run(`CREATE TABLE ${name} (${key}, v INT)`);
    await tables.root.run(`INSERT INTO ${name} VALUES ${[...new Set(keys)].map((one) => `(${one}, 0)`).join(', ')}`);
    await tables.root.run(`CREATE TABLE ${name}_new LIKE ${name}`);
    await tables.root.run(`INSERT INTO ${name}_new SELECT * FROM ${name}`);
    const migration = await tables.plan(name, index === undefined ? {} : { copyKeyIndex: index });
    expect(await tables.verify(migration)).toMatchObject({
      complete: true,
      rowsCompared: keys.length,
      notCompared: [],
    });
    const order = migration.key.columns.map((column) => column.name);
    await tables.root.run(`DELETE FROM ${name}_new ORDER BY ${order.join(', ')} LIMIT 1`);
    await tables.root.run(`DELETE FROM ${name} ORDER BY ${order.map((one) => `${one} DESC`).join(', ')} LIMIT 1`);
    await tables.root.run(`UPDATE ${name}_new SET v = 1 ORDER BY ${order.join(', ')} LIMIT 1`);
    const { facts } = await failureOf(tables.verify(migration));
    expect([facts.missing, facts.extra, facts.different]).toEqual([
      [expect.any(String)],
      [expect.any(String)],
      [expect.any(String)],
    ]);
    expect(new Set(facts.keys as string[]).size).toBe(3);
  });

  it('may be held by helper columns under other names, beside a changed key', async () => {
    await tables.root.run('CREATE TABLE helped (id INT PRIMARY KEY, v INT)');
    await tables.root.run('INSERT INTO helped VALUES (1, 10), (2, 20), (3, 30)');
    await tables.root.run('CREATE TABLE helped_new (v INT PRIMARY KEY, k1 INT NULL INVISIBLE, UNIQUE KEY helper (k1))');
    await tables.root.run('INSERT INTO helped_new (v, k1) VALUES (10, 1), (20, 2), (30, 3)');
    const migration = await tables.plan('helped', { copyKey: ['k1'], copyKeyIndex: 'helper' });
    expect(await tables.verify(migration)).toMatchObject({ complete: true, rowsCompared: 3 });
    // The same set of values under other keys.
    await tables.root.run('UPDATE helped_new SET k1 = 5 - k1 WHERE k1 = 9');
    await tables.root.run('UPDATE helped_new SET k1 = CASE k1 WHEN 2 THEN 103 ELSE 102 END WHERE k1 > 1');
    await tables.root.run('UPDATE helped_new SET k1 = k1 - 100 WHERE k1 > 100');
    const { facts } = await failureOf(tables.verify(migration));
    expect(facts).toMatchObject({ different: ['id=2', 'id=3'], columns: ['v'] });
  });

  it('must find its own rows again, or nothing counts', async () => {
    await tables.root.run('CREATE TABLE misread (id VARCHAR(10) PRIMARY KEY, v INT)');
    await tables.root.run("INSERT INTO misread VALUES ('é', 1)");
    await tables.root.run('CREATE TABLE misread_new LIKE misread');
    const good = await tables.plan('misread');
    const columns = good.key.columns.map((column) => ({ ...column, charset: 'latin1' }));
    expect(await failureOf(tables.verify({ ...good, key: { ...good.key, columns } }))).toMatchObject({
      code: 'ROW_NOT_FOUND_BY_KEY',
      facts: { table: `${tables.database}.misread` },
    });
  });
});

it('finds a second row of a key where the index of the new table does not forbid it', async () => {
  await tables.makePair('twice', 20);
  await tables.root.run('ALTER TABLE twice_new DROP PRIMARY KEY, ADD PRIMARY KEY (id, v)');
  const plan = await tables.plan('twice');
  expect(await tables.verify(plan)).toMatchObject({ complete: true });
  // On either side of the right one in the index.
  for (const other of ['a', 'z']) {
    await tables.root.run('INSERT INTO twice_new VALUES (5, ?)', [other]);
    expect(await failureOf(tables.verify(plan))).toMatchObject({
      code: 'VERIFICATION_FAILED',
      facts: { different: ['id=5'] },
    });
    expect(await differingKeys(onOneServer(tables.root), plan, [['5'], ['6']])).toMatchObject([{ key: ['5'] }]);
    await tables.root.run('DELETE FROM twice_new WHERE id = 5 AND v = ?', [other]);
  }
});
