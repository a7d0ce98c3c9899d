import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withSession } from '../../../../src/mysql/server/session/session.js';
import { transferTargetVariables } from '../../../../src/mysql/server/session/variables.js';
import { killConnection, killQuery } from '../../../../src/mysql/server/session/kill.js';
import { TransferWay } from '../../../../src/mysql/table/transfer/transfer-way.js';
import { TwoServers } from './two-servers.js';

let servers: TwoServers;

beforeAll(async () => {
  servers = await TwoServers.start();
});

afterEach(() => servers.reopen());

afterAll(() => servers.stop());

const methods = ['load', 'insert'] as const;
const numbers = (rows: number): string =>
  `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})`;

async function expectEqual(name: string, rows: number): Promise<void> {
  expect(await servers.countOnTarget(name)).toBe(rows);
  const [source, target] = await servers.checksums(name);
  expect(target).toBe(source);
}

describe.each(methods)('rows by %s', (method) => {
  it('go in chunks, with 0 in AUTO_INCREMENT, invisible columns and no generated ones', async () => {
    const name = `chunks_${method}`;
    const table = await servers.make(
      name,
      `id INT AUTO_INCREMENT PRIMARY KEY, \`größe, "odd\` VARCHAR(20) INVISIBLE, n INT, twice INT AS (n * 2) VIRTUAL,
       thrice INT AS (n * 3) STORED, doc JSON, e ENUM('a','b'), UNIQUE (thrice)`,
      `INSERT INTO ${name} (id, \`größe, "odd\`, n, doc, e) ${numbers(1_000)} SELECT i - 1, CONCAT('v\\n', i), i, JSON_ARRAY(i), IF(i % 7, 'b', 'x') FROM n`,
    );
    for (let lower = -1; lower < 1_000; lower += 300) {
      expect(await servers.move(table, method, `id > ${lower} AND id <= ${lower + 300}`)).toBe(lower > 800 ? 100 : 300);
    }
    await expectEqual(name, 1_000);
  });

  it('may be none', async () => {
    const table = await servers.make(`none_${method}`, 'id INT PRIMARY KEY, v INT');
    expect(await servers.move(table, method)).toBe(0);
  });

  it('have a key of text and are chosen by a list of keys', async () => {
    const name = `listed_${method}`;
    const table = await servers.make(
      name,
      'k VARCHAR(20) CHARACTER SET utf16, d DATE, v TEXT, PRIMARY KEY (k, d)',
      `INSERT INTO ${name} VALUES ('ä', '2024-01-01', 'x'), ('ß', '2024-01-02', NULL), ('c', '2024-01-02', '')`,
    );
    const where = `(k = _utf16 x'00E4' AND d = '2024-01-01') OR (k = _utf16 x'0063' AND d = '2024-01-02')`;
    expect(await servers.move(table, method, where)).toBe(2);
    expect(await servers.countOnTarget(name)).toBe(2);
  });

  it('may have values of 16 MB', async () => {
    const name = `large_${method}`;
    const table = await servers.make(
      name,
      'id INT PRIMARY KEY, b LONGBLOB, t LONGTEXT, c LONGBLOB',
      `INSERT INTO ${name} VALUES (1, REPEAT(RANDOM_BYTES(1024), 16384), 'small', NULL), (2, NULL, REPEAT('''', 16777216), 'x')`,
      `INSERT INTO ${name} VALUES (3, REPEAT('x', 16777215 - 3), NULL, REPEAT('y', 16777216)), (4, '', '', '')`,
    );
    expect(await servers.move(table, method)).toBe(4);
    await expectEqual(name, 4);
  });

  it('leave nothing when the source breaks off in the middle', async () => {
    const name = `broken_${method}`;
    const table = await servers.make(
      name,
      'id INT PRIMARY KEY, v MEDIUMTEXT',
      `INSERT INTO ${name} ${numbers(400)} SELECT i, REPEAT('x', 30000) FROM n`,
    );
    const moved = servers.move(table, method, 'SLEEP(0.005) = 0');
    await Promise.all([
      expect(moved).rejects.toThrow(),
      sleep(500).then(() => kill(servers.source.id, killConnection)),
    ]);
    await servers.reopen();
    expect(await servers.countOnTarget(name)).toBe(0);
    expect(await servers.move(table, method)).toBe(400);
  });

  it('leave nothing when the statement on the source is killed, and both sessions can be used', async () => {
    const name = `killed_${method}`;
    const table = await servers.make(
      name,
      'id INT PRIMARY KEY, v MEDIUMTEXT',
      `INSERT INTO ${name} ${numbers(400)} SELECT i, REPEAT('x', 30000) FROM n`,
    );
    const moved = servers.move(table, method, 'SLEEP(0.005) = 0');
    await Promise.all([
      expect(moved).rejects.toMatchObject({ errno: 1317 }),
      sleep(500).then(() => kill(servers.source.id, killQuery)),
    ]);
    expect(await servers.countOnTarget(name)).toBe(0);
    expect(await servers.move(table, method)).toBe(400);
    await expectEqual(name, 400);
  });

  it('leave the source usable when the target breaks off', async () => {
    const name = `lost_${method}`;
    const table = await servers.make(
      name,
      'id INT PRIMARY KEY, v MEDIUMTEXT',
      `INSERT INTO ${name} ${numbers(400)} SELECT i, REPEAT('x', 30000) FROM n`,
    );
    const moved = servers.move(table, method, 'SLEEP(0.005) = 0');
    await Promise.all([
      expect(moved).rejects.toThrow(),
      sleep(500).then(() =>
        withSession(servers.targetCluster, transferTargetVariables, (session) =>
          killConnection(session, servers.target.id),
        ),
      ),
    ]);
    expect(servers.source.closed).toBe(false);
    await servers.reopen();
    expect(await servers.countOnTarget(name)).toBe(0);
    expect(await servers.move(table, method)).toBe(400);
  });
});

function kill(id: number, how: typeof killQuery): Promise<void> {
  return withSession(servers.sourceCluster, transferTargetVariables, (session) => how(session, id));
}

describe('what LOAD DATA would change without an error', () => {
  const cases: readonly {
    readonly what: string;
    readonly source: string;
    readonly target: string;
    readonly value: string;
    readonly errno: number;
  }[] = [
    { what: 'text cut', source: 'VARCHAR(20)', target: 'VARCHAR(5)', value: "'too long'", errno: 1406 },
    { what: 'bytes cut', source: 'BLOB', target: 'VARBINARY(5)', value: "'too long'", errno: 1406 },
    { what: 'a number clipped', source: 'INT', target: 'TINYINT', value: '1000', errno: 1264 },
    { what: 'NULL made zero', source: 'INT', target: 'INT NOT NULL', value: 'NULL', errno: 1048 },
    { what: 'a sign lost', source: 'INT', target: 'INT UNSIGNED', value: '-1', errno: 1264 },
    { what: 'an ENUM member that is missing', source: "ENUM('a','b')", target: "ENUM('a')", value: "'b'", errno: 1265 },
    { what: 'a SET member that is missing', source: "SET('a','b')", target: "SET('a')", value: "'b'", errno: 1265 },
    {
      what: 'text of another character set',
      source: 'VARCHAR(5) CHARACTER SET latin1',
      target: 'VARCHAR(5) CHARACTER SET utf8mb4',
      value: "'é'",
      errno: 1366,
    },
    { what: 'a duplicate skipped', source: 'INT', target: 'INT UNIQUE', value: '7', errno: 1062 },
    { what: 'a violated CHECK', source: 'INT', target: 'INT CHECK (v < 5)', value: '7', errno: 3819 },
    { what: 'a fraction rounded', source: 'DECIMAL(5,3)', target: 'DECIMAL(5,2)', value: '1.005', errno: 1265 },
    { what: 'spaces cut', source: 'VARCHAR(20)', target: 'VARCHAR(3)', value: "'abc   '", errno: 1265 },
    { what: 'another SRID', source: 'POINT', target: 'POINT SRID 4326', value: 'POINT(1, 2)', errno: 3643 },
  ];

  it.each(cases)('is noticed and named: $what', async ({ source, target, value, errno }) => {
    const name = `silent_${cases.findIndex((one) => one.value === value && one.source === source && one.target === target)}`;
    await servers.source.run(`CREATE TABLE ${name} (id INT PRIMARY KEY, v ${source})`);
    await servers.target.run(`CREATE TABLE ${name} (id INT PRIMARY KEY, v ${target})`);
    await servers.fill(`INSERT INTO ${name} VALUES (1, ${value}), (2, ${value})`);
    const table = await servers.table(name);
    // A geometry with another SRID is an error for LOAD DATA too.
    const noticed = errno === 3643 ? { errno } : { code: 'LOAD_NOT_EXACT' };
    await expect(servers.move(table, 'load')).rejects.toMatchObject(noticed);
    expect(await servers.countOnTarget(name)).toBe(0);
    const error: unknown = await servers.move(table, 'insert').catch((caught: unknown) => caught);
    expect((error as { errno?: number }).errno ?? (error as { warning?: { code: number } }).warning?.code).toBe(errno);
    expect(await servers.countOnTarget(name)).toBe(0);
  });

  it('goes by INSERT at once when the way chooses, and its error is thrown', async () => {
    const name = 'way';
    await servers.source.run(`CREATE TABLE ${name} (id INT PRIMARY KEY, v INT)`);
    await servers.target.run(`CREATE TABLE ${name} (id INT PRIMARY KEY, v INT UNIQUE)`);
    await servers.fill(`INSERT INTO ${name} VALUES (1, 5), (2, 5)`);
    const table = await servers.table(name);
    const way = new TransferWay();
    const used: string[] = [];
    const run = (): Promise<number> =>
      way.run((method) => {
        used.push(method);
        return servers.move(table, method);
      });
    await expect(run()).rejects.toMatchObject({ errno: 1062 });
    expect(used).toEqual(['load', 'insert']);
    expect(way.loadAllowed).toBe(true);
    await servers.fill(`UPDATE ${name} SET v = id`);
    expect(await run()).toBe(2);
    expect(used).toEqual(['load', 'insert', 'load']);
  });

  it('is not hidden by the warnings that error values of ENUM make', async () => {
    await servers.source.run("CREATE TABLE hidden (id INT PRIMARY KEY, e ENUM('a'), v VARCHAR(9))");
    await servers.target.run("CREATE TABLE hidden (id INT PRIMARY KEY, e ENUM('a'), v VARCHAR(3))");
    await servers.fill("INSERT INTO hidden VALUES (1, 'zero', 'abc')");
    const table = await servers.table('hidden');
    for (const method of methods) {
      await servers.target.run('DELETE FROM hidden');
      expect(await servers.move(table, method, 'id = 1')).toBe(1);
    }
    await servers.fill("INSERT INTO hidden VALUES (2, 'zero', 'abcd')");
    await expect(servers.move(table, 'load', 'id = 2')).rejects.toMatchObject({ code: 'LOAD_NOT_EXACT' });
    await expect(servers.move(table, 'insert', 'id = 2')).rejects.toMatchObject({
      name: 'RowWarning',
      sqlMessage: "Data truncated for column 'v' at row 1",
    });
  });
});

describe('memory', () => {
  /** Of 400 kB. */
  const rows = 500;

  beforeAll(async () => {
    await servers.make(
      'bounded',
      'id INT PRIMARY KEY, v MEDIUMBLOB',
      `INSERT INTO bounded ${numbers(rows)} SELECT i, REPEAT(RANDOM_BYTES(1000), 400) FROM n`,
    );
    await servers.target.run('CREATE TRIGGER slow BEFORE INSERT ON bounded FOR EACH ROW DO SLEEP(0.005)');
  });

  it.each(methods)('is bounded when the target is slow, by %s', async (method) => {
    const table = await servers.table('bounded');
    await servers.target.run('DELETE FROM bounded');
    const used = (): number => process.memoryUsage().rss / 1024 / 1024;
    const before = used();
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, used());
    }, 5);
    expect(await servers.move(table, method)).toBe(rows);
    clearInterval(timer);
    expect(most - before).toBeLessThan(80);
    await expectEqual('bounded', rows);
  });
});
