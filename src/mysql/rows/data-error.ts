/** Turns "row 1" into a name: finds the column and the key of the row that the new definition does not take (P5). */
import type { Key } from '../../binlog/key.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { TableName } from '../../schema/table-model.js';
import {
  duplicateKeyName,
  errorKind,
  isDuplicateKey,
  serverErrorNumber,
  serverMessage,
} from '../session/server-errors.js';
import { displayKey } from './key-sql.js';
import { ownRefusal } from './own-refusal.js';
import type { TablePlan } from './table-plan.js';
import type { ServerWarning, Session } from '../session/session.js';

/** A statement that ended with warnings although the session is strict and notes are off. */
export class RowWarning extends Error {
  readonly warning: ServerWarning;

  constructor(warning: ServerWarning) {
    super(warning.message);
    this.name = 'RowWarning';
    this.warning = warning;
  }
}

/** Runs a statement that writes rows. @throws RowWarning when the server has any warning about it. */
export async function runStrict(session: Session, sql: string): Promise<number> {
  const { affectedRows, warningCount } = await session.run(sql);
  if (warningCount > 0) {
    const [first] = await session.warnings();
    throw new RowWarning(first ?? { level: 'Warning', code: 0, message: 'a warning without text' });
  }
  return affectedRows;
}

/** Whether a value or a row was refused. Anything else is the server's or our own trouble and is not bisected. */
export function isDataError(error: unknown): boolean {
  return error instanceof RowWarning || errorKind(error) === 'data';
}

/**
 * The column (or the key, or the constraint) that the server's message names: the last quoted word of it, since what is
 * quoted before may be a value. Names may have quotes and dots in them.
 */
function culprit(error: unknown, { table }: TableName): string {
  if (isDuplicateKey(error)) return `of unique key ${duplicateKeyName(error, table) ?? '(unknown)'}`;
  const named = /^.*(?:column|constraint) '(.*)'/is.exec(serverMessage(error))?.[1];
  return (
    (named?.startsWith(`${table}.`) === true ? named.slice(table.length + 1) : named) ?? '(not named by the server)'
  );
}

/**
 * The error for one row that does not fit. The server's message may quote the row's value, so it is not passed on (P8);
 * what is wrong is said by its number and our own words.
 */
export function dataError(error: unknown, plan: Pick<TablePlan, 'shadow' | 'key'>, key: Key): SwitchyardError {
  const own = ownRefusal(error);
  if (own !== undefined) {
    const row = displayKey(plan.key.columns, key);
    return new SwitchyardError(own.code, { column: own.column, key: row }, { cause: error });
  }
  const number = error instanceof RowWarning ? error.warning.code : (serverErrorNumber(error) ?? 0);
  const code = isDuplicateKey(error) ? 'DUPLICATE_FOR_UNIQUE_KEY' : 'DATA_NOT_CONVERTIBLE';
  return new SwitchyardError(
    code,
    {
      problem: problemOf(number),
      column: culprit(error, plan.shadow),
      key: displayKey(plan.key.columns, key),
      errno: number,
    },
    { cause: error },
  );
}

const problems: Readonly<Record<number, string>> = {
  1048: 'a NULL where the column takes none',
  1062: 'two rows have the same value',
  1264: 'a number out of range',
  1265: 'a value that is too long or not in the list',
  1292: 'a value that is no date, time or number',
  1300: 'text that is not valid in the character set',
  1366: 'a value that is not valid for the type or character set',
  1406: 'a value that is too long',
  1416: 'a value that is no geometry of this type',
  1526: 'a row that fits no partition',
  1690: 'a number out of range in an expression',
  1859: 'two rows have the same value',
  3140: 'text that is no valid JSON',
  3643: 'a geometry with another SRID',
  3819: 'a row that violates a CHECK constraint',
};

function problemOf(number: number): string {
  return `${problems[number] ?? 'a value that the new definition does not take'} (MySQL error ${number})`;
}
