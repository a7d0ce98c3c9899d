/**
 * Which column pairs are compared, and the SQL that reads each side of a pair so that the two texts are equal exactly
 * when the target holds what the assignment makes of the source. Texts are never NULL, and joined with commas they can be
 * taken apart again in one way only: NULL is `N`, numbers and dates have no comma, bytes come with their length or as a
 * hash.
 */
import { plainValueBytesMax } from '../../../limits/mysql-table.js';
import { quoteColumn } from '../../../schema/identifier.js';
import type { ColumnModel } from '../../../schema/table-model.js';
import type { DefaultedColumn } from '../../../schema/unwritten-columns.js';
import { keyTextExpression } from '../rows/key-sql.js';
import { asStatementReads } from '../rows/padded-char.js';
import type { ColumnPair, TablePlan } from '../rows/table-plan.js';
import { columnKind, isSameType, type ColumnKind } from '../rows/column-kind.js';
import { convertedValue } from './converted-value.js';
import { throughText } from '../rows/json-through-text.js';
import { isBytes, jsonValue, ownValue } from '../rows/own-value.js';

/** One compared thing: the name of the new column, and for either side the arguments of CONCAT_WS that say its value. */
interface ComparedPair {
  readonly name: string;
  readonly source: string;
  readonly copy: string;
}

export interface Comparison {
  readonly pairs: readonly ComparedPair[];
  /** Pairs of which only NULL is compared, each with its name and why, for people. */
  readonly notCompared: readonly string[];
}

/** How the plan's pairs are compared. */
export function comparisonOf(plan: TablePlan): Comparison {
  const pairs: ComparedPair[] = [];
  const notCompared: string[] = [];
  const whole = new Set<string>();
  for (const pair of plan.pairs) {
    const { source, target } = pair;
    const references = {
      source: quoteColumn(plan.source, source.name),
      copy: quoteColumn(plan.copy, target.name),
    };
    const kind = columnKind(target);
    const values = kind === undefined ? undefined : valuesOf(plan, pair, kind, references);
    if (kind === undefined || values === undefined) {
      pairs.push({ name: target.name, source: isNull(references.source), copy: isNull(references.copy) });
      notCompared.push(`column ${target.name} (${source.columnType} to ${target.columnType}), apart from NULL`);
      continue;
    }
    whole.add(`${source.name}\n${target.name}`);
    const wrap = wrapper(pair, kind, values.source === references.source);
    pairs.push({ name: target.name, source: wrap(values.source), copy: wrap(values.copy) });
  }
  const { computed = [], defaulted = [], unknown = [] } = plan.unwritten ?? {};
  pairs.push(...computed.flatMap((pair) => computedPair(plan, pair)));
  pairs.push(...defaulted.flatMap((column) => defaultedPair(plan, column)));
  return { pairs: [...keyPairs(plan, whole), ...pairs], notCompared: [...notCompared, ...unknown] };
}

/** A generated column of both tables, whose values are the same. */
function computedPair(plan: TablePlan, pair: ColumnPair): readonly ComparedPair[] {
  const { source, target } = pair;
  const kind = columnKind(target);
  if (kind === undefined) return [];
  const wrap = wrapper({ source: { ...source, nullable: true }, target }, kind, true);
  const value = (table: typeof plan.source, column: ColumnModel): string =>
    wrap(ownValue(kind, column, quoteColumn(table, column.name)));
  return [{ name: target.name, source: value(plan.source, source), copy: value(plan.copy, target) }];
}

function clockOf(implicitDefaults: TablePlan['implicitDefaults'], { name }: ColumnModel): string {
  return implicitDefaults.find(({ target }) => target.name === name)?.literal ?? 'NULL';
}

/** An added column: whether it has the value that every row of it has. */
function defaultedPair(plan: TablePlan, column: DefaultedColumn): readonly ComparedPair[] {
  const { name } = column.target;
  const kind = columnKind(column.target);
  if (kind === undefined) return [];
  const reference = quoteColumn(plan.copy, name);
  return [{ name, source: '1', copy: hasDefault(plan, kind, column, reference) }];
}

function hasDefault(
  { conversion: { timestampSeconds }, implicitDefaults }: TablePlan,
  kind: ColumnKind,
  { target, from }: DefaultedColumn,
  reference: string,
): string {
  const asStored = (value: string): string => {
    const own = ownValue(kind, target, value);
    return isBytes(kind) ? `CAST(${own} AS BINARY)` : own;
  };
  switch (from) {
    case 'default':
      return `(${asStored(reference)} <=> ${asStored(`DEFAULT(${reference})`)})`;
    case 'implicit':
      // Of a BINARY(n) these are n bytes of zero; the first member of an ENUM is what it begins with.
      if (kind === 'enum') return `(${reference} + 0 <=> 1)`;
      if (kind === 'json') return `(JSON_TYPE(${reference}) <=> 'NULL')`;
      return isBytes(kind) ? `(REPLACE(HEX(${reference}), '00', '') <=> '')` : `(${reference} + 0 <=> 0)`;
    case 'clock':
      if (kind === 'timestamp') return `(UNIX_TIMESTAMP(${reference}) <=> ${timestampSeconds})`;
      return `(${reference} <=> CAST(${clockOf(implicitDefaults, target)} AS DATETIME))`;
  }
}

type OfSides = Pick<ComparedPair, 'source' | 'copy'>;

/** SQL for what either side has, equal where the copy is right; undefined where no rule is sure. */
function valuesOf(
  { conversion, json }: TablePlan,
  { source, target }: ColumnPair,
  kind: ColumnKind,
  references: OfSides,
): OfSides | undefined {
  if (kind === 'json' && json === 'text') {
    // Whichever side the documents came from, and the other one got their text: both texts are the same.
    const asText = (document: string): string => jsonValue(throughText(document));
    return { source: asText(references.source), copy: asText(references.copy) };
  }
  const modes = { truncatesFractions: conversion.dataSqlMode.split(',').includes('TIME_TRUNCATE_FRACTIONAL') };
  const read = asStatementReads(source, target, references.source, conversion);
  const converted = convertedValue(source, target, read, modes);
  return converted === undefined ? undefined : { source: converted, copy: ownValue(kind, target, references.copy) };
}

function isNull(reference: string): string {
  return `ISNULL(${reference})`;
}

/**
 * Makes a value never NULL, and never ambiguous beside its neighbours: its SQL becomes one argument of CONCAT_WS, or two.
 * @param isRead the source's value is taken as it is.
 */
function wrapper({ source, target }: ColumnPair, kind: ColumnKind, isRead: boolean): (sql: string) => string {
  // A conversion may give NULL although neither column takes it.
  const mayBeNull = source.nullable || target.nullable || !(isRead || isSameType(source, target));
  const neverNull = (sql: string): string => (mayBeNull ? `IFNULL(${sql}, 'N')` : sql);
  if (!isBytes(kind)) return neverNull;
  // CONCAT_WS takes no geometry and no vector.
  const isPlain = kind === 'text' || kind === 'binary';
  if (!isPlain || !isShort(source) || !isShort(target)) return (sql) => `IFNULL(SHA2(${sql}, 256), 'N')`;
  // As two arguments, since joining the bytes twice costs the server more than all else here; CONCAT_WS leaves a NULL out.
  return (sql) => `${neverNull(`LENGTH(${sql})`)}, ${sql}`;
}

function isShort({ octetLength }: ColumnModel): boolean {
  return octetLength !== null && octetLength <= plainValueBytesMax;
}

/** The key too, where no whole pair says it: else rows could change places unseen. */
function keyPairs(plan: TablePlan, whole: ReadonlySet<string>): readonly ComparedPair[] {
  return plan.key.columns.flatMap((column, index) => {
    const name = plan.copyKey[index] ?? '';
    if (whole.has(`${column.name}\n${name}`)) return [];
    const text = (table: typeof plan.source, reference: string): string =>
      keyTextExpression(column, quoteColumn(table, reference));
    return [{ name, source: text(plan.source, column.name), copy: text(plan.copy, name) }];
  });
}
