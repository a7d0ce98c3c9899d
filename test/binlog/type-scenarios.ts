/** Scenarios about column types: each as a key, and all of them as columns that are passed over. */
import { rows, type Scenario, type Step } from './scenario.js';

/** Column types with values that are different keys; the extremes of each are among them. */
const keyTypes: readonly (readonly [type: string, ...values: string[]])[] = [
  ['TINYINT', '-128', '-1', '0', '127'],
  ['TINYINT UNSIGNED', '0', '128', '255'],
  ['SMALLINT', '-32768', '-1', '258', '32767'],
  ['SMALLINT UNSIGNED', '0', '32768', '65535'],
  ['MEDIUMINT', '-8388608', '-1', '66051', '8388607'],
  ['MEDIUMINT UNSIGNED', '0', '8388608', '16777215'],
  ['INT', '-2147483648', '-1', '16909060', '2147483647'],
  ['INT UNSIGNED', '0', '2147483648', '4294967295'],
  [
    'BIGINT',
    '-9223372036854775808',
    '-9007199254740993',
    '-9007199254740992',
    '-4294967297',
    '-1',
    '0',
    '4294967296',
    '9007199254740991',
    '9007199254740993',
    '9223372036854775807',
  ],
  ['BIGINT UNSIGNED', '0', '9007199254740991', '9007199254740992', '9007199254740993', '18446744073709551615'],
  ['BIGINT ZEROFILL', '7', '18446744073709551614'],
  ['YEAR', '0', '1901', '2000', '2155'],
  ['DECIMAL(1,0)', '-9', '0', '9'],
  ['DECIMAL(9,0)', '-999999999', '-1', '0', '10', '999999999'],
  ['DECIMAL(10,2)', '-99999999.99', '-0.50', '-0.01', '0', '0.05', '12', '99999999.99'],
  ['DECIMAL(18,9)', '-999999999.999999999', '-1.000000001', '0', '123456789.987654321'],
  ['DECIMAL(20,0) UNSIGNED', '0', '1000000000', '99999999999999999999'],
  ['DECIMAL(2,2)', '-0.99', '-0.01', '0', '0.10'],
  ['DECIMAL(30,17)', '-1234567890123.00000000000000001', '0.00000000000000001', '9999999999999.99999999999999999'],
  [
    'DECIMAL(65,30)',
    '-99999999999999999999999999999999999.999999999999999999999999999999',
    '-0.000000000000000000000000000001',
    '12345678901234567890123456789012345.5',
  ],
  ['CHAR(10) CHARACTER SET utf8mb4', "''", "'a'", "'a b'", "'größe 漢😀'"],
  ['CHAR(200) CHARACTER SET utf8mb4', "'a'", "REPEAT('漢', 200)", "REPEAT('x', 100)"],
  ['CHAR(8) CHARACTER SET ucs2', "'a'", "'漢字'"],
  ['VARCHAR(20) CHARACTER SET latin1', "''", "'é€'", "'a '"],
  ['VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', "'😀 four bytes'", "'A'", "'a'"],
  ['VARCHAR(300) CHARACTER SET ascii', "'short'", "REPEAT('y', 300)"],
  ['BINARY(4)', "X'00000000'", "X'61000000'", "X'00000061'", "X'FF00FF00'", "X'61622000'"],
  ['BINARY(255)', "X'01'", "X'00'", "REPEAT(X'FE', 255)"],
  ['VARBINARY(16)', "''", "X'00'", "X'0000'", "X'FFFE00'"],
  ['VARBINARY(300)', "X'2C'", "REPEAT(X'AB', 300)"],
  ['DATE', "'0000-00-00'", "'1000-01-01'", "'2024-02-29'", "'2024-00-00'", "'9999-12-31'"],
  ['DATETIME', "'0000-00-00 00:00:00'", "'1000-01-01 00:00:00'", "'2024-02-29 23:59:59'", "'9999-12-31 23:59:59'"],
  ['DATETIME(1)', "'2024-02-29 01:02:03.9'", "'0000-00-00 00:00:00.1'"],
  ['DATETIME(2)', "'2024-02-29 01:02:03.05'"],
  ['DATETIME(3)', "'2024-02-29 01:02:03.987'", "'2024-02-29 01:02:03.001'"],
  ['DATETIME(4)', "'2024-02-29 01:02:03.0001'"],
  ['DATETIME(5)', "'2024-02-29 01:02:03.99999'"],
  ['DATETIME(6)', "'2024-02-29 01:02:03.000001'", "'9999-12-31 23:59:59.999999'"],
  ['TIMESTAMP', "'0000-00-00 00:00:00'", "'1970-01-01 04:00:00'", "'2024-02-29 23:59:59'", "'2038-01-19 06:44:07'"],
  ['TIMESTAMP(1)', "'2024-02-29 01:02:03.9'", "'0000-00-00 00:00:00'"],
  ['TIMESTAMP(3)', "'2024-02-29 01:02:03.045'"],
  ['TIMESTAMP(6)', "'2024-02-29 01:02:03.000001'", "'0000-00-00 00:00:00'"],
  ['TIME', "'-838:59:59'", "'-00:00:01'", "'00:00:00'", "'100:00:00'", "'838:59:59'"],
  ['TIME(1)', "'-00:00:00.1'", "'-01:00:00.9'", "'00:00:00.1'", "'838:59:58.9'", "'-838:59:58.9'"],
  ['TIME(2)', "'-00:00:00.01'", "'-00:00:01'", "'-00:01:00.99'", "'12:34:56.78'"],
  ['TIME(3)', "'-00:00:00.001'", "'-10:20:30.999'", "'10:20:30.001'"],
  ['TIME(4)', "'-00:00:00.0001'", "'-10:20:30.9999'", "'10:20:30.0001'"],
  ['TIME(5)', "'-00:00:00.00001'", "'-10:20:30'", "'10:20:30.00001'"],
  [
    'TIME(6)',
    "'-838:59:58.999999'",
    "'-00:00:00.000001'",
    "'-00:59:59.999999'",
    "'00:00:00.000001'",
    "'838:59:58.999999'",
  ],
  ["ENUM('a','b','it''s, so')", "''", "'a'", "'it''s, so'"],
  [`ENUM(${Array.from({ length: 300 }, (_, index) => `'m${index}'`).join(',')})`, "'m0'", "'m254'", "'m255'", "'m299'"],
  ["SET('a','b','c')", "''", "'a,c'"],
  [`SET(${Array.from({ length: 20 }, (_, index) => `'s${index}'`).join(',')})`, "'s0,s19'"],
  [`SET(${Array.from({ length: 64 }, (_, index) => `'s${index}'`).join(',')})`, "'s0'", "'s31,s32'", "'s63'"],
  ['BIT(1)', "b'0'", "b'1'"],
  ['BIT(10)', "b'1000000001'", "b'0'"],
  ['BIT(48)', "b'1'", "X'FFFFFFFFFFFF'"],
  ['BIT(64)', "b'1'", "X'8000000000000000'", "X'FFFFFFFFFFFFFFFF'"],
];

export const keyTypesScenario: Scenario = {
  name: 'key-types',
  setup: keyTypes.map(
    ([type], index) =>
      `CREATE TABLE k${index} (before_key VARCHAR(300), k ${type} NOT NULL, after_key INT, PRIMARY KEY (k))`,
  ),
  followed: keyTypes.map((_, index) => ({ table: `k${index}`, key: ['k'] })),
  steps: keyTypes.map(([, ...values], index) =>
    rows(`INSERT INTO k${index} (before_key, k) VALUES ${values.map((value) => `('x', ${value})`).join(', ')}`),
  ),
};

/** Every type there is, none of them in the key, in an order that puts one key column first and one last. */
const everyType: readonly (readonly [type: string, value: string])[] = [
  ['TINYINT', '-5'],
  ['SMALLINT', '300'],
  ['MEDIUMINT', '70000'],
  ['INT', '5'],
  ['BIGINT UNSIGNED', '18446744073709551615'],
  ['FLOAT', '1.5'],
  ['DOUBLE', '-2.5'],
  ['DECIMAL(30,10)', '-1.0000000001'],
  ['DECIMAL(5,0)', '77'],
  ['BIT(1)', "b'1'"],
  ['BIT(17)', "b'10000000000000001'"],
  ['BIT(64)', '5'],
  ['YEAR', '2024'],
  ['DATE', "'2024-02-29'"],
  ['TIME', "'-10:00:00'"],
  ['TIME(3)', "'-10:00:00.5'"],
  ['TIME(6)', "'1:1:1.1'"],
  ['DATETIME', "'2024-02-29 01:02:03'"],
  ['DATETIME(2)', "'2024-02-29 01:02:03.45'"],
  ['DATETIME(6)', "'2024-02-29 01:02:03.45'"],
  ['TIMESTAMP NULL', "'2024-02-29 01:02:03'"],
  ['TIMESTAMP(4) NULL', "'2024-02-29 01:02:03.45'"],
  ['CHAR(3)', "'ab'"],
  ['CHAR(255) CHARACTER SET utf8mb4', "REPEAT('漢', 90)"],
  ['VARCHAR(10)', "'var'"],
  ['VARCHAR(1000)', "REPEAT('v', 300)"],
  ['BINARY(3)', "X'010200'"],
  ['VARBINARY(300)', "REPEAT(X'00', 299)"],
  ['TINYTEXT', "'tiny'"],
  ['TEXT', "REPEAT('t', 300)"],
  ['MEDIUMTEXT', "'medium'"],
  ['LONGTEXT', "'long'"],
  ['TINYBLOB', "'tiny'"],
  ['BLOB', "X'00FF'"],
  ['MEDIUMBLOB', "'medium'"],
  ['LONGBLOB', "REPEAT('l', 400)"],
  ["ENUM('a','b')", "'b'"],
  [`ENUM(${Array.from({ length: 260 }, (_, index) => `'e${index}'`).join(',')})`, "'e259'"],
  ["SET('x','y')", "'x,y'"],
  [`SET(${Array.from({ length: 40 }, (_, index) => `'s${index}'`).join(',')})`, "'s39'"],
  ['JSON', `'{"a": [1, 2, 3], "b": [2.5, null]}'`],
  ['GEOMETRY', "ST_GeomFromText('POINT(1 2)')"],
  ['POINT SRID 4326', "ST_GeomFromText('POINT(1 2)', 4326)"],
  ['GEOMETRYCOLLECTION', "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))')"],
  ['VECTOR(3)', "TO_VECTOR('[1,2,3]')"],
];

const everyColumns = everyType.map(([type], index) => `c${index} ${type}`).join(', ');
const everyNames = everyType.map((_, index) => `c${index}`).join(', ');
const everyValues = everyType.map(([, value]) => value).join(', ');
const oddNulls = everyType.map(([, value], index) => (index % 2 === 1 ? 'NULL' : value)).join(', ');
const evenNulls = everyType.map(([, value], index) => (index % 2 === 0 ? 'NULL' : value)).join(', ');

const everySetup: readonly string[] = [
  `CREATE TABLE every (id INT NOT NULL, ${everyColumns}, g INT AS (c0 + 1) VIRTUAL, hidden INT INVISIBLE DEFAULT 3,
    s INT AS (c0 + 2) STORED, name VARCHAR(20) CHARACTER SET utf8mb4 NOT NULL, PRIMARY KEY (name, id),
    KEY f ((c0 * 2)), KEY m ((CAST(c40->'$.a' AS UNSIGNED ARRAY))))`,
  'ALTER TABLE every ADD COLUMN last_one INT',
  'CREATE TABLE stranger (id INT PRIMARY KEY, v JSON)',
  'CREATE TABLE ours (id INT PRIMARY KEY, v JSON)',
];

const everySteps: readonly Step[] = [
  rows(
    `INSERT INTO every (id, name, ${everyNames}) VALUES (1, 'all', ${everyValues}), (-1, 'odd', ${oddNulls}), (0, 'even', ${evenNulls})`,
  ),
  rows(`INSERT INTO every (id, name) VALUES (7, 'nothing')`),
  rows(`UPDATE every SET c5 = 8, c24 = REPEAT('w', 5) WHERE id IN (1, 7)`),
  rows(`UPDATE every SET id = id + 10 WHERE id IN (0, 1)`),
  rows(`UPDATE every SET name = 'ODD', c35 = 'short' WHERE id = -1`),
  rows(`UPDATE every SET name = 'x', id = 99 WHERE id = 7`),
  rows(`DELETE FROM every WHERE id IN (10, 99)`),
];

export function everyScenario(image: 'FULL' | 'MINIMAL' | 'NOBLOB'): Scenario {
  return {
    name: `every-type-${image.toLowerCase()}`,
    setup: [...everySetup, `SET SESSION binlog_row_image = '${image}'`],
    followed: [{ table: 'every', key: ['name', 'id'] }],
    steps: everySteps,
  };
}
