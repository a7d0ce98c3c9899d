/**
 * Applies changed keys: the rows are re-read from the source as they are now and written to the copy, in one fenced
 * transaction with the stream position. Applying a key twice, late or together with later changes converges (P1).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { keyId, type Key } from '../../../binlog/key.js';
import type { SwitchyardError } from '../../../errors/switchyard-error.js';
import {
  collisionMissesMax,
  collisionTriesMax,
  collisionTriesOfGroupsMax,
  transactionRepeatPauseMs,
} from '../../../limits/mysql-table.js';
import { transactionRepeatsMax } from '../../../limits/mysql.js';
import type { Collisions } from '../rows/collisions.js';
import { dataError, isDataError, mayPassInParts, tooLargeError } from '../rows/data-error.js';
import { countInSource } from '../rows/count-in-source.js';
import { keyLists } from '../rows/key-lists.js';
import { deleteKeys, keysInSource } from '../rows/row-sql.js';
import type { RowWay } from '../rows/row-way.js';
import { isSameRow, type TablePlan } from '../rows/table-plan.js';
import { duplicateKeyName, isDuplicateKey, isRepeatable } from '../../server/session/server-errors.js';
import type { SessionPair } from '../../server/session/session-pair.js';

/** How one group of keys is wrapped: a fenced transaction with the position, or the transaction under the table lock. */
export type ApplyTransaction = (isLastGroup: boolean, write: () => Promise<void>) => Promise<void>;

export interface ApplyOptions {
  readonly plan: TablePlan;
  readonly way: RowWay;
  readonly transaction: ApplyTransaction;
  /** One transaction for all keys, however many: no row of the copy that changed is left to collide with. */
  readonly together: boolean;
  /** Whether no rows of another table come behind these. */
  readonly isLast: boolean;
  /** Hears of each group that is committed, with what it collided with. */
  readonly onWritten?: (keys: readonly Key[]) => void;
  /**
   * Hears of a row that does not fit, before it is taken out of the copy: from then on it is missing there. Absent: the
   * first one is thrown.
   */
  readonly onRefused?: (key: Key, refusal: SwitchyardError) => void;
}

/** A unique value that collides with a row which cannot be looked up, or which has it still when it is looked at again. */
export class UnsolvedCollision extends Error {
  /** What to tell when it stays. */
  readonly refusal: SwitchyardError;
  /** Whether two rows of the source were seen to have it at one moment. */
  readonly seen: boolean;

  constructor(plan: TablePlan, { error, row = [], twins = [] }: Refusal) {
    super('a unique value is taken', { cause: error });
    this.name = 'UnsolvedCollision';
    this.refusal = dataError(error, plan, row);
    this.seen = twins.length > 0;
  }
}

/** Why a group of rows is not written. */
interface Refusal {
  readonly error: unknown;
  /** A row that is refused, where that is known. */
  readonly row?: Key | undefined;
  /** Rows of the source that have one unique value. */
  readonly twins?: readonly Key[];
}

/**
 * Applies the keys of one table in groups; the wrapper of the last group may store the position.
 * @throws UnsolvedCollision, DATA_NOT_CONVERTIBLE, SERVER_NEEDS_ATTENTION, FENCED, the driver's errors.
 */
export async function applyKeys(sessions: SessionPair, options: ApplyOptions, keys: readonly Key[]): Promise<void> {
  const groups = options.together ? [keys] : keyLists(keys);
  for (const [index, group] of groups.entries()) {
    await applyGroup(sessions, options, group, options.isLast && index === groups.length - 1);
  }
}

/**
 * What is refused is written in halves. So the row is found that does not fit; and where values move from row to row all
 * the time, a small group is quicker than they are: one of hundreds always met another that had just moved (seen while an
 * old snapshot kept InnoDB from purging).
 */
async function applyGroup(
  sessions: SessionPair,
  options: ApplyOptions,
  group: readonly Key[],
  isLast: boolean,
): Promise<void> {
  const refusal = await refusalOf(sessions, options, group, isLast);
  if (refusal === undefined) return;
  const { plan, together } = options;
  const [first = []] = group;
  const alone = group.length === 1;
  if (isDuplicateKey(refusal.error) && (alone || together)) {
    throw new UnsolvedCollision(plan, alone ? { ...refusal, row: first } : refusal);
  }
  if (alone) return endOfRow(sessions, options, { key: first, refusal: refusal.error, isLast });
  const middle = Math.floor(group.length / 2);
  await applyGroup(sessions, options, group.slice(0, middle), false);
  await applyGroup(sessions, options, group.slice(middle), isLast);
}

/** One row that is refused, or too large, or gone. */
async function endOfRow(
  sessions: SessionPair,
  { plan, transaction, onRefused, onWritten }: ApplyOptions,
  { key, refusal, isLast }: { readonly key: Key; readonly refusal: unknown; readonly isLast: boolean },
): Promise<void> {
  if (mayPassInParts(refusal)) throw tooLargeError(refusal, sessions.target.cluster.name, plan, key);
  const error = dataError(refusal, plan, key);
  // A key may be refused as such (a zero date), although its row is gone.
  const isGone = (await countInSource(sessions.source, plan, keysInSource(plan, [key]))) === 0;
  if (!isGone) {
    if (onRefused === undefined) throw error;
    onRefused(key, error);
  }
  // What the copy has of the row is older than all that is read now: it would collide with others for no reason.
  await transaction(isLast, async () => void (await sessions.target.run(deleteKeys(plan, [key]))));
  if (isGone) onWritten?.([key]);
}

/**
 * Writes a group, with what it collides with. @returns the error of the data, or undefined when it is written.
 * @throws UnsolvedCollision where what it collides with cannot be looked up.
 */
async function refusalOf(
  sessions: SessionPair,
  options: ApplyOptions,
  group: readonly Key[],
  isLast: boolean,
): Promise<Refusal | undefined> {
  const keys = new Map(group.map((key) => [keyId(key), key]));
  const alone = group.length === 1;
  const triesMax = alone || options.together ? collisionTriesMax : collisionTriesOfGroupsMax;
  const missesMax = alone && !options.together ? collisionMissesMax : 1;
  for (let repeat = 1, collisions = 0, misses = 0; ; repeat += 1) {
    try {
      const written = [...keys.values()];
      await options.transaction(isLast, () => rewrite(sessions, options, written));
      options.onWritten?.(written);
      return undefined;
    } catch (error) {
      if (isAnothersUniqueValue(error, options.plan)) {
        const { others, twins } = await addColliding(sessions, options, keys, error);
        collisions += 1;
        misses += others.length === 0 && twins.length > 0 ? 1 : 0;
        if (collisions >= triesMax || misses >= missesMax) return { error, twins, row: twins[0] ?? others[0] };
        // What it collides with is written, too, and at once, before more of them move.
        if (others.length > 0) continue;
      } else if (mayPassInParts(error) || (isDataError(error) && !isDuplicateKey(error))) {
        return { error };
      } else if (!(isRepeatable(error) || isDuplicateKey(error)) || repeat >= transactionRepeatsMax) {
        throw error;
      }
      await sleep(transactionRepeatPauseMs * Math.min(repeat, 10));
    }
  }
}

/** A duplicate in the copy's own key means that a chunk was quicker, and is repeated. */
function isAnothersUniqueValue(error: unknown, plan: TablePlan): boolean {
  if (!isDuplicateKey(error)) return false;
  const name = duplicateKeyName(error, plan.copy.table);
  return name !== undefined && !isSameRow(plan, name);
}

/**
 * A duplicate in another unique key is a stale row of the copy, whose own change is not applied yet: its key joins the
 * group, so that both are deleted before either is written. Or it is another row of the group, with the same value in the
 * source; then it is looked at again, since a value may be in two rows for a moment. @returns what was found.
 * @throws UnsolvedCollision where it cannot be looked up.
 */
async function addColliding(
  sessions: SessionPair,
  { plan, way }: ApplyOptions,
  keys: Map<string, Key>,
  error: unknown,
): Promise<Collisions> {
  const found = await way.findCollisions(sessions, plan, [...keys.values()]);
  const { others, unseen } = found;
  if (others.length === 0 && unseen !== undefined) throw new UnsolvedCollision(plan, { error, row: unseen });
  for (const key of others) keys.set(keyId(key), key);
  return found;
}

/** As many as a packet of the server surely takes. */
function statementsOf(keys: readonly Key[]): readonly (readonly Key[])[] {
  return keyLists(keys, Infinity);
}

/** Writes the rows with these keys of one table in the caller's transaction: all are removed before any is written. */
export async function rewrite(
  sessions: SessionPair,
  { plan, way }: Pick<ApplyOptions, 'plan' | 'way'>,
  keys: readonly Key[],
): Promise<void> {
  for (const list of keyLists(keys)) await sessions.target.run(deleteKeys(plan, list));
  // In one statement where it can be: between two, a unique value could move from one row to another.
  for (const list of statementsOf(keys)) await way.writeKeys(sessions, plan, list);
}
