/**
 * SQL for keys: how a key column is read as text, and how that text becomes a literal again. The text is the form in
 * which the binlog decoder emits keys (src/binlog/key.ts), so that keys from rows and from events are the same. Equality
 * and order are always the server's: nothing here compares.
 */
import type { Key } from '../../../binlog/key.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { quoteColumn, quoteIdentifier } from '../../../schema/identifier.js';
import type { KeyColumn } from '../../../schema/iteration-key.js';
import { ownAlias } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import { anyDateHint, anyDateHintFor, type ConversionSettings } from '../../server/session/variables.js';
import { textLiteral } from './text-literal.js';

/** An expression that renders the column as key text; `reference` is quoted and may have its table before it. */
export function keyTextExpression(column: KeyColumn, reference = quoteIdentifier(column.name)): string {
  switch (column.kind) {
    case 'bytes':
      return `HEX(${reference})`;
    case 'enum':
    case 'set':
    case 'bit':
      return `CAST(${reference} + 0 AS CHAR)`;
    default:
      return `CAST(${reference} AS CHAR)`;
  }
}

/** The select list that renders a whole key. */
export function keySelectList(columns: readonly KeyColumn[]): string {
  return columns.map((column, index) => `${keyTextExpression(column)} AS ${keyAlias(index)}`).join(', ');
}

/** What the text of a key's column is called in the rows that `keyOfRow` takes. */
export function keyAlias(index: number): string {
  return ownAlias(`k${index}`);
}

/** The key of a row that was read with `keySelectList`. */
export function keyOfRow(row: object, columns: readonly KeyColumn[]): Key {
  return columns.map((_column, index) => String((row as Record<string, unknown>)[keyAlias(index)]));
}

const shapes = {
  integer: /^-?\d+$/,
  decimal: /^-?\d+(\.\d+)?$/,
  enum: /^\d+$/,
  set: /^\d+$/,
  bit: /^\d+$/,
  bytes: /^([0-9A-F]{2})*$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  datetime: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/,
  timestamp: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/,
  time: /^-?\d{2,3}:\d{2}:\d{2}(\.\d+)?$/,
} as const satisfies Record<KeyColumn['kind'], RegExp>;

/**
 * The literal for one key value. Values are not bound by placeholders here, since a literal must carry its character
 * set; each is checked against the exact shape of its kind instead, so nothing but digits and hex gets into SQL.
 */
export function keyLiteral(column: KeyColumn, value: string): string {
  if (!shapes[column.kind].test(value)) {
    throw new SwitchyardError('KEY_VALUE_NOT_VALID', { column: column.name, kind: column.kind });
  }
  switch (column.kind) {
    case 'bytes':
      return column.charset === null ? `x'${value}'` : textLiteral(column.charset, value);
    case 'date':
    case 'datetime':
    case 'timestamp':
    case 'time':
      return `'${value}'`;
    default:
      return value;
  }
}

const kindsWithDates: ReadonlySet<KeyColumn['kind']> = new Set(['date', 'datetime', 'timestamp']);

/**
 * What stands behind SELECT or DELETE where rows are found by this key; empty, or with a space before it.
 * @param conversion where the statement also converts values.
 */
export function keyHint(columns: readonly KeyColumn[], conversion?: ConversionSettings): string {
  if (!columns.some(({ kind }) => kindsWithDates.has(kind))) return '';
  return ` ${conversion === undefined ? anyDateHint : anyDateHintFor(conversion)}`;
}

/**
 * `key IN (…)` for these keys; `names` are the columns to compare, in the order of `columns`, of `table` where more than
 * one is in reach.
 */
export function keyIn(
  columns: readonly KeyColumn[],
  names: readonly string[],
  keys: readonly Key[],
  table?: TableName,
): string {
  const quoted = names.map((name) => (table === undefined ? quoteIdentifier(name) : quoteColumn(table, name)));
  const literals = keys.map((key) => columns.map((column, index) => keyLiteral(column, key[index] ?? '')));
  if (columns.length === 1) return `${quoted[0]} IN (${literals.map(([literal]) => literal).join(', ')})`;
  // Written out, and not as `(a, b) IN ((1, 2), …)`: with an ENUM or SET in it that matches nothing, without an error
  // (tried on 9.7.4). It is a range scan all the same.
  const tuples = literals.map((tuple) => tuple.map((literal, index) => `${quoted[index]} = ${literal}`).join(' AND '));
  return `(${tuples.map((tuple) => `(${tuple})`).join(' OR ')})`;
}

/** `key > lower AND key <= upper` in the order of the index; a bound that is null is open. `TRUE` when both are. */
export function keyRange(columns: readonly KeyColumn[], lower: Key | null, upper: Key | null): string {
  const parts: string[] = [];
  if (lower !== null) parts.push(beyond(columns, lower, '>', '>'));
  if (upper !== null) parts.push(beyond(columns, upper, '<', '<='));
  return parts.length === 0 ? 'TRUE' : parts.join(' AND ');
}

/**
 * A row comparison written out, since the optimiser makes no range of `(a, b) > (1, 2)`:
 * `a >= 1 AND (a > 1 OR (a = 1 AND b > 2))`.
 */
function beyond(columns: readonly KeyColumn[], key: Key, operator: '<' | '>', lastOperator: string): string {
  const [column, ...rest] = columns;
  if (column === undefined) return 'TRUE';
  const name = quoteIdentifier(column.name);
  const literal = keyLiteral(column, key[0] ?? '');
  if (rest.length === 0) return `${name} ${lastOperator} ${literal}`;
  const deeper = beyond(rest, key.slice(1), operator, lastOperator);
  return `${name} ${operator}= ${literal} AND (${name} ${operator} ${literal} OR (${name} = ${literal} AND ${deeper}))`;
}

/**
 * `ORDER BY` list of the key of `table`, ascending or descending. With the table's name: a bare name would be an alias of
 * the select list first, and a column may be called like one (tried: rows were lost for a key of columns k1 and k2).
 */
export function keyOrder(table: TableName, columns: readonly KeyColumn[], direction: 'ASC' | 'DESC' = 'ASC'): string {
  return columns.map((column) => `${quoteColumn(table, column.name)} ${direction}`).join(', ');
}

/** A key for people: `id=5, email='a@example.org'`; bytes that are no readable text stay hex. */
export function displayKey(columns: readonly KeyColumn[], key: Key): string {
  return columns.map((column, index) => `${column.name}=${displayValue(column, key[index] ?? '')}`).join(', ');
}

function displayValue(column: KeyColumn, value: string): string {
  if (column.kind !== 'bytes') return value;
  const text = Buffer.from(value, 'hex').toString('utf8');
  const readable = column.charset !== null && /^[\P{C}]*$/u.test(text) && !text.includes('\uFFFD');
  return readable ? `'${text}'` : `x'${value}'`;
}
