/** Conversions of values that stay, numbers and texts. */
import { list, NULL, type Change, type ConversionCase } from './conversion-case.js';
import { lists, times } from './time-and-list-cases.js';

function unchanged(type: string, values: readonly string[], changes: readonly Change[]): ConversionCase {
  return { from: type, to: type, values, changes };
}

const nested = (first = '1', b = '1.5', at = "CAST('2024-01-01 10:00:00' AS DATETIME)"): string =>
  `JSON_OBJECT('a', JSON_ARRAY(${first}, JSON_OBJECT('b', ${b})), 'at', ${at})`;

/** As text it is {"a": 5, "b": 6}, and the names of both types are equally long: differences of a CRC cancel out. */
const twoDecimals = "JSON_OBJECT('a', CAST(5 AS DECIMAL), 'b', CAST(6 AS DECIMAL))";

/** The same type on both sides: values are equal to the last bit or they are not equal. */
const sameTypes: readonly ConversionCase[] = [
  unchanged(
    'BIGINT',
    ['-9223372036854775808', '9007199254740993', '0', NULL],
    [
      { row: 2, to: '{c} - 1' },
      { row: 3, to: 'NULL' },
      { row: 4, to: '0' },
    ],
  ),
  unchanged('BIGINT UNSIGNED', ['18446744073709551615'], [{ row: 1, to: '{c} - 1' }]),
  unchanged(
    'DECIMAL(65,30)',
    ['99999999999999999999999999999999999.999999999999999999999999999999', '-0.1'],
    [
      { row: 1, to: '{c} - 0.000000000000000000000000000001' },
      { row: 2, to: '-{c}' },
    ],
  ),
  unchanged(
    'FLOAT',
    ['16777216', '1.1', '-0e0', '1e-45', NULL],
    [
      { row: 1, to: '16777215' },
      { row: 2, to: '1.1000002' },
      { row: 3, to: '0e0' },
      { row: 4, to: '0' },
    ],
  ),
  unchanged(
    'DOUBLE',
    ['0.30000000000000004', '-0e0', '1.7976931348623157e308', '5e-324', '-2.2250738585072014e-308'],
    [
      { row: 5, to: '-2.225073858507202e-308' },
      { row: 1, to: '0.3' },
      { row: 2, to: '0e0' },
      { row: 3, to: '1.7976931348623155e308' },
      { row: 4, to: '0' },
    ],
  ),
  unchanged(
    'BIT(64)',
    ["b'1'", '18446744073709551615', "b'0'", NULL],
    [
      { row: 1, to: "b'0'" },
      { row: 2, to: '18446744073709551614' },
      { row: 4, to: "b'0'" },
    ],
  ),
  unchanged('YEAR', ['0', '2155', '1901'], [{ row: 1, to: '2000' }]),
  unchanged('INT(8) ZEROFILL', ['0', '5'], [{ row: 2, to: '50' }]),
  unchanged(
    'VARCHAR(20)',
    ["'a'", "'ab '", "''", NULL, "'1,N'", "'é'"],
    [
      { row: 1, to: "'A'" },
      { row: 2, to: "'ab'" },
      { row: 3, to: 'NULL' },
      { row: 4, to: "''" },
      { row: 4, to: "'N'" },
      { row: 5, to: "'1'" },
      { row: 6, to: "'e'" },
      { row: 6, to: "CONCAT('e', _utf8mb4 x'cc81')" },
    ],
  ),
  unchanged(
    'CHAR(10)',
    ["'a'", "''"],
    [
      { row: 1, to: "'a\\t'" },
      { row: 2, to: "'\\0'" },
    ],
  ),
  unchanged(
    'MEDIUMTEXT',
    ["REPEAT('x', 200000)", "' '", NULL],
    [
      { row: 1, to: "INSERT({c}, 150000, 1, 'X')" },
      { row: 2, to: "''" },
      { row: 3, to: "''" },
    ],
  ),
  unchanged(
    'VARCHAR(20) CHARACTER SET latin1',
    ["'é'", "_latin1 x'81'"],
    [
      { row: 1, to: "'e'" },
      { row: 2, to: "_latin1 x'8d'" },
    ],
  ),
  unchanged(
    'BINARY(4)',
    ["'ab'", "x'00'"],
    [
      { row: 1, to: "'ab '" },
      { row: 2, to: "x'0001'" },
    ],
  ),
  unchanged(
    'LONGBLOB',
    ["x'00'", "''"],
    [
      { row: 1, to: "x'0000'" },
      { row: 2, to: 'NULL' },
    ],
  ),
  unchanged('DATE', ["'1000-01-01'", "'9999-12-31'"], [{ row: 1, to: "'1000-01-02'" }]),
  unchanged(
    'DATETIME(6)',
    ["'2024-01-01 10:00:00.000001'", "'9999-12-31 23:59:59.999999'"],
    [
      { row: 1, to: "'2024-01-01 10:00:00'" },
      { row: 2, to: "'9999-12-31 23:59:59.999998'" },
    ],
  ),
  unchanged(
    'TIMESTAMP(6) NULL',
    ["'2024-01-01 10:00:00.000001'", NULL],
    [
      { row: 1, to: "'2024-01-01 10:00:00'" },
      { row: 2, to: "'2024-01-01 10:00:00'" },
    ],
  ),
  unchanged(
    'TIME(6)',
    ["'-00:00:00.000001'", "'838:59:58.999999'"],
    [
      { row: 1, to: "'00:00:00.000001'" },
      { row: 2, to: "'838:59:58.999998'" },
    ],
  ),
  unchanged(
    "ENUM('', 'a', 'b,N')",
    ["''", "'a'", "'b,N'", NULL],
    [
      { row: 1, to: 'NULL' },
      { row: 2, to: "'b,N'" },
      { row: 4, to: "''" },
    ],
  ),
  unchanged(
    `SET(${list(64)})`,
    ['18446744073709551615', "''", '9223372036854775808'],
    [
      { row: 1, to: "'m0'" },
      { row: 2, to: 'NULL' },
      { row: 3, to: "''" },
    ],
  ),
  unchanged(
    'JSON',
    [nested(), 'CAST(1.5 AS JSON)', '\'{"a": 1}\'', "'null'", NULL, "'[1, 2]'", twoDecimals],
    [
      { row: 1, to: nested('1', '1.5e0') },
      { row: 1, to: nested('1', '1.5', "'2024-01-01 10:00:00.000000'") },
      { row: 1, to: nested('CAST(1 AS UNSIGNED)') },
      { row: 2, to: 'CAST(1.5e0 AS JSON)' },
      { row: 3, to: `'{"a": "1"}'` },
      { row: 3, to: `'{"A": 1}'` },
      { row: 4, to: 'NULL' },
      { row: 5, to: "'null'" },
      { row: 6, to: "'[2, 1]'" },
      { row: 7, to: `'{"a": 5, "b": 6}'` },
    ],
  ),
  unchanged(
    'GEOMETRY',
    ["ST_GeomFromText('POINT(1 2)', 4326)", "ST_GeomFromText('POINT(1 2)')"],
    [
      { row: 1, to: "ST_GeomFromText('POINT(1 2)', 0)" },
      { row: 2, to: "ST_GeomFromText('POINT(1 2.0000000000000004)')" },
    ],
  ),
  unchanged('VECTOR(3)', ["TO_VECTOR('[1,2,3]')", NULL], [{ row: 1, to: "TO_VECTOR('[1,2,3.0000002]')" }]),
];

const numbers: readonly ConversionCase[] = [
  { from: 'INT', to: 'BIGINT UNSIGNED', values: ['0', '2147483647', NULL], changes: [{ row: 2, to: '{c} + 1' }] },
  { from: 'BIGINT', to: 'TINYINT', values: ['-128', '127'], changes: [{ row: 1, to: '127' }] },
  { from: 'INT(8) ZEROFILL', to: 'INT', values: ['0', '5'], changes: [{ row: 2, to: '50' }] },
  { from: 'INT', to: 'INT(8) ZEROFILL', values: ['0', '5'], changes: [{ row: 2, to: '50' }] },
  { from: 'YEAR', to: 'INT', values: ['0', '2024'], changes: [{ row: 1, to: '2000' }] },
  { from: 'BIT(12)', to: 'INT', values: ["b'100000000001'"], changes: [{ row: 1, to: '{c} - 1' }] },
  { from: 'BIT(8)', to: 'BIT(64)', values: ["b'10000001'"], changes: [{ row: 1, to: "b'10000000'" }] },
  { from: 'INT', to: 'BIT(64)', values: ['-5', '5'], changes: [{ row: 1, to: '5' }] },
  {
    from: 'DECIMAL(20,6)',
    to: 'DECIMAL(15,2)',
    values: ['1.005', '-1.005', '-0.004', '1234567890.994999', NULL],
    changes: [
      { row: 1, to: '1.00' },
      { row: 2, to: '1.01' },
      { row: 4, to: '{c} + 0.01' },
    ],
  },
  {
    from: 'DECIMAL(10,2)',
    to: 'DECIMAL(30,10)',
    values: ['-1.5', '0'],
    changes: [{ row: 1, to: '{c} + 0.0000000001' }],
  },
  { from: 'DECIMAL(10,2)', to: 'INT', values: ['2.50', '-2.50', '-0.49'], changes: [{ row: 1, to: '2' }] },
  {
    from: 'BIGINT UNSIGNED',
    to: 'DECIMAL(22,2)',
    values: ['18446744073709551615'],
    changes: [{ row: 1, to: '{c} - 0.01' }],
  },
  { from: 'BIGINT', to: 'DOUBLE', values: ['9007199254740993', '-1'], changes: [{ row: 1, to: '9007199254740994' }] },
  { from: 'BIGINT', to: 'FLOAT', values: ['16777217', '-1'], changes: [{ row: 1, to: '16777218' }] },
  { from: 'FLOAT', to: 'DOUBLE', values: ['1.1', '-0e0', '3.4e38'], changes: [{ row: 1, to: '1.1' }] },
  { from: 'DOUBLE', to: 'FLOAT', values: ['1.1', '16777217', '-0e0'], changes: [{ row: 1, to: '1.1000002' }] },
  { from: 'DOUBLE', to: 'BIGINT', values: ['2.5', '3.5', '-2.5', '9007199254740993'], changes: [{ row: 1, to: '3' }] },
  {
    from: 'DOUBLE',
    to: 'DECIMAL(30,2)',
    values: ['1.005', '2.675', '-1e-12', '123456789012345678'],
    changes: [{ row: 2, to: '{c} - 0.01' }],
  },
  {
    from: 'DECIMAL(65,30)',
    to: 'DOUBLE',
    values: ['0.1', '-0.000000000000000000000000000001'],
    changes: [{ row: 1, to: '0.10000000000000002' }],
  },
];

const texts: readonly ConversionCase[] = [
  {
    from: 'VARCHAR(20)',
    to: 'CHAR(20)',
    values: ["'ab  '", "''", "'a\\t '", NULL],
    changes: [
      { row: 1, to: "'AB'" },
      { row: 2, to: 'NULL' },
    ],
  },
  { from: 'CHAR(20)', to: 'VARCHAR(10)', values: ["'ab'", "''"], changes: [{ row: 1, to: "'ab '" }] },
  { from: 'VARCHAR(10)', to: 'MEDIUMTEXT', values: ["'ab '", NULL], changes: [{ row: 1, to: "'ab'" }] },
  { from: 'TEXT', to: 'VARCHAR(5)', values: ["'ab         '", "'abcde'"], changes: [{ row: 1, to: "'ab'" }] },
  { from: 'TEXT', to: 'CHAR(5)', values: ["CONCAT('ab', REPEAT(' ', 100))"], changes: [{ row: 1, to: "'abc'" }] },
  {
    from: 'VARCHAR(20) CHARACTER SET latin1',
    to: 'VARCHAR(20) CHARACTER SET utf8mb4',
    values: ["'é€'", "_latin1 x'81'", "''"],
    changes: [{ row: 1, to: "'e€'" }],
  },
  {
    from: 'VARCHAR(20) CHARACTER SET utf8mb4',
    to: 'VARCHAR(20) CHARACTER SET latin1',
    values: ["'é€'", "'?é'", "'é'"],
    changes: [
      { row: 1, to: "'?€'" },
      { row: 2, to: "'??'" },
      { row: 3, to: "'?'" },
    ],
  },
  {
    from: 'TEXT CHARACTER SET utf16',
    to: 'CHAR(20) CHARACTER SET utf8mb4',
    values: ["'😀é  '"],
    changes: [{ row: 1, to: "'😁é'" }],
  },
  {
    from: 'VARCHAR(20) CHARACTER SET utf8mb4',
    to: 'VARCHAR(20) CHARACTER SET utf16le',
    values: ["'😀'"],
    changes: [{ row: 1, to: "'😁'" }],
  },
  {
    from: 'VARCHAR(20) CHARACTER SET sjis',
    to: 'TEXT CHARACTER SET utf8mb4',
    values: ["'日本'", "_sjis x'5c7e'"],
    changes: [{ row: 1, to: "'日木'" }],
  },
  { from: 'VARCHAR(20) CHARACTER SET latin1', to: 'VARBINARY(20)', values: ["'é'"], changes: [{ row: 1, to: "'é'" }] },
  {
    from: 'VARBINARY(20)',
    to: 'VARCHAR(20) CHARACTER SET utf8mb4',
    values: ["'é '"],
    changes: [{ row: 1, to: "'é'" }],
  },
  { from: 'BLOB', to: 'CHAR(20) CHARACTER SET utf8mb4', values: ["'é  '"], changes: [{ row: 1, to: "'e'" }] },
  { from: 'VARBINARY(5)', to: 'BINARY(8)', values: ["'ab'", "x'00'"], changes: [{ row: 1, to: "'ab '" }] },
  { from: 'BINARY(5)', to: 'VARBINARY(8)', values: ["'ab'"], changes: [{ row: 1, to: "'ab'" }] },
  { from: 'CHAR(5)', to: 'BINARY(20)', values: ["'ab'"], changes: [{ row: 1, to: "'ab '" }] },
  { from: 'INT', to: 'VARCHAR(20)', values: ['-5', '0', NULL], changes: [{ row: 1, to: "'-5 '" }] },
  { from: 'INT(6) ZEROFILL', to: 'VARCHAR(20)', values: ['5'], changes: [{ row: 1, to: "'5'" }] },
  { from: 'YEAR', to: 'CHAR(4)', values: ['0', '2024'], changes: [{ row: 1, to: "'0'" }] },
  { from: 'DECIMAL(10,3)', to: 'TEXT', values: ['-1.500', '0'], changes: [{ row: 1, to: "'-1.5'" }] },
  {
    from: 'DOUBLE',
    to: 'VARCHAR(30)',
    values: ['0.30000000000000004', '1e20', '-0e0'],
    changes: [{ row: 3, to: "'0'" }],
  },
  { from: 'FLOAT', to: 'VARCHAR(30)', values: ['0.1', '1234567'], changes: [{ row: 1, to: "'0.10000000149011612'" }] },
  { from: 'INT', to: 'VARBINARY(10)', values: ['12'], changes: [{ row: 1, to: "'012'" }] },
  {
    from: 'DATETIME(3)',
    to: 'VARCHAR(40)',
    values: ["'2024-01-01 10:00:00.500'"],
    changes: [{ row: 1, to: 'TRIM(TRAILING 0 FROM {c})' }],
  },
  {
    from: 'TIMESTAMP(3) NULL',
    to: 'VARCHAR(40)',
    values: ["'2024-01-01 10:00:00.500'"],
    changes: [{ row: 1, to: "'2024-01-01 04:30:00.500'" }],
  },
  { from: 'JSON', to: 'LONGTEXT', values: ['\'{"b": [1.0, "é"]}\'', '\'"x"\''], changes: [{ row: 2, to: "'x'" }] },
  {
    from: "ENUM('new', 'päid')",
    to: 'VARCHAR(20) CHARACTER SET latin1',
    values: ["'new'", "'päid'"],
    changes: [{ row: 2, to: "'paid'" }],
  },
  { from: "SET('a', 'b', 'c')", to: 'VARCHAR(20)', values: ["'c,a'", "''"], changes: [{ row: 1, to: "'c,a'" }] },
  {
    from: 'VARCHAR(40)',
    to: 'INT',
    values: ["'12'", "' 12'", "'12 '", "'1e3'", "'1.5'", "'-2.5'", "'0012'", NULL],
    changes: [{ row: 5, to: '1' }],
  },
  { from: 'VARCHAR(40)', to: 'DECIMAL(20,3)', values: ["'0.0005'", "'1e-3'"], changes: [{ row: 1, to: '0' }] },
  {
    from: 'TEXT',
    to: 'DOUBLE',
    values: ["'0.30000000000000004'", "'-0.0'"],
    changes: [
      { row: 1, to: '0.3' },
      { row: 2, to: '0e0' },
    ],
  },
];

/** Every conversion for which there is a rule. */
export const comparedCases: readonly ConversionCase[] = [...sameTypes, ...numbers, ...texts, ...times, ...lists];

/** Conversions without a sure rule: only NULL is compared, and they are told. */
export const notComparedCases: readonly ConversionCase[] = [
  { from: 'DOUBLE', to: 'BIGINT UNSIGNED', values: ['2.5'], changes: [{ row: 1, to: 'NULL' }] },
  { from: 'DOUBLE', to: 'DOUBLE(10,2)', values: ['2.5'], changes: [{ row: 1, to: 'NULL' }] },
  { from: 'BIT(8)', to: 'VARCHAR(10)', values: ["b'101'"], changes: [{ row: 1, to: 'NULL' }] },
  {
    from: 'VARBINARY(10)',
    to: 'VARCHAR(10) CHARACTER SET utf16',
    values: ["x'41'"],
    changes: [{ row: 1, to: 'NULL' }],
  },
  { from: 'VARCHAR(20)', to: "SET('a', 'b')", values: ["'b,a'"], changes: [{ row: 1, to: 'NULL' }] },
  { from: "ENUM('a', 'b')", to: "SET('b', 'a')", values: ["'b'"], changes: [{ row: 1, to: 'NULL' }] },
  { from: 'INT', to: 'YEAR', values: ['2024'], changes: [{ row: 1, to: 'NULL' }] },
  { from: 'BIGINT', to: 'DATETIME', values: ['20240101101010'], changes: [{ row: 1, to: 'NULL' }] },
  { from: 'DATETIME(3)', to: 'DECIMAL(20,3)', values: ["'2024-01-01 10:10:10.6'"], changes: [{ row: 1, to: 'NULL' }] },
];
