/**
 * What comes out differently in another time zone. A TIMESTAMP in the iteration key forces the sessions of a migration to
 * UTC (local times are ambiguous); where that would change a value against a native ALTER, it must be known (P1).
 */
import type { ColumnMapping } from './column-mapping.js';
import { createModes, splitCreateStatement, type CreateElement } from './create-statement.js';
import { foldName, sameName } from './identifier.js';
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
    .filter(({ source, target }) => isTimestamp(source) !== isTimestamp(target))
    .map(({ source, target }) => ({
      column: target.name,
      why: `is converted from ${source.columnType} to ${target.columnType}`,
    }));
  const timestamps = shadow.columns.filter(isTimestamp).map(({ name }) => foldName(name));
  const { elements } = splitCreateStatement(shadow.createStatement);
  const computed = elements.filter((element) => isComputed(element, mapping, shadow));
  return [
    ...converted,
    ...computed
      .filter((element) => readsTime(element, timestamps))
      .map(({ name }) => ({
        column: name,
        why: 'is computed from a TIMESTAMP column or from the clock',
      })),
  ];
}

function isTimestamp({ dataType }: ColumnModel): boolean {
  return dataType === 'timestamp';
}

/** Whether writing a row makes the server evaluate something for this element. */
function isComputed({ kind, name }: CreateElement, mapping: ColumnMapping, shadow: TableModel): boolean {
  if (kind === 'check' || kind === 'index') return true;
  const column = shadow.columns.find((candidate) => sameName(candidate.name, name));
  if (kind !== 'column' || column === undefined) return false;
  const hasDefault = mapping.added.some((added) => sameName(added, name)) && !isTimestamp(column);
  return column.generated !== 'none' || hasDefault;
}

function readsTime({ kind, name, text }: CreateElement, timestamps: readonly string[]): boolean {
  const tokens = significantTokens(tokenize(text, createModes).tokens);
  // An index on the column itself stores what the column stores; an expression stands in parentheses of its own.
  const isPlainIndex =
    kind === 'index' && !tokens.some((token, at) => token.keyword === '(' && tokens[at + 1]?.keyword === '(');
  if (isPlainIndex) return false;
  const isOther = ({ kind, value }: Token): boolean =>
    kind === 'quotedName' && !sameName(value, name) && timestamps.includes(foldName(value));
  return readsClock(tokens) || tokens.some(isOther);
}

/** Whether an expression has a function that reads the clock or the time zone. */
export function readsClock(tokens: readonly Token[]): boolean {
  return tokens.some(({ keyword }) => clockWords.has(keyword));
}
