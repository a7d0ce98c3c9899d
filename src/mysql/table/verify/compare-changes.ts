/**
 * Compares again what was changed since the verification (P6): while the feed is followed, and for the last time, exactly,
 * under the table lock.
 */
import type { Key } from '../../../binlog/key.js';
import { lockedCompareKeysMax, lookKeysMax } from '../../../limits/mysql-table.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { ChangedKeys } from '../follow/changed-keys.js';
import { comparisonOf } from './compared-pairs.js';
import { differingKeys, readUnequal, verificationFailed } from './differences.js';
import { sidesOf } from './side.js';
import { inSnapshot, prepareForSnapshots } from './snapshot.js';
import { Suspects } from './suspects.js';

export interface CompareChangesOptions {
  readonly plan: TablePlan;
  readonly changed: ChangedKeys;
  /** Resolves when everything that was committed at the call is applied to the copy, or when the signal is aborted. */
  readonly catchUp: () => Promise<void>;
  /** Keeps the number of changes that are not compared. */
  readonly recordGivenUp: (changes: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * One round: compares everything that was collected until now.
 * @param sessions with the data variables of the plan; nobody else uses them.
 * @returns whether all of it is compared: then every position that was applied before the call is, or false when the
 *   signal has ended the round.
 * @throws VERIFICATION_FAILED, ROW_NOT_COMPARABLE, the driver's errors.
 */
export async function compareChanges(sessions: SessionPair, options: CompareChangesOptions): Promise<boolean> {
  const { changed, recordGivenUp, signal } = options;
  const { keys, givenUp } = changed.take();
  if (givenUp > 0) await recordGivenUp(givenUp);
  try {
    if (keys.length > 0) await compareKeys(sessions, options, keys);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted) return true;
  // Nothing is forgotten: whoever goes on in this process compares them, and for others the position stays behind.
  changed.add(keys);
  return false;
}

/** A row that changes at every look is left alone: its last change is collected again. */
async function compareKeys(
  sessions: SessionPair,
  { plan, catchUp, signal }: CompareChangesOptions,
  keys: readonly Key[],
): Promise<void> {
  await prepareForSnapshots(sessions);
  const comparison = comparisonOf(plan);
  const sides = sidesOf(plan, comparison);
  const suspects = new Suspects({ plan, comparison, catchUp, signal });
  for (let start = 0; start < keys.length; start += lookKeysMax) {
    signal.throwIfAborted();
    const some = keys.slice(start, start + lookKeysMax);
    suspects.add(await inSnapshot(sessions, () => readUnequal(sessions, sides, some)));
    if (suspects.due) await suspects.settle(sessions);
  }
  await suspects.settle(sessions);
}

/**
 * Compares, on sessions that may read the locked tables, what was applied since the last round: nothing moves, so any
 * difference is real. Too many to be compared in the time of the lock are counted instead.
 * @throws VERIFICATION_FAILED.
 */
export async function compareUnderLock(
  sessions: SessionPair,
  { plan, changed, recordGivenUp }: Pick<CompareChangesOptions, 'plan' | 'changed' | 'recordGivenUp'>,
): Promise<void> {
  const { keys, givenUp } = changed.take();
  const compared = keys.length <= lockedCompareKeysMax;
  const differences = compared ? await differingKeys(sessions, plan, keys) : [];
  if (differences.length > 0) throw verificationFailed(plan, differences);
  const notCompared = givenUp + (compared ? 0 : keys.length);
  if (notCompared > 0) await recordGivenUp(notCompared);
}
