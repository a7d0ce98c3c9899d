/**
 * Which rows have the unique value of a row that is about to be written (docs/design/copy-and-follow.md, "Collisions"),
 * for every unique index that there can be: on expressions, generated columns and prefixes, in whatever collation. The
 * server itself is asked. The rows are written in a transaction that is rolled back, and whatever is in the way of one
 * is seen by ON DUPLICATE KEY UPDATE, which notes its key and changes nothing.
 */
import { keyId, type Key } from '../../../binlog/key.js';
import { quoteColumn, quoteIdentifier } from '../../../schema/identifier.js';
import { errorNumbers, isRepeatable, serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import { isDataError } from './data-error.js';
import { keyLists } from './key-lists.js';
import { keyTextExpression } from './key-sql.js';
import { deleteKeys } from './row-sql.js';
import type { TablePlan } from './table-plan.js';

export interface Collisions {
  /** Rows of the copy that are in the way and are not among those to be written: out of date, as a rule. */
  readonly others: readonly Key[];
  /** Rows to be written, each of which has the value of another one of them: in the source, at one moment. */
  readonly twins: readonly Key[];
  /** A row that collides with one which the server does not show: a value of a multi-valued index. */
  readonly unseen: Key | undefined;
}

/**
 * @param write writes the rows of these keys, as they are in the source at one moment, with this text behind the INSERT.
 * @param target no transaction is open on it. @returns what is found; nothing where the rows do not collide any more.
 */
export async function findCollisions(
  target: Session,
  plan: TablePlan,
  keys: readonly Key[],
  write: (keys: readonly Key[], onDuplicate: string) => Promise<unknown>,
): Promise<Collisions> {
  const { autocommit } = await target.row<{ autocommit: number | string }>('SELECT @@autocommit AS autocommit');
  // Under LOCK TABLES it is off, and beginning a transaction would end the locks.
  if (Number(autocommit) === 1) await target.run('START TRANSACTION');
  try {
    await target.run(`SET ${noted} = ''`);
    for (const list of keyLists(keys)) await target.run(deleteKeys(plan, list));
    const onDuplicate = noteKey(plan);
    let unseen: Key | undefined;
    // In one statement where it can be: it sees them at one moment.
    for (const list of keyLists(keys, Infinity)) {
      if (await isShown(() => write(list, onDuplicate))) continue;
      unseen = await firstUnseen(list, (key) => write([key], onDuplicate));
      break;
    }
    return { ...(await readNoted(target, keys)), unseen };
  } finally {
    await target.run('ROLLBACK');
  }
}

const noted = '@_sw_noted';

/** Keys have neither commas nor semicolons in them (key-sql.ts). */
function noteKey({ key, pairs, copy, copyKey }: TablePlan): string {
  const texts = key.columns.map((column, index) => keyTextExpression(column, quoteColumn(copy, copyKey[index] ?? '')));
  // Any column that can be written; a key column as a rule, since it is short.
  const names = pairs.map(({ target }) => target.name);
  const column = names.find((name) => copyKey.includes(name)) ?? names[0] ?? '';
  const value = quoteColumn(copy, column);
  const note = `${noted} := CONCAT(${noted}, ';', CONCAT_WS(',', ${texts.join(', ')}))`;
  return ` ON DUPLICATE KEY UPDATE ${quoteIdentifier(column)} = IF((${note}) IS NULL, ${value}, ${value})`;
}

async function readNoted(target: Session, keys: readonly Key[]): Promise<Pick<Collisions, 'others' | 'twins'>> {
  const { _sw_noted: text } = await target.row<{ _sw_noted: string | null }>(`SELECT ${noted} AS _sw_noted`);
  const found = new Map(
    (text ?? '')
      .split(';')
      .slice(1)
      .map((one) => [one, one.split(',')]),
  );
  const written = new Set(keys.map(keyId));
  const isWritten = (key: Key): boolean => written.has(keyId(key));
  const all = [...found.values()];
  return { others: all.filter((key) => !isWritten(key)), twins: all.filter(isWritten) };
}

/**
 * Runs a trial. @returns false where the server has found a row and cannot read it. That a row is refused for its data, or
 * that somebody else was quicker, is not what is asked here: it shows again where the rows are really written.
 */
async function isShown(trial: () => Promise<unknown>): Promise<boolean> {
  try {
    await trial();
  } catch (error) {
    if (serverErrorNumber(error) === errorNumbers.keyNotFound) return false;
    if (!isDataError(error) && !isRepeatable(error)) throw error;
  }
  return true;
}

async function firstUnseen(keys: readonly Key[], write: (key: Key) => Promise<unknown>): Promise<Key | undefined> {
  for (const key of keys) if (!(await isShown(() => write(key)))) return key;
  return undefined;
}
