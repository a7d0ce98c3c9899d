/** Types of columns, with values at their edges and with values that mean something to other types. SQL. */
import { list, NULL } from './conversion-case.js';
import type { TypeWithValues } from './all-pairs.js';

const texts = [
  ...[
    "''",
    "'a'",
    "'b,a'",
    "'1'",
    "'2'",
    "' 12 '",
    "'1.5'",
    "'-2.5e1'",
    "'12abc'",
    "'2024'",
    "'B '",
    "'é'",
    "'日'",
    "'😀'",
  ],
  ...["'2024-01-02'", "'2024-01-02 23:59:59.6'", "'2024-01-01 00:00:00+05:30'", "'10:11:12.7'", "'20240102030405'"],
  ...["'2024-02-31'", "'0000-00-00'", '\'{"a": [1, 2.50]}\'', "'null'", "'POINT(1 2)'", NULL],
];
const bytes = [...texts, "x'00'", "x'6100'", "x'ff'", 'ST_AsWKB(POINT(1, 2))'];

const integers = ['0', '1', '2', '3', '-1', '12', '127', '70', '1970', '20240102', NULL];
const moments = ["'2024-01-02 23:59:59'", "'1970-01-01 00:00:01'", "'2023-11-14 22:00:00'", NULL];

/** The most telling ones, for variants of text. */
const few = ["''", "'a'", "'b,a'", "'2'", "' 12 '", "'-2.5e1'", "'2024-01-01 00:00:00+05:30'", "'null'", "'B '", NULL];

export const types: readonly TypeWithValues[] = [
  { type: 'TINYINT', values: ['0', '1', '2', '-1', '70', '127', NULL] },
  { type: 'SMALLINT UNSIGNED', values: ['0', '1', '1970', '2024', '65535', NULL] },
  { type: 'MEDIUMINT', values: ['0', '-8388608', '8388607'] },
  { type: 'INT', values: [...integers, '2147483647', '101112'] },
  { type: 'INT(6) ZEROFILL', values: ['0', '1', '5', '101112', '4294967295'] },
  { type: 'BIGINT', values: [...integers, '-9223372036854775808', '9223372036854775807', '20240102030405'] },
  { type: 'BIGINT UNSIGNED', values: ['0', '1', '18446744073709551615', '9223372036854775808'] },
  {
    type: 'DECIMAL(20,4)',
    values: ['0', '-0.0001', '1', '2.5', '-2.5', '20240102', '20240102030405.6', '101112.7', NULL],
  },
  { type: 'DECIMAL(65,0)', values: ['1', '18446744073709551616', '-9223372036854775809'] },
  { type: 'FLOAT', values: ['0', '1', '0.1', '-2.5', '1e20', '-0e0', '16777217', '2024', NULL] },
  { type: 'FLOAT(9,2)', values: ['0', '1.005', '123456.78'] },
  {
    type: 'DOUBLE',
    values: [
      '0',
      '1',
      '0.1',
      '2.5',
      '-3.5',
      '1e300',
      '9007199254740993',
      '1.8446744073709552e19',
      '20240102030405',
      NULL,
    ],
  },
  { type: 'DOUBLE(12,3)', values: ['0', '1.0005', '-2.5'] },
  { type: 'BIT(1)', values: ["b'0'", "b'1'", NULL] },
  { type: 'BIT(20)', values: ["b'0'", "b'1'", "b'10'", "b'11111101000'", '24930'] },
  { type: 'BIT(64)', values: ["b'1'", '18446744073709551615', '9223372036854775808', '20240102'] },
  { type: 'YEAR', values: ['0', '1901', '1970', '2024', '2155', NULL] },
  { type: 'DATE', values: ["'2024-01-02'", "'1000-01-01'", "'9999-12-31'", "'1970-01-01'", NULL] },
  { type: 'DATETIME', values: [...moments, "'9999-12-31 23:59:59'", "'1000-01-01 00:00:00'", "'2038-01-19 03:14:08'"] },
  {
    type: 'DATETIME(6)',
    values: ["'2024-12-31 23:59:59.999999'", "'2024-01-02 10:00:00.5'", "'2024-01-02 10:00:00.000001'"],
  },
  { type: 'TIMESTAMP', values: [...moments.map((moment) => moment.replace('1970-01-01 00', '1970-01-01 09'))] },
  { type: 'TIMESTAMP(3)', values: ["'2024-12-31 23:59:59.999'", "'2024-01-02 10:00:00.5'"] },
  {
    type: 'TIME',
    values: ["'00:00:00'", "'10:11:12'", "'-10:11:12'", "'838:59:59'", "'24:00:00'", "'00:20:24'", NULL],
  },
  { type: 'TIME(3)', values: ["'10:11:12.500'", "'-00:00:00.001'", "'23:59:59.999'"] },
  { type: 'CHAR(60)', values: texts },
  { type: 'VARCHAR(60)', values: [...texts, "'a '"] },
  { type: 'VARCHAR(60) CHARACTER SET latin1', values: few },
  { type: 'VARCHAR(60) CHARACTER SET utf16', values: few },
  { type: 'VARCHAR(60) CHARACTER SET ascii', values: few },
  { type: 'VARCHAR(60) COLLATE utf8mb4_bin', values: few },
  { type: 'CHAR(3)', values: ["''", "'a'", "'é'", "'12'", "'日本語'"] },
  { type: 'VARCHAR(3) CHARACTER SET gbk', values: ["''", "'a'", "'日'", "'12'"] },
  { type: 'TINYTEXT', values: few },
  { type: 'LONGTEXT', values: [...few, "'😀'", "'é   '", "REPEAT('x', 70000)"] },
  { type: 'BINARY(4)', values: ["''", "'a'", "'2024'", "'12'", "x'00'", "x'ff00'", NULL] },
  { type: 'VARBINARY(60)', values: [...few, "x'00'", "x'6100'", "x'ff'", 'ST_AsWKB(POINT(1, 2))'] },
  { type: 'BLOB', values: bytes },
  {
    type: "ENUM('a','b','2','2024','é','2024-01-02')",
    values: ["'a'", "'b'", "'2'", "'2024'", "'é'", "'2024-01-02'", NULL],
  },
  { type: "ENUM('2','A','b','')", values: ["'2'", "'a'", "'b'", "''", NULL] },
  { type: "ENUM('b','a') CHARACTER SET latin1", values: ["'a'", "'b'", NULL] },
  { type: "SET('a','b','2','é')", values: ["''", "'a'", "'b'", "'a,b'", "'2'", "'é'", "'a,é'", NULL] },
  { type: "SET('2','B','a','2024')", values: ["''", "'a'", "'b'", "'a,b'", "'2'", NULL] },
  { type: `SET(${list(64)})`, values: ["''", "'m0'", "'m63'", "'m1,m63'", '18446744073709551615', NULL] },
  {
    type: 'JSON',
    values: [
      ...[
        '\'{"a": [1, 2.50]}\'',
        "'null'",
        "'1'",
        "'-2.5'",
        "'18446744073709551615'",
        '\'"a"\'',
        '\'"2024-01-02"\'',
        "'true'",
      ],
      ...["CAST(CAST('2024-01-02' AS DATE) AS JSON)", "CAST(CAST('2024-01-02 10:00:00.5' AS DATETIME(6)) AS JSON)"],
      ...[
        "CAST(CAST('10:11:12' AS TIME) AS JSON)",
        'CAST(1.50 AS JSON)',
        '\'"2024-01-01 00:00:00+05:30"\'',
        "'[]'",
        NULL,
      ],
    ],
  },
  {
    type: 'GEOMETRY',
    values: ['POINT(1, 2)', "ST_GeomFromText('LINESTRING(0 0,1 1)')", "ST_GeomFromText('POINT(1 2)', 4326)", NULL],
  },
  { type: 'POINT', values: ['POINT(1, 2)', NULL] },
  { type: 'VECTOR(2)', values: ["TO_VECTOR('[1,2]')", NULL] },
];
