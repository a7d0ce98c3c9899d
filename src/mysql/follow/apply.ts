/**
 * Applies changed keys: the rows are re-read from the source as they are now and written to the shadow, in one fenced
 * transaction with the stream position. Applying a key twice, late or together with later changes converges (P1).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { keyId, type Key } from '../../binlog/key.js';
import { applyKeysMax, transactionRepeatPauseMs, transactionRepeatsMax } from '../../limits/mysql.js';
import { dataError, isDataError } from '../rows/data-error.js';
import type { RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import { duplicateKeyName, isDuplicateKey, isRepeatable } from '../session/server-errors.js';
import type { SessionPair } from '../session/session-pair.js';

/** How one group of keys is wrapped: a fenced transaction with the position, or the transaction under the table lock. */
export type ApplyTransaction = (isLastGroup: boolean, write: () => Promise<void>) => Promise<void>;

export interface ApplyOptions {
  readonly plan: TablePlan;
  readonly way: RowWay;
  readonly transaction: ApplyTransaction;
  /** One transaction for all keys, however many: no row of the shadow that changed is left to collide with. */
  readonly together: boolean;
}

/**
 * Applies the keys of one table in groups; the wrapper of the last group may store the position.
 * @throws DATA_NOT_CONVERTIBLE, DUPLICATE_FOR_UNIQUE_KEY, FENCED, the driver's errors.
 */
export async function applyKeys(sessions: SessionPair, options: ApplyOptions, keys: readonly Key[]): Promise<void> {
  const groups = options.together ? [keys] : slices(keys);
  for (const [index, group] of groups.entries()) {
    await applyGroup(sessions, options, group, index === groups.length - 1);
  }
}

function slices(keys: readonly Key[]): readonly (readonly Key[])[] {
  const count = Math.ceil(keys.length / applyKeysMax);
  return Array.from({ length: count }, (_none, index) => keys.slice(index * applyKeysMax, (index + 1) * applyKeysMax));
}

async function applyGroup(
  sessions: SessionPair,
  options: ApplyOptions,
  group: readonly Key[],
  isLast: boolean,
): Promise<void> {
  const keys = new Map(group.map((key) => [keyId(key), key]));
  for (let repeat = 1; ; repeat += 1) {
    try {
      await options.transaction(isLast, () => rewrite(sessions, options, [...keys.values()]));
      return;
    } catch (error) {
      if (!(await worthRepeating(sessions, options, keys, error)) || repeat === transactionRepeatsMax) {
        throw await explain(sessions, options, [...keys.values()], error);
      }
      await sleep(transactionRepeatPauseMs * Math.min(repeat, 10));
    }
  }
}

function rewrite(sessions: SessionPair, { plan, way }: ApplyOptions, keys: readonly Key[]): Promise<void> {
  return way.rewriteKeys(sessions, plan, slices(keys));
}

/**
 * Deadlocks, lock waits and chunks that were quicker are repeated. A duplicate in another unique key is a stale row of
 * the shadow, whose own change is not applied yet: its key joins the group, so that both are deleted before either is
 * written. When nothing new is found that it can collide with, the caller has to bring what changed since.
 */
async function worthRepeating(
  sessions: SessionPair,
  { plan, way }: ApplyOptions,
  keys: Map<string, Key>,
  error: unknown,
): Promise<boolean> {
  if (isRepeatable(error)) return true;
  if (!isDuplicateKey(error)) return false;
  const name = duplicateKeyName(error);
  if (name === undefined || name.toLowerCase() === plan.shadowKeyIndex.toLowerCase()) return true;
  const before = keys.size;
  for (const key of await way.collidingKeys(sessions, plan, name, [...keys.values()])) keys.set(keyId(key), key);
  return keys.size > before;
}

/** Thrown to undo a trial. */
class Undo extends Error {}

/** Names the row by trying the keys one by one, in transactions that are undone. */
async function explain(
  sessions: SessionPair,
  options: ApplyOptions,
  keys: readonly Key[],
  error: unknown,
): Promise<unknown> {
  const { plan, transaction } = options;
  if (!isDataError(error)) return error;
  for (const key of keys) {
    try {
      await transaction(false, async () => {
        await rewrite(sessions, options, [key]);
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
