/** What values lose in another type, for the pairs that differ in kind; a server agrees in test/mysql/migration/losses.test.ts. */
import { describe, expect, it } from 'vitest';
import { typeLosses } from '../../../src/schema/losses/type-losses.js';
import type { ColumnModel } from '../../../src/schema/table-model.js';
import { column } from '../models.js';

type Shape = Parameters<typeof column>[2];

/** As information_schema describes it: `decimal(10,2)`, `varchar(40) latin1`, `datetime(3)`. */
function columnOf(text: string): ColumnModel {
  const [type = '', charset] = text.split(' in ');
  const [, first, second] = /\((\d+)(?:,(\d+))?\)/.exec(type) ?? [];
  const name = /^[a-z0-9]+/.exec(type)?.[0] ?? '';
  const given = first === undefined ? null : Number(first);
  const isNumber = /^(?:decimal|float|double|bit)$/.test(name);
  const isMoment = /^(?:datetime|timestamp|time)$/.test(name);
  const bytes = /char|text|binary|blob/.test(name);
  const base = column('c', type);
  const shape: Shape = {
    numericPrecision: isNumber ? (given ?? (name === 'float' ? 12 : name === 'double' ? 22 : 10)) : null,
    numericScale: isNumber && second !== undefined ? Number(second) : name === 'decimal' ? 0 : null,
    datetimePrecision: isMoment ? (given ?? 0) : null,
    charset: /binary|blob/.test(name) ? null : base.charset === null ? null : (charset ?? base.charset),
    octetLength: bytes ? octets(name, given, charset ?? 'utf8mb4') : null,
  };
  return { ...base, ...shape };
}

function octets(name: string, length: number | null, charset: string): number {
  const fixed: Readonly<Record<string, number | undefined>> = {
    tiny: 255,
    '': 65_535,
    medium: 16_777_215,
    long: 4_294_967_295,
  };
  const kind = /^(tiny|medium|long|)(?:text|blob)$/.exec(name)?.[1];
  if (kind !== undefined) return fixed[kind] ?? 0;
  const widths: Readonly<Record<string, number | undefined>> = { utf8mb4: 4, utf8mb3: 3, utf16: 4 };
  return (length ?? 1) * (name.endsWith('binary') ? 1 : (widths[charset] ?? 1));
}

const cases: readonly (readonly [from: string, to: string, codes: readonly string[]])[] = [
  ['int', 'bigint', []],
  ['bigint', 'int', ['RANGE_SMALLER']],
  ['int', 'int unsigned', ['RANGE_SMALLER']],
  ['int unsigned', 'int', ['RANGE_SMALLER']],
  ['int unsigned', 'bigint', []],
  ['int', 'decimal(10,0)', []],
  ['int', 'decimal(10,1)', ['RANGE_SMALLER']],
  ['int', 'double', []],
  ['bigint', 'double', ['PRECISION_LOWER']],
  ['int', 'float', ['PRECISION_LOWER']],
  ['smallint', 'float', []],
  ['decimal(10,4)', 'decimal(10,2)', ['PRECISION_LOWER']],
  ['decimal(10,2)', 'decimal(12,4)', []],
  ['decimal(10,2)', 'decimal(10,4)', ['RANGE_SMALLER']],
  ['decimal(10,2)', 'int', ['PRECISION_LOWER']],
  ['decimal(15,2)', 'double', []],
  ['decimal(18,2)', 'double', ['PRECISION_LOWER']],
  ['double', 'float', ['RANGE_SMALLER', 'PRECISION_LOWER']],
  ['float', 'double', []],
  ['double', 'decimal(20,4)', ['RANGE_SMALLER', 'PRECISION_LOWER']],
  ['double(8,2)', 'decimal(8,2)', []],
  ['bit(8)', 'tinyint', ['RANGE_SMALLER']],
  ['bit(8)', 'tinyint unsigned', []],
  ['year', 'smallint', []],
  ['smallint', 'year', ['RANGE_SMALLER']],
  ['int', 'varchar(11)', []],
  ['int', 'varchar(10)', ['LENGTH_SHORTER']],
  ['float', 'varchar(40)', ['PRECISION_LOWER']],
  ['int', 'json', []],
  ['int', 'date', ['TYPE_CHANGED']],
  ['varchar(10)', 'int', ['TYPE_CHANGED']],
  ['varchar(10)', 'varchar(20)', []],
  ['varchar(20)', 'varchar(10)', ['LENGTH_SHORTER']],
  ['varchar(20)', 'char(20)', ['TRAILING_SPACES_DROPPED']],
  ['char(20)', 'varchar(20)', []],
  ['varchar(64)', 'tinytext', ['LENGTH_SHORTER']],
  ['varchar(63)', 'tinytext', []],
  ['varchar(60) in latin1', 'tinytext', []],
  ['text', 'varchar(16383)', ['LENGTH_SHORTER']],
  ['text', 'mediumtext', []],
  ['text in latin1', 'text', ['LENGTH_SHORTER']],
  ['text in latin1', 'mediumtext', []],
  ['text in utf8mb3', 'text', []],
  ['text in ascii', 'text in utf8mb3', []],
  ['varchar(20) in utf8mb3', 'varchar(20)', []],
  ['varchar(20)', 'varchar(20) in utf8mb3', ['CHARSET_SMALLER']],
  ['varchar(20) in latin1', 'varchar(20) in utf8mb3', []],
  ['varchar(20) in latin1', 'varchar(20) in latin2', ['CHARSET_SMALLER']],
  ['varchar(20) in ascii', 'varchar(20) in latin1', []],
  ['varchar(20)', 'varbinary(80)', []],
  ['varchar(20)', 'varbinary(79)', ['LENGTH_SHORTER']],
  ['varbinary(20)', 'varchar(20)', ['CHARSET_SMALLER']],
  ['varbinary(20)', 'blob', []],
  ['blob', 'varbinary(20)', ['LENGTH_SHORTER']],
  ['text', 'json', ['TYPE_CHANGED']],
  ['json', 'longtext', []],
  ['json', 'text', ['LENGTH_SHORTER']],
  ['json', 'int', ['TYPE_CHANGED']],
  ["enum('a','b')", "enum('a','b','c')", []],
  ["enum('a','b')", "enum('c','a','b')", []],
  ["enum('a','b')", "enum('b')", ['LABELS_REMOVED']],
  ["enum('a','b')", "enum('b','a')", ['LABELS_REORDERED']],
  ["enum('?','?')", "enum('?')", ['LABELS_REMOVED']],
  ["enum('a','b')", "set('a','b')", []],
  ["set('a','b')", "enum('a','b')", ['TYPE_CHANGED']],
  ["set('a','b')", 'varchar(3)', []],
  ["set('a','b')", 'varchar(2)', ['LENGTH_SHORTER']],
  ["enum('a','b')", 'int', ['TYPE_CHANGED']],
  ['varchar(9)', "enum('a','b')", ['TYPE_CHANGED']],
  ['datetime(6)', 'datetime(3)', ['PRECISION_LOWER']],
  ['datetime', 'datetime(3)', []],
  ['datetime', 'date', ['PRECISION_LOWER']],
  ['datetime(3)', 'time(3)', ['PRECISION_LOWER']],
  ['datetime', 'timestamp', ['RANGE_SMALLER']],
  ['timestamp', 'datetime', []],
  ['date', 'datetime', []],
  ['date', 'timestamp', ['RANGE_SMALLER']],
  ['time', 'datetime', ['RANGE_SMALLER']],
  ['datetime', 'varchar(19)', []],
  ['datetime(3)', 'varchar(19)', ['LENGTH_SHORTER']],
  ['date', 'int', ['TYPE_CHANGED']],
  ['point', 'geometry', []],
  ['geometry', 'point', ['SUBTYPE_SMALLER']],
  ['multipoint', 'geomcollection', []],
  ['vector(4)', 'vector(8)', []],
  ['vector(8)', 'vector(4)', ['SUBTYPE_SMALLER']],
];

describe('What values lose', () => {
  it.each(cases)('%s to %s', (from, to, codes) => {
    expect(typeLosses(columnOf(from), columnOf(to)).map(({ code }) => code)).toEqual(codes);
  });

  it('is nothing where the type stays', () => {
    for (const [from] of cases) expect(typeLosses(columnOf(from), columnOf(from))).toEqual([]);
  });

  it('is a reference system that was free', () => {
    const free = column('g', 'point');
    const fixed = column('g', 'point', { srsId: 4326 });
    expect(typeLosses(free, fixed).map(({ code }) => code)).toEqual(['SUBTYPE_SMALLER']);
    expect(typeLosses(fixed, free)).toEqual([]);
  });
});
