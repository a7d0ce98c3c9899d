import { describe, expect, it } from 'vitest';
import { conversionOf } from '../../src/schema/value-conversion.js';
import { column } from './models.js';

/**
 * Pairs for which `INSERT … SELECT c` and `ALTER TABLE … MODIFY c, ALGORITHM=COPY` were compared on MySQL 9.7.4 with rows
 * of edge values. `throughText`: they differ, and `SELECT CAST(c AS CHAR)` does not. null: nothing that was tried is the
 * same. `assign`: no difference.
 */
const measured: readonly (readonly [from: string, to: string, conversion: 'assign' | 'throughText' | null])[] = [
  ['float', 'varchar(40)', 'throughText'], // 1.1 became 1.100000023841858
  ['double', 'char(5)', 'throughText'],
  ['int(10) unsigned zerofill', 'varbinary(40)', 'throughText'], // 0000000007 became 7
  ['year', 'text', 'throughText'], // 0000 became 0
  ['tinyint', "enum('a','1')", 'throughText'], // 1 became the first member instead of '1'
  ['decimal(9,2)', "set('a')", 'throughText'],
  ['int', "set('a')", 'throughText'],
  ['bigint', 'json', 'throughText'],
  ['float', 'time', 'throughText'],
  ['tinyint', 'date', 'throughText'], // 127 became 2000-01-27 instead of an error
  ['decimal(9,2)', 'datetime', 'throughText'],
  ['json', 'decimal(9,2)', 'assign'],
  ['json', 'int', 'throughText'], // true became 1 instead of an error
  ['json', 'datetime', 'throughText'],
  ['json', 'text', 'assign'],
  ['date', 'year', 'throughText'],
  ['datetime', 'year', 'assign'],
  ['varchar(9)', 'bit(8)', null], // '1' became 49
  ['double', 'bit(64)', null],
  ['geometry', 'bit(8)', null],
  ['bigint', 'bit(64)', 'assign'],
  ['blob', 'vector(3)', null],
  ['vector(3)', 'blob', 'assign'],
  ['varchar(9)', 'json', 'assign'],
  ["enum('a','b')", "enum('b','a')", 'assign'],
  ["enum('a')", 'int', 'assign'],
  ['timestamp', 'datetime(3)', 'assign'],
  ['bit(8)', 'bit(64)', 'assign'],
  ['int', 'bigint unsigned', 'assign'],
];

describe('conversionOf', () => {
  it.each(measured)('%s to %s: %s', (from, to, conversion) => {
    expect(conversionOf(column('c', from), column('c', to))).toBe(conversion);
  });
});
