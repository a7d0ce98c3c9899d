/**
 * The columns of the new table that no INSERT of ours writes: the server computes them, or gives them their default. What
 * can be said of their values from the two definitions is compared (P6); of the others it is said that nothing was.
 */
import type { ColumnMapping, ColumnPair } from './column-mapping.js';
import { readsClock } from './conversions.js';
import { createModes, splitCreateStatement } from './create-statement.js';
import { findNamed, sameName } from './identifier.js';
import { defaultTokens, isClockDefault, type ImplicitDefault } from './implicit-defaults.js';
import type { ColumnModel, TableModel } from './table-model.js';
import { TokenCursor } from './token-cursor.js';
import { significantTokens, tokenize, type Token } from './tokens.js';

/** An added column whose value is the same in every row. */
export interface DefaultedColumn {
  readonly target: ColumnModel;
  /**
   * `default`: what the server's DEFAULT() gives; `implicit`: the zero of its type; `clock`: the time at which the
   * migration began.
   */
  readonly from: 'default' | 'implicit' | 'clock';
}

export interface UnwrittenColumns {
  /** Generated columns that have the same expression over the same values: their values are the same. */
  readonly computed: readonly ColumnPair[];
  readonly defaulted: readonly DefaultedColumn[];
  /** Those of which no value is known beforehand: name and why, for people. */
  readonly unknown: readonly string[];
}

/** @param implicitDefaults those of the mapping. */
export function unwrittenColumns(
  source: TableModel,
  shadow: TableModel,
  mapping: Pick<ColumnMapping, 'pairs' | 'computed' | 'added' | 'implicitDefaults'>,
): UnwrittenColumns {
  const definitions = { before: definitionsOf(source), after: definitionsOf(shadow) };
  const computed: ColumnPair[] = [];
  const defaulted: DefaultedColumn[] = [];
  const unknown: string[] = [];
  for (const pair of mapping.computed) {
    const problem = whyOthers(pair, definitions, source, mapping);
    if (problem === undefined) computed.push(pair);
    else unknown.push(`column ${pair.target.name}, ${problem}`);
  }
  for (const name of mapping.added) {
    const target = findNamed(shadow.columns, name);
    if (target === undefined) continue;
    const value = valueOfAdded(target, defaultTokens(shadow, name), mapping.implicitDefaults);
    if (value.from === undefined) unknown.push(`column ${name}, ${value.problem}`);
    else defaulted.push({ target, from: value.from });
  }
  return { computed, defaulted, unknown };
}

type Definitions = ReadonlyMap<string, readonly Token[]>;

function definitionsOf(table: TableModel): Definitions {
  const columns = splitCreateStatement(table.createStatement).elements.filter(({ kind }) => kind === 'column');
  return new Map(columns.map(({ name, text }) => [name, significantTokens(tokenize(text, createModes).tokens)]));
}

type ValueOfAdded =
  { readonly from: DefaultedColumn['from'] } | { readonly from?: undefined; readonly problem: string };

function valueOfAdded(
  target: ColumnModel,
  given: readonly Token[],
  implicitDefaults: readonly ImplicitDefault[],
): ValueOfAdded {
  if (target.generated !== 'none') return { problem: 'which is new and computed' };
  if (target.autoIncrement) return { problem: 'which is new and numbered by the server' };
  if (isClockDefault(given)) return { from: 'clock' };
  if (implicitDefaults.some((implicit) => sameName(implicit.target.name, target.name))) return { from: 'implicit' };
  return given[0]?.keyword === '('
    ? { problem: 'which is new and has an expression for its default' }
    : { from: 'default' };
}

/** Why the values may be others than they were, or undefined. */
function whyOthers(
  { source: before, target: after }: ColumnPair,
  definitions: { readonly before: Definitions; readonly after: Definitions },
  source: TableModel,
  mapping: Pick<ColumnMapping, 'pairs' | 'computed'>,
): string | undefined {
  if (before.generated === 'none') return 'which is computed from now on';
  const expression = expressionIn(definitions.before.get(before.name) ?? []);
  const changed = 'whose definition changes';
  if (!isSameType(before, after)) return changed;
  if (textOf(expression) !== textOf(expressionIn(definitions.after.get(after.name) ?? []))) return changed;
  for (const base of basesOf(expression, source, definitions.before)) {
    const pair = [...mapping.pairs, ...mapping.computed].find((one) => one.source === base);
    const stays = pair !== undefined && sameName(pair.target.name, base.name) && keepsMeaning(base, pair.target);
    if (!stays) return `which is computed from column ${base.name}, which changes`;
    // What is stored was computed in the session of whoever wrote the row; it is computed anew for the new table.
    const ofSession = base.dataType === 'timestamp' || base.dataType === 'time';
    if (ofSession && before.generated === 'stored')
      return `which is computed from column ${base.name} in some time zone`;
  }
  if (before.generated === 'stored' && readsClock(expression)) return 'which is computed from a clock';
  return undefined;
}

/** Every column that the expression reads, by way of other generated columns too. */
function basesOf(expression: readonly Token[], source: TableModel, definitions: Definitions): ReadonlySet<ColumnModel> {
  const bases = new Set<ColumnModel>();
  const open = [expression];
  for (let tokens = open.pop(); tokens !== undefined; tokens = open.pop()) {
    for (const { kind, value } of tokens) {
      const column = kind === 'quotedName' ? findNamed(source.columns, value) : undefined;
      if (column === undefined || bases.has(column)) continue;
      bases.add(column);
      if (column.generated !== 'none') open.push(expressionIn(definitions.get(column.name) ?? []));
    }
  }
  return bases;
}

/** The tokens in the parentheses behind AS. */
function expressionIn(definition: readonly Token[]): readonly Token[] {
  const at = definition.findIndex(({ keyword }, index) => keyword === 'AS' && definition[index + 1]?.keyword === '(');
  return at < 0 ? [] : (new TokenCursor(definition.slice(at + 1)).takeGroup() ?? []);
}

function textOf(tokens: readonly Token[]): string {
  return JSON.stringify(tokens.map(({ kind, value }) => [kind, value]));
}

function isSameType(before: ColumnModel, after: ColumnModel): boolean {
  return (
    before.columnType === after.columnType && before.charset === after.charset && before.collation === after.collation
  );
}

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);

/** Whether an expression makes the same of the column: the same type, or an integer of another width. */
function keepsMeaning(before: ColumnModel, after: ColumnModel): boolean {
  if (isSameType(before, after)) return true;
  const bothIntegers = integers.has(before.dataType) && integers.has(after.dataType);
  const isPadded = [before, after].some(({ columnType }) => columnType.endsWith('zerofill'));
  return bothIntegers && before.unsigned === after.unsigned && !isPadded;
}
