/**
 * How the value of a column gets into its successor. INSERT … SELECT does not convert everywhere as ALTER TABLE does; the
 * table here was made by comparing both for every pair of types (P1: the value that a native ALTER would have made).
 */
import type { ColumnModel } from './table-model.js';

export type Conversion =
  /** The column is selected as it is. */
  | 'assign'
  /** The column is selected as CAST(… AS CHAR): as ALTER TABLE does it between these types. */
  | 'throughText';

const integers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const fractions = ['decimal', 'float', 'double'];
const numbers = new Set([...integers, ...fractions, 'year']);
const texts = new Set([
  ...['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'],
  ...['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
]);
const moments = new Set(['date', 'datetime', 'timestamp', 'time']);

/** The conversion of a pair of plain columns; null where none gives what ALTER TABLE gives. */
export function conversionOf(source: ColumnModel, target: ColumnModel): Conversion | null {
  const from = source.dataType;
  const to = target.dataType;
  if (from === to) return 'assign';
  if (to === 'bit') return integers.includes(from) || from === 'year' ? 'assign' : null;
  if (to === 'vector') return null;
  if (numbers.has(from)) return numberConversion(from, to);
  if (from === 'json') return (numbers.has(to) && to !== 'decimal') || moments.has(to) ? 'throughText' : 'assign';
  // A date is no year to ALTER TABLE, which reads it as a number out of range.
  if (from === 'date' && to === 'year') return 'throughText';
  return 'assign';
}

/**
 * The digits of FLOAT, the zeros of ZEROFILL and YEAR, the text of ENUM members and numbers in JSON are lost on the direct
 * way, and numbers that are no dates become some.
 */
function numberConversion(from: string, to: string): Conversion {
  if (texts.has(to) || moments.has(to) || to === 'enum' || to === 'json') return 'throughText';
  return to === 'set' && fractions.includes(from) ? 'throughText' : 'assign';
}
