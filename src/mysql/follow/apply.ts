/**
 * Applies changed keys: the rows are re-read from the source as they are now and written to the shadow, in one fenced
 * transaction with the stream position. Applying a key twice, late or together with later changes converges (P1).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { keyId, type Key } from '../../binlog/key.js';
import { applyKeysMax, transactionRepeatPauseMs, transactionRepeatsMax } from '../../limits/mysql.js';
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import { dataError, isDataError, runStrict } from '../rows/data-error.js';
import { keyIn, keyOfRow, keyTextExpression } from '../rows/key-sql.js';
import { copyKeys, deleteKeys } from '../rows/row-sql.js';
import { duplicateKeyName, isDuplicateKey, isRepeatable } from '../session/server-errors.js';
import type { Session } from '../session/session.js';
import type { MigrationPlan } from '../shadow/plan.js';
import { uniqueMatches } from './unique-matches.js';

/** How one group of keys is wrapped: a fenced transaction with the position, or the transaction under the table lock. */
export type ApplyTransaction = (isLastGroup: boolean, write: () => Promise<void>) => Promise<void>;

export interface ApplyOptions {
  readonly plan: MigrationPlan;
  readonly transaction: ApplyTransaction;
  /** One transaction for all keys, however many: no row of the shadow that changed is left to collide with. */
  readonly together: boolean;
}

/**
 * Applies the keys in groups; the wrapper of the last group may store the position.
 * @throws DATA_NOT_CONVERTIBLE, DUPLICATE_FOR_UNIQUE_KEY, FENCED, the driver's errors.
 */
export async function applyKeys(session: Session, options: ApplyOptions, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) {
    await options.transaction(true, () => Promise.resolve());
    return;
  }
  const groups = options.together ? [keys] : slices(keys);
  for (const [index, group] of groups.entries()) {
    await applyGroup(session, options, group, index === groups.length - 1);
  }
}

function slices(keys: readonly Key[]): readonly (readonly Key[])[] {
  const count = Math.ceil(keys.length / applyKeysMax);
  return Array.from({ length: count }, (_none, index) => keys.slice(index * applyKeysMax, (index + 1) * applyKeysMax));
}

async function applyGroup(
  session: Session,
  options: ApplyOptions,
  group: readonly Key[],
  isLast: boolean,
): Promise<void> {
  const keys = new Map(group.map((key) => [keyId(key), key]));
  for (let repeat = 1; ; repeat += 1) {
    try {
      await options.transaction(isLast, () => rewrite(session, options.plan, [...keys.values()]));
      return;
    } catch (error) {
      if (!(await worthRepeating(session, options, keys, error)) || repeat === transactionRepeatsMax) {
        throw await explain(session, options, [...keys.values()], error);
      }
      await sleep(transactionRepeatPauseMs * Math.min(repeat, 10));
    }
  }
}

async function rewrite(session: Session, plan: MigrationPlan, keys: readonly Key[]): Promise<void> {
  const lists = slices(keys);
  for (const list of lists) await session.run(deleteKeys(plan, list));
  for (const list of lists) await runStrict(session, copyKeys(plan, list));
}

/**
 * Deadlocks, lock waits and chunks that were quicker are repeated. A duplicate in another unique key is a stale row of
 * the shadow, whose own change is not applied yet: its key joins the group, so that both are deleted before either is
 * written. When nothing new is found that it can collide with, the caller has to bring what changed since.
 */
async function worthRepeating(
  session: Session,
  { plan }: ApplyOptions,
  keys: Map<string, Key>,
  error: unknown,
): Promise<boolean> {
  if (isRepeatable(error)) return true;
  if (!isDuplicateKey(error)) return false;
  const name = duplicateKeyName(error);
  if (name === undefined || name.toLowerCase() === plan.shadowKeyIndex.toLowerCase()) return true;
  const before = keys.size;
  for (const key of await collidingKeys(session, plan, name, [...keys.values()])) keys.set(keyId(key), key);
  return keys.size > before;
}

/** Keys of the shadow's rows that have the unique value which one of these source rows is about to write. */
async function collidingKeys(
  session: Session,
  plan: MigrationPlan,
  indexName: string,
  keys: readonly Key[],
): Promise<readonly Key[]> {
  const match = await uniqueMatches(session, plan, indexName);
  if (match === undefined) return [];
  const { columns } = plan.key;
  const list = columns
    .map((column, index) => {
      const reference = `${quoteTable(plan.shadow)}.${quoteIdentifier(plan.shadowKey[index] ?? '')}`;
      return `${keyTextExpression(column, reference)} AS k${index}`;
    })
    .join(', ');
  const names = columns.map(({ name }) => name);
  // Names are qualified by whole table names, since under LOCK TABLES no alias may be used.
  const chosen = keyIn(columns, names, keys, plan.source);
  const rows = await session.rows(
    `SELECT ${list} FROM ${quoteTable(plan.source)} JOIN ${quoteTable(plan.shadow)} ON ${match} WHERE ${chosen}`,
  );
  return rows.map((row) => keyOfRow(row, columns));
}

/** Thrown to undo a trial. */
class Undo extends Error {}

/** Names the row by trying the keys one by one, in transactions that are undone. */
async function explain(
  session: Session,
  { plan, transaction }: ApplyOptions,
  keys: readonly Key[],
  error: unknown,
): Promise<unknown> {
  if (!isDataError(error)) return error;
  for (const key of keys) {
    try {
      await transaction(false, async () => {
        await rewrite(session, plan, [key]);
        throw new Undo();
      });
    } catch (rowError) {
      if (rowError instanceof Undo) continue;
      return isDataError(rowError) ? dataError(rowError, plan.key.columns, key) : error;
    }
  }
  // Each row fits alone: two rows of the group have the same new unique value.
  return dataError(error, plan.key.columns, keys[0] ?? []);
}
