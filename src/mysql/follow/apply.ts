/**
 * Applies changed keys: the rows are re-read from the source as they are now and written to the shadow, in one fenced
 * transaction with the stream position. Applying a key twice, late or together with later changes converges (P1).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { keyId, type Key } from '../../binlog/key.js';
import { applyKeysMax, transactionRepeatPauseMs, transactionRepeatsMax } from '../../limits/mysql.js';
import { dataError, isDataError } from '../rows/data-error.js';
import { deleteKeys } from '../rows/row-sql.js';
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
  /** Whether a duplicate is the last word, and its row is worth the search: otherwise the caller brings more changes. */
  readonly namesDuplicate: boolean;
}

/**
 * Applies the keys of one table in groups; the wrapper of the last group may store the position.
 * @throws DATA_NOT_CONVERTIBLE, FENCED, the driver's errors; for a duplicate DUPLICATE_FOR_UNIQUE_KEY where it is named,
 * and otherwise the driver's error.
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
      const all = [...keys.values()];
      await options.transaction(isLast, () => rewrite(sessions, options, all, all));
      return;
    } catch (error) {
      if (!(await worthRepeating(sessions, options, keys, error)) || repeat === transactionRepeatsMax) {
        const named = options.namesDuplicate || !isDuplicateKey(error);
        throw named ? await explain(sessions, options, [...keys.values()], error) : error;
      }
      await sleep(transactionRepeatPauseMs * Math.min(repeat, 10));
    }
  }
}

/** All are removed before any is written. */
async function rewrite(
  sessions: SessionPair,
  { plan, way }: ApplyOptions,
  removed: readonly Key[],
  written: readonly Key[],
): Promise<void> {
  for (const list of slices(removed)) await sessions.target.run(deleteKeys(plan, list));
  // In one statement, however many: between two, a unique value could move from one row to another.
  await way.writeKeys(sessions, plan, written);
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

/**
 * Names the row: the last one of the shortest beginning of the group that is refused, found by halving, in transactions
 * that are undone. The whole group is removed each time, so that none collides with a row that is about to change.
 */
async function explain(
  sessions: SessionPair,
  options: ApplyOptions,
  keys: readonly Key[],
  error: unknown,
): Promise<unknown> {
  if (!isDataError(error)) return error;
  let refusal = error;
  let [taken, refused] = [0, keys.length];
  while (refused - taken > 1) {
    const middle = Math.floor((taken + refused) / 2);
    const outcome = await trial(sessions, options, keys, middle);
    if (outcome instanceof Undo) taken = middle;
    else if (!isDataError(outcome) || isDuplicateKey(outcome) !== isDuplicateKey(error)) return error;
    else [refused, refusal] = [middle, outcome];
  }
  return dataError(refusal, options.plan.key.columns, keys[refused - 1] ?? []);
}

/** @returns what ended it: `Undo` where the first `count` rows were taken. */
async function trial(
  sessions: SessionPair,
  options: ApplyOptions,
  keys: readonly Key[],
  count: number,
): Promise<unknown> {
  try {
    await options.transaction(false, async () => {
      await rewrite(sessions, options, keys, keys.slice(0, count));
      throw new Undo();
    });
  } catch (error) {
    return error;
  }
  return undefined;
}
