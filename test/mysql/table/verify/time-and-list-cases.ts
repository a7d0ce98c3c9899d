/** Conversions of times, lists, documents and geometry; see conversion-cases.ts. */
import { list, NULL, type ConversionCase } from './conversion-case.js';

export const times: readonly ConversionCase[] = [
  {
    from: 'DATETIME(6)',
    to: 'DATETIME(1)',
    values: ["'2024-12-31 23:59:59.95'", "'2024-12-31 23:59:59.949999'"],
    changes: [{ row: 1, to: "'2024-12-31 23:59:59.9'" }],
  },
  {
    from: 'DATETIME',
    to: 'DATETIME(6)',
    values: ["'2024-01-01 10:00:00'"],
    changes: [{ row: 1, to: "'2024-01-01 10:00:00.000001'" }],
  },
  {
    from: 'DATETIME(3)',
    to: 'TIMESTAMP(1) NULL',
    values: ["'2024-12-31 23:59:59.950'", NULL],
    changes: [{ row: 1, to: "'2024-12-31 23:59:59.9'" }],
  },
  {
    from: 'TIMESTAMP(3) NULL',
    to: 'DATETIME(0)',
    values: ["'2024-12-31 23:59:59.500'", "'2024-06-01 10:00:00'"],
    changes: [{ row: 2, to: "'2024-06-01 04:30:00'" }],
  },
  {
    from: 'TIMESTAMP(6) NULL',
    to: 'TIMESTAMP(2) NULL',
    values: ["'2024-12-31 23:59:59.995'", "'2024-12-31 23:59:59.994999'", NULL],
    changes: [{ row: 1, to: "'2024-12-31 23:59:59.99'" }],
  },
  {
    from: 'TIMESTAMP(1) NULL',
    to: 'TIMESTAMP(4) NULL',
    values: ["'2024-01-01 00:00:00.1'"],
    changes: [{ row: 1, to: "'2024-01-01 00:00:00.1001'" }],
  },
  {
    from: 'TIME(6)',
    to: 'TIME(0)',
    values: ["'-10:00:00.5'", "'10:00:00.499999'"],
    changes: [{ row: 1, to: "'-10:00:00'" }],
  },
  {
    from: 'DATETIME(6)',
    to: 'DATE',
    values: ["'2024-12-31 23:59:59.5'", "'2024-12-31 23:59:59.499999'"],
    changes: [{ row: 1, to: "'2024-12-31'" }],
  },
  {
    from: 'TIMESTAMP(6) NULL',
    to: 'DATE',
    values: ["'2024-12-31 23:59:59.5'"],
    changes: [{ row: 1, to: "'2024-12-31'" }],
  },
  { from: 'DATE', to: 'DATETIME(3)', values: ["'2024-12-31'"], changes: [{ row: 1, to: "'2024-12-31 00:00:00.001'" }] },
  { from: 'DATE', to: 'TIMESTAMP NULL', values: ["'2024-12-31'"], changes: [{ row: 1, to: "'2024-12-31 05:30:00'" }] },
  {
    from: 'DATETIME(3)',
    to: 'TIME(1)',
    values: ["'2024-12-31 10:00:00.55'"],
    changes: [{ row: 1, to: "'10:00:00.5'" }],
  },
  { from: 'TIME(3)', to: 'DATETIME(3)', values: ["'25:00:00.5'"], changes: [{ row: 1, to: '{c} + INTERVAL 1 DAY' }] },
  {
    from: 'VARCHAR(40)',
    to: 'DATETIME(2)',
    values: ["'2024-1-5 1:2:3.456'", "'2024-01-01 10:00:00+02:00'", "'20240105'"],
    changes: [{ row: 1, to: "'2024-01-05 01:02:03.45'" }],
  },
  {
    from: 'VARCHAR(40)',
    to: 'TIMESTAMP NULL',
    values: ["'2024-01-01 10:00:00+02:00'"],
    changes: [{ row: 1, to: "'2024-01-01 10:00:00'" }],
  },
  {
    from: 'VARCHAR(40)',
    to: 'DATE',
    values: ["'2024-1-5'", "'240105'", "'2024-01-01 23:59:59.9'"],
    changes: [{ row: 3, to: "'2024-01-01'" }],
  },
  {
    from: 'VARCHAR(40)',
    to: 'TIME(2)',
    values: ["'-100:5'", "'1 02:03:04.567'"],
    changes: [{ row: 2, to: "'26:03:04.56'" }],
  },
  { from: 'DATE', to: 'INT', values: ["'2024-12-31'"], changes: [{ row: 1, to: '20241230' }] },
  { from: 'DATETIME', to: 'BIGINT', values: ["'2024-12-31 10:11:12'"], changes: [{ row: 1, to: '20241231101113' }] },
];

export const lists: readonly ConversionCase[] = [
  {
    from: "ENUM('a', 'b', 'c''d')",
    to: "ENUM('c''d', 'b', 'new', 'a')",
    values: ["'a'", "'b'", "'c''d'", NULL],
    changes: [
      { row: 1, to: "'b'" },
      { row: 3, to: 'NULL' },
      { row: 4, to: "'a'" },
    ],
  },
  { from: "ENUM('a', 'b')", to: "ENUM('a', 'b', 'c')", values: ["'a'", "'b'"], changes: [{ row: 1, to: "'c'" }] },
  {
    from: "ENUM('red', 'é', '')",
    to: "ENUM('', 'É', 'Red') CHARACTER SET latin1",
    values: ["'red'", "'é'", "''"],
    changes: [{ row: 1, to: "'É'" }],
  },
  {
    from: "ENUM('a\\\\b', 'n\\nl', 'q\"')",
    to: "ENUM('q\"', 'n\\nl', 'a\\\\b')",
    values: ["'a\\\\b'", "'n\\nl'", "'q\"'"],
    changes: [{ row: 2, to: "'q\"'" }],
  },
  {
    from: "SET('a', 'b', 'c')",
    to: "SET('c', 'x', 'B', 'a')",
    values: ["'a'", "'a,b'", "'a,b,c'", "''", NULL],
    changes: [
      { row: 2, to: "'a'" },
      { row: 4, to: 'NULL' },
    ],
  },
  {
    from: `SET(${list(63)})`,
    to: `SET('first',${list(63)})`,
    values: ['9223372036854775807', "'m62'"],
    changes: [
      { row: 1, to: "'m62'" },
      { row: 2, to: "'first'" },
    ],
  },
  { from: "SET('a', 'b')", to: "SET('a', 'b', 'c')", values: ["'a,b'"], changes: [{ row: 1, to: "'a,b,c'" }] },
  {
    from: 'VARCHAR(20)',
    to: "ENUM('new', 'paid', '2')",
    values: ["'new'", "'PAID '", "'2'", "'1'", "'03'"],
    changes: [
      { row: 2, to: "'new'" },
      { row: 3, to: "'paid'" },
    ],
  },
  { from: "ENUM('new', 'paid')", to: 'TINYINT', values: ["'new'", "'paid'"], changes: [{ row: 2, to: '1' }] },
  { from: 'TINYINT', to: "ENUM('new', 'paid')", values: ['1', '2'], changes: [{ row: 2, to: "'new'" }] },
  { from: "SET('a', 'b')", to: 'INT', values: ["'a,b'", "''"], changes: [{ row: 1, to: '2' }] },
  {
    from: 'TEXT',
    to: 'JSON',
    values: ['\'{"b":1, "a" : [1.50, "é"]}\'', "'18446744073709551615'", NULL],
    changes: [
      { row: 1, to: "JSON_OBJECT('a', JSON_ARRAY(1.5, 'é'), 'b', 1)" },
      { row: 2, to: 'CAST(18446744073709551615.0 AS JSON)' },
    ],
  },
  {
    from: 'VARCHAR(40) CHARACTER SET latin1',
    to: 'JSON',
    values: ['\'["é"]\''],
    changes: [{ row: 1, to: '\'["e"]\'' }],
  },
  {
    from: 'POINT',
    to: 'GEOMETRY',
    values: ["ST_GeomFromText('POINT(1 2)', 4326)"],
    changes: [{ row: 1, to: "ST_GeomFromText('POINT(2 1)', 4326)" }],
  },
];
