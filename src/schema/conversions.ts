/**
 * What comes out differently in another time zone. A TIMESTAMP in the iteration key forces the sessions of a migration to
 * UTC (local times are ambiguous); where that would change a value against a native ALTER, it must be known (P1).
 */
import type { ColumnMapping } from './column-mapping.js';
import { createModes, splitCreateStatement, type CreateElement } from './create-statement.js';
import { sameName } from './identifier.js';
import { defaultTokens } from './implicit-defaults.js';
import type { ColumnModel, TableModel } from './table-model.js';
import { significantTokens, tokenize, type Token } from './tokens.js';

export interface TimeZoneSensitive {
  /** The column of the new table; or the index or constraint. */
  readonly column: string;
  readonly why: string;
}

/** Functions (and defaults) that read the clock or the time zone. */
const clockWords = new Set([
  'CURDATE',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'CURTIME',
  'FROM_UNIXTIME',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'NOW',
  'SYSDATE',
  'UNIX_TIMESTAMP',
]);

/** Everything whose stored value depends on the time zone of the session that copies. Empty: any zone gives the same. */
export function timeZoneSensitiveColumns(mapping: ColumnMapping, shadow: TableModel): readonly TimeZoneSensitive[] {
  const converted = mapping.pairs
    .filter(({ source, target }) => isConvertedInZone(source, target))
    .map(({ source, target }) => ({
      column: target.name,
      why: `is converted from ${source.columnType} to ${target.columnType}`,
    }));
  const { elements } = splitCreateStatement(shadow.createStatement);
  const computed = elements.filter((element) => isComputed(element, mapping, shadow));
  return [
    ...converted,
    ...computed
      .filter((element) => readsTime(element, shadow))
      .map(({ name }) => ({
        column: name,
        why: 'is computed from a TIMESTAMP column, from a text that may have an offset, or from the clock',
      })),
  ];
}

const dates = new Set(['date', 'datetime', 'timestamp']);
/** Numbers have no place for an offset, and date and time have none left. */
const zoneless = new Set([
  ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'year', 'bit'],
  ...['date', 'datetime', 'time'],
]);

/**
 * Whether the zone of the session (or its date) decides what the value becomes: a moment is shown or read on a clock, a
 * time gets today's date, and text may have an offset from UTC.
 */
function isConvertedInZone(source: ColumnModel, target: ColumnModel): boolean {
  if (isTimestamp(source) !== isTimestamp(target)) return true;
  if (source.dataType === 'time') return dates.has(target.dataType) || target.dataType === 'year';
  const isMoment = dates.has(target.dataType) || target.dataType === 'time';
  return isMoment && !isTimestamp(source) && !zoneless.has(source.dataType);
}

function isTimestamp({ dataType }: ColumnModel): boolean {
  return dataType === 'timestamp';
}

/** Whether writing a row makes the server evaluate something for this element. */
function isComputed({ kind, name }: CreateElement, mapping: ColumnMapping, shadow: TableModel): boolean {
  if (kind === 'check' || kind === 'index') return true;
  const column = shadow.columns.find((candidate) => sameName(candidate.name, name));
  if (kind !== 'column' || column === undefined) return false;
  // The clock itself is written out as the server's zone shows it.
  const hasExpression =
    mapping.added.some((added) => sameName(added, name)) && defaultTokens(shadow, name)[0]?.keyword === '(';
  return column.generated !== 'none' || hasExpression;
}

/** What is computed from a CHAR column, which sql_mode PAD_CHAR_TO_FULL_LENGTH makes longer; undefined where nothing is. */
export function computedFromChar(
  mapping: ColumnMapping,
  shadow: TableModel,
): { readonly column: string; readonly from: string } | undefined {
  const { elements } = splitCreateStatement(shadow.createStatement);
  for (const element of elements) {
    if (!isComputed(element, mapping, shadow)) continue;
    const from = columnsRead(element, shadow).find(({ dataType }) => dataType === 'char');
    if (from !== undefined) return { column: element.name, from: from.name };
  }
  return undefined;
}

/** The columns that the element's expression reads; empty where it has none. */
function columnsRead({ kind, name, text }: CreateElement, { columns }: TableModel): readonly ColumnModel[] {
  const tokens = significantTokens(tokenize(text, createModes).tokens);
  // An index on the column itself stores what the column stores; an expression stands in parentheses of its own.
  const isPlainIndex =
    kind === 'index' && !tokens.some((token, at) => token.keyword === '(' && tokens[at + 1]?.keyword === '(');
  if (isPlainIndex) return [];
  return columns.filter((column) =>
    tokens.some(({ kind: of, value }) => of === 'quotedName' && !sameName(value, name) && sameName(value, column.name)),
  );
}

/** Words that make a date or time of what they are given; a generated column's own type is such a word, too. */
const temporalWords = new Set(['DATE', 'DATETIME', 'TIME', 'TIMESTAMP']);

function readsTime(element: CreateElement, shadow: TableModel): boolean {
  const { kind, name, text } = element;
  const { columns } = shadow;
  const tokens = significantTokens(tokenize(text, createModes).tokens);
  const read = columnsRead(element, shadow);
  const isOwnMoment = kind === 'column' && columns.some((column) => isTimestamp(column) && sameName(column.name, name));
  if (isOwnMoment || readsClock(tokens) || read.some(isTimestamp)) return true;
  const makesTime = tokens.some(({ keyword }) => temporalWords.has(keyword));
  return makesTime && read.some(({ dataType }) => dataType === 'time' || !zoneless.has(dataType));
}

/** Whether an expression has a function that reads the clock or the time zone. */
export function readsClock(tokens: readonly Token[]): boolean {
  return tokens.some(({ keyword }) => clockWords.has(keyword));
}
