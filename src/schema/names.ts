/** The names of everything that an operation makes beside the application's table: owned, recognisable, short (P4). */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { operationIdHexDigits, fenceNameHexDigits } from '../limits/shared.js';
import { foldName } from './identifier.js';
import type { TableName } from './table-model.js';

const operationIdPattern = new RegExp(`^[0-9a-f]{${operationIdHexDigits}}$`);

/** Matches the names of shadow and retained tables; the first group is the operation id, the second the role. */
export const ownedNamePattern = new RegExp(`^_sw_([0-9a-f]{${operationIdHexDigits}})(?:_\\d+)?_(new|old)$`);

/**
 * Matches the names of fences, the triggers of a move (src/mysql/move/traffic); the first group is the operation id, the
 * second is `g` where it asks the operation's gate, and `f` where an older version made it, which refuses whatever the gate.
 */
const fencePattern = new RegExp(
  `^_sw_([0-9a-f]{${operationIdHexDigits}})_([fg])[iud]_[0-9a-f]{${fenceNameHexDigits}}$`,
);

/** Matches the names of gates, tables of the sidecar; the first group is the operation id. */
const gatePattern = new RegExp(`^gate_([0-9a-f]{${operationIdHexDigits}})$`);

/** Matches the names of tables of the sidecar by which labels are read; the first group is the operation id. */
const labelsPattern = new RegExp(`^labels_([0-9a-f]{${operationIdHexDigits}})$`);

/**
 * An alias in our SQL. It is found before anything of a user's that is called like it: an alias of the shadow hid the
 * source itself where that had the same name, although the source was written with its database, and rows were lost. So
 * the prefix alone is not trusted. A user's table never has an alias in our SQL (under LOCK TABLES it could have none
 * anyhow); and where a statement has an alias of another kind (in ORDER BY, in a derived table), columns of a user's are
 * written with database and table.
 */
export function ownAlias(word: string): string {
  return `_sw_${word}`;
}

/**
 * The name of ours that a table has: its own, or that of the database which is there for it alone.
 * @returns undefined where it has none.
 */
export function ownName({ database, table }: TableName): string | undefined {
  return [table, database].find((name) => ownedNamePattern.test(name));
}

/** Columns that hold the iteration key in its source form where the shadow's own columns do not. */
const helperColumnPrefix = '_sw_key';

/** The unique index on the helper columns. */
export const helperIndexName = '_sw_key';

/** The invisible column that is dropped under the lock, so that the new table is younger than every open snapshot. */
export const markerColumnName = '_sw_marker';

/** An operation id as it is written into names. @throws INVALID_INPUT where `text` is not one. */
export function operationIdFrom(text: string): string {
  if (operationIdPattern.test(text)) return text;
  throw new SwitchyardError('INVALID_INPUT', {
    problem: `"${text}" is no operation id (${operationIdHexDigits} hexadecimal digits in lower case)`,
  });
}

/** The table that gets the new schema; of a move, the target table until it is complete. @param tableNumber of a move. */
export function copyName(operationId: string, tableNumber?: number): string {
  return `${prefix(operationId, tableNumber)}_new`;
}

/** The name under which the old table is kept after the swap, or after a move. */
export function retainedName(operationId: string, tableNumber?: number): string {
  return `${prefix(operationId, tableNumber)}_old`;
}

/** The name under which the table is kept that has this name of a copy. */
export function retainedNameOf(copy: string): string {
  return copy.replace(/_new$/, '_old');
}

function prefix(operationId: string, tableNumber: number | undefined): string {
  return `_sw_${operationIdFrom(operationId)}${tableNumber === undefined ? '' : `_${tableNumber}`}`;
}

/** The nth helper column, from 1. */
export function helperColumnName(number: number): string {
  return `${helperColumnPrefix}${number}`;
}

/** Whether a column of this name is, or would be taken for, one that we add and drop. */
export function isReservedColumnName(name: string): boolean {
  const folded = foldName(name);
  return (
    folded === markerColumnName ||
    (folded.startsWith(helperColumnPrefix) && /^\d+$/.test(folded.slice(helperColumnPrefix.length)))
  );
}

/** The name of a fence. @param digits the `fenceNameHexDigits` that stand for its table, its pass and its definer. */
export function fenceTriggerName(operationId: string, event: 'INSERT' | 'UPDATE' | 'DELETE', digits: string): string {
  return `${prefix(operationId, undefined)}_g${event.charAt(0).toLowerCase()}_${digits}`;
}

/** The operation whose fence a trigger of this name is; undefined where it is none. */
export function operationOfFence(name: string): string | undefined {
  return fencePattern.exec(name)?.[1];
}

/** Whether a trigger of this name is one that the operation has made. */
export function isOwnTrigger(operationId: string, name: string): boolean {
  return name.startsWith(`${prefix(operationId, undefined)}_`);
}

/** Whether a trigger of this name is a fence of the operation. */
export function isFenceOf(operationId: string, name: string): boolean {
  return operationOfFence(name) === operationIdFrom(operationId);
}

/** Whether a trigger of this name is a fence that asks no gate. */
export function isGatelessFence(name: string): boolean {
  return fencePattern.exec(name)?.[2] === 'f';
}

/** The table of the sidecar that is the gate of the operation on a server. */
export function gateName(operationId: string): string {
  return `gate_${operationIdFrom(operationId)}`;
}

/** The operation whose gate a table of this name in the sidecar is; undefined where it is none. */
export function operationOfGate(name: string): string | undefined {
  return gatePattern.exec(name)?.[1];
}

/** The table of the sidecar by which the operation reads the labels of columns on a server. */
export function labelsName(operationId: string): string {
  return `labels_${operationIdFrom(operationId)}`;
}

/** The operation that reads labels by a table of this name in the sidecar; undefined where it is none of these. */
export function operationOfLabels(name: string): string | undefined {
  return labelsPattern.exec(name)?.[1];
}
