/** The two statements that move rows within one server; everything that writes to a copy uses them. */
import type { Key } from '../../../binlog/key.js';
import { quoteColumn, quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import type { ColumnModel } from '../../../schema/table-model.js';
import type { CopiedPair, TablePlan } from './table-plan.js';
import { keyHint, keyIn } from './key-sql.js';
import { refusing } from './own-refusal.js';
import { asStatementReads } from './padded-char.js';

/** SQL for the source's value as it is to be written: nearly always the column itself. */
function assignedValue(pair: CopiedPair, { conversion }: TablePlan): string {
  const { source, target, refusesZero = false } = pair;
  const { timeZone } = conversion;
  const value = convertedValue(pair, asStatementReads(source, target, quoteIdentifier(source.name), conversion));
  if (refusesZero) return refuseZero(source, target, value);
  const isMoment = source.dataType === 'timestamp' && target.dataType === 'timestamp';
  if (!isMoment || fixedZone.test(timeZone)) return value;
  // On its way from column to column it is what a clock shows.
  const shown = `UNIX_TIMESTAMP(CAST(${value} AS DATETIME(6)))`;
  return `IF(${shown} <> UNIX_TIMESTAMP(${value}), ${refusing('MOMENT_SHOWN_TWICE', target.name)}, ${value})`;
}

const fixedZone = /^[+-]\d\d:\d\d$/;

function convertedValue({ conversion }: CopiedPair, column: string): string {
  if (conversion === 'asNumber') return `(${column} + 0e0)`;
  return conversion === 'throughText' ? `CAST(${column} AS CHAR)` : column;
}

const integers = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const positions = new Set(['enum', 'set', 'bit', 'date', 'datetime', 'timestamp', 'time']);

/** A native ALTER gives new numbers to the zeros of a column that becomes AUTO_INCREMENT. */
function refuseZero({ dataType }: ColumnModel, { name }: ColumnModel, value: string): string {
  const number = positions.has(dataType) ? `(${value} + 0)` : value;
  const isZero = integers.has(dataType) ? `${value} = 0` : `ROUND(${number}) = 0`;
  return `IF(${isZero}, ${refusing('NUMBERS_WOULD_BE_NEW', name)}, ${number})`;
}

/** Names of the copy's columns that are written, helper columns included, and the expressions that fill them. */
function columnLists(plan: TablePlan): { targets: string; sources: string } {
  const helpers = plan.helperColumns.map((_name, index) => quoteIdentifier(plan.key.columns[index]?.name ?? ''));
  const { pairs, implicitDefaults } = plan;
  const targets = [...pairs, ...implicitDefaults].map(({ target }) => target.name);
  const sources = [
    ...pairs.map((pair) => assignedValue(pair, plan)),
    ...implicitDefaults.map(({ literal }) => literal),
    ...helpers,
  ];
  return { targets: [...targets, ...plan.helperColumns].map(quoteIdentifier).join(', '), sources: sources.join(', ') };
}

function insertSelect(plan: TablePlan, where: string): string {
  const { targets, sources } = columnLists(plan);
  const index = quoteIdentifier(plan.key.indexName);
  return `INSERT INTO ${quoteTable(plan.copy)} (${targets}) SELECT ${sources} FROM ${quoteTable(plan.source)} FORCE INDEX (${index}) WHERE ${where}`;
}

/** Copies the rows of a key range. */
export function copyRange(plan: TablePlan, range: string): string {
  return insertSelect(plan, range);
}

/** Copies the rows of a key range that the copy does not have yet, by the key in its source form. */
export function copyMissingInRange(plan: TablePlan, range: string): string {
  const match = plan.copyKey
    .map((name, index) => {
      const source = plan.key.columns[index]?.name ?? '';
      return `${quoteColumn(plan.copy, name)} = ${quoteColumn(plan.source, source)}`;
    })
    .join(' AND ');
  return insertSelect(plan, `${range} AND NOT EXISTS (SELECT 1 FROM ${quoteTable(plan.copy)} WHERE ${match})`);
}

/** Copies the rows with these keys as they are now. */
export function copyKeys(plan: TablePlan, keys: readonly Key[]): string {
  return insertSelect(plan, keysInSource(plan, keys));
}

/** The condition of the source's rows with these keys. */
export function keysInSource({ key: { columns } }: TablePlan, keys: readonly Key[]): string {
  return keyIn(
    columns,
    columns.map(({ name }) => name),
    keys,
  );
}

/** Removes the copy's rows with these keys. */
export function deleteKeys(plan: TablePlan, keys: readonly Key[]): string {
  const { columns } = plan.key;
  return `DELETE${keyHint(columns)} FROM ${quoteTable(plan.copy)} WHERE ${keyIn(columns, plan.copyKey, keys)}`;
}
