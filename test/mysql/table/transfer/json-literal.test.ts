import { afterAll, beforeAll, expect, it } from 'vitest';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { transferSourceVariables } from '../../../../src/mysql/server/session/variables.js';
import {
  findJsonBeyondText,
  jsonColumnsOf,
  type JsonFindings,
} from '../../../../src/mysql/table/verify/find-json-losses.js';
import type { TransferTable } from '../../../../src/mysql/table/transfer/transfer-sql.js';
import { TransferWay } from '../../../../src/mysql/table/transfer/transfer-way.js';
import { jsonValue } from '../../../../src/mysql/table/rows/own-value.js';
import { TwoServers } from './two-servers.js';

let servers: TwoServers;
let source: Session;

beforeAll(async () => {
  servers = await TwoServers.start();
  source = await Session.open(servers.sourceCluster, transferSourceVariables);
});

afterAll(async () => {
  await source.close();
  await servers.stop();
});

function find(table: TransferTable, where: string): Promise<JsonFindings> {
  const keyed = { ...table, table: table.source, hint: '' };
  return findJsonBeyondText(source, keyed, jsonColumnsOf(table.columns), where, 10);
}

const beyond: readonly (readonly [document: string, ...found: (readonly [path: string, type: string])[]])[] = [
  ["JSON_OBJECT('price', CAST(1.5 AS DECIMAL(10,2)))", ['$."price"', 'DECIMAL']],
  ["JSON_OBJECT('d', JSON_ARRAY(1, CAST('2024-01-02' AS DATE)))", ['$."d"[1]', 'DATE']],
  ["JSON_OBJECT('a.b', CAST('12:00:00.5' AS TIME(6)))", ['$."a.b"', 'TIME']],
  ["JSON_ARRAY(JSON_OBJECT('q\"\\n', CAST('2024-01-02 03:04:05' AS DATETIME)))", ['$[0]."q\\"\\n"', 'DATETIME']],
  ["JSON_OBJECT('', x'00FF')", ['$.""', 'BLOB']],
  ['CAST(CAST(7 AS UNSIGNED) AS JSON)', ['$', 'UNSIGNED INTEGER']],
  ["JSON_OBJECT('x', 1.0, 'y', 1.50)", ['$."x"', 'DECIMAL'], ['$."y"', 'DECIMAL']],
];

it('names key and path of each value that text does not carry, and no other', async () => {
  const fine = [
    `'{"a": [1, -1, 1.5, 1e300, -0.0, 1.0, 18446744073709551615, "x", null, true, {}, []]}'`,
    "JSON_OBJECT('text', '2024-01-02', 'base64', 'base64:type15:AP8=')",
    "'null'",
    'NULL',
    'JSON_ARRAY(0.1e0 + 0.2e0, -2.2250738585072014e-308, 1.7976931348623157e308, 5e-324)',
  ];
  const table = await servers.make(
    'documents',
    'k VARCHAR(20) PRIMARY KEY, doc JSON, other JSON, made JSON AS (JSON_ARRAY(1.5)) VIRTUAL',
    ...beyond.map(([document], index) => `INSERT INTO documents (k, doc) VALUES ('b${index}', ${document})`),
    ...fine.map((document, index) => `INSERT INTO documents (k, other) VALUES ('f${index}', ${document})`),
  );
  const expected = beyond.flatMap(([, ...found], index) =>
    found.map(([path, type]) => ({
      column: 'doc',
      key: [Buffer.from(`b${index}`).toString('hex').toUpperCase()],
      path,
      type,
    })),
  );
  const { documents, values } = await find(table, 'TRUE');
  expect(values).toEqual(expected);
  expect(documents).toBe(beyond.length);
  expect(await find(table, "k LIKE 'f%'")).toEqual({ documents: 0, values: [] });
  // They are what arrives as something else, and nothing else does.
  const asText = { ...table, json: 'text' } as const;
  await servers.move(asText, 'load', "k LIKE 'f%'");
  const [source1, target1] = await exactValues("k LIKE 'f%'");
  expect(target1).toEqual(source1);
  await servers.move(asText, 'load', "k LIKE 'b%'");
  const [source2, target2] = await exactValues("k LIKE 'b%'");
  expect(target2.filter((value, index) => value === source2[index])).toEqual([]);
});

/** As verification compares them. */
async function exactValues(where: string): Promise<readonly [readonly string[], readonly string[]]> {
  return servers.both(async (session) => {
    const value = `CONCAT_WS(',', ${jsonValue('doc')}, ${jsonValue('other')})`;
    const rows = await session.rows<{ v: string }>(`SELECT ${value} AS v FROM documents WHERE ${where} ORDER BY k`);
    return rows.map(({ v }) => v);
  });
}

it('is carried exactly by INSERT, to which LOAD DATA leaves it', async () => {
  const table = await servers.table('documents');
  await servers.target.run('DELETE FROM documents');
  const used: string[] = [];
  await new TransferWay().run((method) => {
    used.push(method);
    return servers.move(table, method);
  });
  expect(used).toEqual(['load', 'insert']);
  const [sent, arrived] = await exactValues('TRUE');
  expect(arrived).toEqual(sent);
  const [source1, target1] = await servers.checksums('documents');
  expect(target1).toBe(source1);
});

it('is carried whatever its type, but for some that only a column gives, which comparing finds', async () => {
  const documents = [
    "JSON_OBJECT('n', CAST(-5 AS DECIMAL(10,0)), 'z', CAST(0 AS DECIMAL(5,3)), 'l', CAST(REPEAT('9', 65) AS DECIMAL(65,0)))",
    "JSON_OBJECT('s', CAST('-0.000000000000000000000000000001' AS DECIMAL(65,30)))",
    "JSON_ARRAY(CAST('-838:59:59' AS TIME), CAST('-00:00:00.000001' AS TIME(6)), CAST('0000-00-00' AS DATE))",
    "JSON_ARRAY(TIMESTAMP'2024-01-01 00:00:00.123456', NOW(3), UTC_DATE(), CURTIME())",
    "JSON_OBJECT('漢😀', JSON_OBJECT('$[0]', JSON_ARRAY(JSON_ARRAY(1.5, 'x'), 2.50)))",
    "JSON_OBJECT('long', REPEAT(x'00FF27', 1000), 'longer', REPEAT(x'5C', 100000), 'none', x'')",
    "JSON_ARRAY(b'101', 0xFF, 18446744073709551614, CAST(0 AS UNSIGNED))",
    "JSON_OBJECT(REPEAT('k', 5000), 1.5)",
  ];
  const table = await servers.make(
    'kinds',
    'id INT PRIMARY KEY, doc JSON, ts TIMESTAMP NULL, bi BIT(9), bl BLOB, bn BINARY(3), vb VARBINARY(9), y YEAR, g POINT',
    ...documents.map((document, index) => `INSERT INTO kinds (id, doc) VALUES (${index}, ${document})`),
    "INSERT INTO kinds VALUES (100, NULL, '2024-01-01 01:02:03', b'101', 'blob', 'bin', 'varbin', 2024, POINT(1, 2))",
    ...['ts', 'bi', 'bl', 'bn', 'vb', 'y', 'g'].map(
      (column, index) =>
        `INSERT INTO kinds (id, doc) SELECT ${10 + index}, JSON_OBJECT('v', ${column}) FROM kinds WHERE id = 100`,
    ),
  );
  await servers.move(table, 'insert');
  const [sent, arrived] = await servers.both((session) =>
    session.rows<{ id: number; v: string }>(`SELECT id, ${jsonValue('doc')} AS v FROM kinds ORDER BY id`),
  );
  const different = sent.filter(({ v }, index) => v !== arrived[index]?.v).map(({ id }) => id);
  // A TIMESTAMP column becomes a string; values of BIT, BLOB and BINARY columns keep their bytes, but not that type.
  expect(different).toEqual([10, 11, 12, 13]);
});

it('counts all documents and names the first ones', async () => {
  const table = await servers.make(
    'many',
    'id INT PRIMARY KEY, doc JSON',
    'INSERT INTO many WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, JSON_ARRAY(1.5) FROM n',
  );
  const { documents, values } = await find(table, 'id > 5');
  expect(documents).toBe(95);
  expect(values).toHaveLength(10);
});
