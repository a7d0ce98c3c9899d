/**
 * How the value of a column gets into its successor. INSERT … SELECT does not convert everywhere as ALTER TABLE does; the
 * table here was made by comparing both for every pair of types (P1: the value that a native ALTER would have made).
 */
import type { ColumnModel } from './table-model.js';

export type Conversion =
  /** The column is selected as it is. */
  | 'assign'
  /** The column is selected as CAST(… AS CHAR): as ALTER TABLE does it between these types. */
  | 'throughText'
  /** The column is selected as a sum: between columns of one type the server would move the bytes, and round nothing. */
  | 'asNumber';

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
  if (from === to) return rounds(source, target) ? 'asNumber' : 'assign';
  if (to === 'bit') return integers.includes(from) || from === 'year' ? 'assign' : null;
  if (to === 'vector') return null;
  if (numbers.has(from)) return numberConversion(to);
  if (from === 'json') return (numbers.has(to) && to !== 'decimal') || moments.has(to) ? 'throughText' : 'assign';
  // A date is no year to ALTER TABLE, which reads it as a number out of range.
  if (from === 'date' && to === 'year') return 'throughText';
  return 'assign';
}

/** FLOAT(M,D) and DOUBLE(M,D) hold rounded numbers within a range; what another column of the type holds need not be. */
function rounds({ dataType, columnType }: ColumnModel, target: ColumnModel): boolean {
  return (dataType === 'float' || dataType === 'double') && columnType !== target.columnType;
}

/**
 * The digits of FLOAT, the zeros of ZEROFILL and YEAR, the text of members of ENUM and SET and numbers in JSON are lost on
 * the direct way, and numbers that are no dates become some.
 */
function numberConversion(to: string): Conversion {
  const readsText = texts.has(to) || moments.has(to) || to === 'enum' || to === 'set' || to === 'json';
  return readsText ? 'throughText' : 'assign';
}
