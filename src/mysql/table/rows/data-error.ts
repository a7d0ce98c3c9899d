/** Turns "row 1" into a name: finds the column and the key of the row that the new definition does not take (P5). */
import type { Key } from '../../../binlog/key.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { TableName } from '../../../schema/table-model.js';
import { isWarningOfData, tooLargeNumbers } from '../../server/session/error-kinds.js';
import {
  asCatalogueError,
  duplicateKeyName,
  errorKind,
  isDuplicateKey,
  serverErrorNumber,
  serverMessage,
} from '../../server/session/server-errors.js';
import { displayKey } from './key-sql.js';
import { ownRefusal } from './own-refusal.js';
import type { TablePlan } from './table-plan.js';
import type { ServerWarning, Session } from '../../server/session/session.js';

/** A statement that ended with warnings although the session is strict and notes are off. */
export class RowWarning extends Error {
  readonly warning: ServerWarning;
  /** As with the server's errors: its words may quote the row's value, and are no text of ours (P8). */
  readonly sqlMessage: string;

  constructor(warning: ServerWarning) {
    super(`warning ${warning.code} of MySQL`);
    this.name = 'RowWarning';
    this.warning = warning;
    this.sqlMessage = warning.message;
  }
}

/** More warnings than the server lists: whether one of them counts is seen in smaller parts. */
class WarningsNotListed extends Error {}

/**
 * Runs a statement that writes rows. Warnings that a native ALTER passes over, such as deprecations, stop nothing.
 * @throws RowWarning when the server says that it changed or refused a value, WarningsNotListed.
 */
export async function runStrict(session: Session, sql: string): Promise<number> {
  const { affectedRows, warningCount } = await session.run(sql);
  if (warningCount > 0) refuseWarnings(await session.warnings(), warningCount);
  return affectedRows;
}

function refuseWarnings(shown: readonly ServerWarning[], count: number): void {
  const refusal = shown.find(({ code }) => isWarningOfData(code));
  if (refusal !== undefined) throw new RowWarning(refusal);
  if (shown.length < count) throw new WarningsNotListed(`${count} warnings, of which the server lists ${shown.length}`);
}

/** Whether what was too large as a whole may pass in parts. */
export function mayPassInParts(error: unknown): boolean {
  return error instanceof WarningsNotListed || tooLargeNumbers.has(numberOf(error));
}

/** The number of an error of the server, or of a warning that counts as one; 0 for others. */
function numberOf(error: unknown): number {
  return error instanceof RowWarning ? error.warning.code : (serverErrorNumber(error) ?? 0);
}

/** Whether a value or a row was refused. Anything else is the server's or our own trouble and is not bisected. */
export function isDataError(error: unknown): boolean {
  return (error instanceof RowWarning && !mayPassInParts(error)) || errorKind(error) === 'data';
}

/** The column (or the key, the index, the constraint) that the server's message names. */
function culprit(error: unknown, { table }: TableName): string {
  if (isDuplicateKey(error)) return `of unique key ${duplicateKeyName(error, table) ?? '(unknown)'}`;
  const message = serverMessage(error);
  const index = /^[^']* index '(.*)'/s.exec(message)?.[1];
  if (index !== undefined) return `of index ${index}`;
  for (const sentence of sentencesWithNames) {
    const name = sentence.exec(message)?.[1];
    if (name !== undefined) return name.startsWith(`${table}.`) ? name.slice(table.length + 1) : name;
  }
  return '(not named by the server)';
}

/**
 * Names may have quotes and dots in them, and so may values, which stand before the name in some sentences and alone in
 * others: only what stands where the name does is taken (P8).
 */
const sentencesWithNames: readonly RegExp[] = [
  /^Column '(.*)' cannot be null$/s,
  /^Field '(.*)' doesn't have a default value$/s,
  /^Check constraint '(.*)' is violated\.$/s,
  /^[^']* column '(.*)'/s,
  /^.*' for column '(.*)' at row \d+$/s,
  /^Invalid JSON text: .* in value for column '(.*)'\.$/s,
];

/** The error for one row that is too large for what a server takes: it names the row, and waits for the limit. */
export function tooLargeError(
  error: unknown,
  cluster: string,
  plan: Pick<TablePlan, 'copy' | 'key'>,
  key: Key,
): SwitchyardError {
  const where = `; row with key ${displayKey(plan.key.columns, key)}`;
  return asCatalogueError(error, cluster, where) ?? dataError(error, plan, key);
}

/**
 * The error for one row that does not fit. The server's message may quote the row's value, so it is not passed on (P8);
 * what is wrong is said by its number and our own words.
 */
export function dataError(error: unknown, plan: Pick<TablePlan, 'copy' | 'key'>, key: Key): SwitchyardError {
  const own = ownRefusal(error);
  if (own !== undefined) {
    const row = displayKey(plan.key.columns, key);
    return new SwitchyardError(own.code, { column: own.column, key: row }, { cause: error });
  }
  const number = numberOf(error);
  const code = isDuplicateKey(error) ? 'DUPLICATE_FOR_UNIQUE_KEY' : 'DATA_NOT_CONVERTIBLE';
  return new SwitchyardError(
    code,
    {
      problem: problemOf(number),
      column: culprit(error, plan.copy),
      key: key.length === 0 ? '(not known)' : displayKey(plan.key.columns, key),
      errno: number,
    },
    { cause: error },
  );
}

const problems: Readonly<Record<number, string>> = {
  0: 'warnings that the server does not list, since its max_error_count is too small',
  1048: 'a NULL where the column takes none',
  1062: 'two rows have the same value',
  1118: 'a row that is too large for the row format',
  1264: 'a number out of range',
  1265: 'a value that is too long or not in the list',
  1292: 'a value that is no date, time or number',
  1300: 'text that is not valid in the character set',
  1366: 'a value that is not valid for the type or character set',
  1406: 'a value that is too long',
  1416: 'a value that is no geometry of this type',
  1525: 'a value that is no date, time or number',
  1526: 'a row that fits no partition',
  1690: 'a number out of range in an expression',
  1859: 'two rows have the same value',
  3140: 'text that is no valid JSON',
  3616: 'a longitude out of range',
  3617: 'a latitude out of range',
  3643: 'a geometry with another SRID',
  3751: 'a value that is too long for an index on an expression',
  3752: 'a number out of range for an index on an expression',
  3819: 'a row that violates a CHECK constraint',
  3903: 'a value of a document that does not fit an index on an expression',
  3904: 'a number of a document that is out of range for an index on an expression',
  3907: 'a value that is too long for an index on an expression',
};

function problemOf(number: number): string {
  return `${problems[number] ?? 'a value that the new definition does not take'} (MySQL error ${number})`;
}
