/**
 * Applies batches of changed keys, whatever their rows collide with.
 *
 * - A1 Nothing of a batch is read before all its transactions are visible, and none of its rows is written while a chunk
 *   of the copy is in flight that may have read older ones: it would bring back what the batch deletes.
 * - A2 Definitions come before rows: a batch with somebody's change of a table stops before any of its rows is written.
 * - A3 A unique value that two rows seem to have may have moved: the change of the row that had it is then among those that
 *   are committed by now. The duplicate is real only when it stays although all of them are applied together.
 * - A4 A row that does not fit is taken out of the copy, and kept here until its writer has corrected it or its time is
 *   over. Whoever stores a position while one is kept would lose it.
 */
import type { GtidSet } from '../../../binlog/gtid-set.js';
import type { Key } from '../../../binlog/key.js';
import { collisionRoundsMax, unseenCollisionRoundsMax } from '../../../limits/mysql-table.js';
import type { SessionSource } from '../../server/session/session-on-demand.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import { isDuplicateKey, isRepeatable } from '../../server/session/server-errors.js';
import { isDataError, mayPassInParts } from '../rows/data-error.js';
import { keyLists } from '../rows/key-lists.js';
import type { RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import { applyKeys, rewrite, UnsolvedCollision, type ApplyTransaction } from './apply.js';
import type { Bell } from './bell.js';
import { executedGtids, waitUntilVisible } from './executed.js';
import type { Feed } from './feed.js';
import { checkGuarded, type Guard } from './guard.js';
import { countKeys, mergeBatches, type ChangeBatch, type KeysByTable } from './pending-changes.js';
import { RefusedRows } from './refused-rows.js';
import { checkDefinitions } from './table-guard.js';

export interface ApplierOptions {
  readonly tables: readonly TablePlan[];
  readonly way: RowWay;
  readonly rows: SessionPair;
  readonly looking: SessionSource;
  readonly guard?: Guard;
  readonly chunksInFlightEnded: () => Promise<void>;
}

/** Where rows are written, and in which transaction. */
interface Place {
  readonly sessions: SessionPair;
  readonly transaction: ApplyTransaction;
  /** One transaction for all, see ApplyOptions. */
  readonly together: boolean;
  /** Whether a row that does not fit is kept (A4), or ends the work at once. */
  readonly keepsRefused: boolean;
}

export class Applier {
  readonly #options: ApplierOptions;
  readonly #feed: Feed;
  /** Rung when the feed has news. */
  readonly #bell: Bell;
  readonly #refused: RefusedRows;
  readonly #onWritten: (table: number, keys: readonly Key[]) => void;
  readonly #checkHistory: () => Promise<void>;

  /**
   * @param onWritten hears of each group of rows that is committed, with what it collided with.
   * @param checkHistory throws where the server has another history than the one that is followed.
   */
  constructor(
    options: ApplierOptions,
    feed: Feed,
    bell: Bell,
    onWritten: (table: number, keys: readonly Key[]) => void,
    checkHistory: () => Promise<void>,
  ) {
    this.#options = options;
    this.#feed = feed;
    this.#bell = bell;
    this.#refused = new RefusedRows(options.tables.length);
    this.#onWritten = onWritten;
    this.#checkHistory = checkHistory;
  }

  /** Whether a row is kept that was refused. */
  get hasRefused(): boolean {
    return !this.#refused.isEmpty;
  }

  /**
   * Applies a batch that was taken from the feed, where need be with what came since.
   * @param transactionOf for the batch as it is written. @returns it.
   * @throws TABLE_CHANGED, SHADOW_CHANGED, data errors, FENCED, FEED_ENDED, the driver's errors.
   */
  async apply(taken: ChangeBatch, transactionOf: (batch: ChangeBatch) => ApplyTransaction): Promise<ChangeBatch> {
    const { rows: sessions, chunksInFlightEnded } = this.#options;
    let batch = taken;
    let seen = 0;
    for (let round = 1; ; round += 1) {
      await waitUntilVisible(sessions.source, batch.visible, this.#checkHistory);
      await this.#checkDdls(batch);
      if (countKeys(batch.keys) === 0) return batch;
      try {
        await chunksInFlightEnded();
        const place = { sessions, transaction: transactionOf(batch), together: round > 1, keepsRefused: true };
        await this.#write(batch.keys, place);
        return batch;
      } catch (error) {
        if (!(error instanceof UnsolvedCollision)) throw error;
        seen += error.seen ? 1 : 0;
        if (seen === collisionRoundsMax || round === unseenCollisionRoundsMax) throw error.refusal;
        batch = await this.#withWhatCameSince(batch);
      }
    }
  }

  /** What was refused for long enough ends the work, as it is now. @throws DATA_NOT_CONVERTIBLE. */
  async judgeRefused(transaction: ApplyTransaction): Promise<void> {
    const { due } = this.#refused;
    if (countKeys(due) === 0) return;
    await this.#options.chunksInFlightEnded();
    await this.#writeForGood(due, this.#options.rows, transaction);
  }

  /**
   * Applies everything up to `target`, which was read from the executed set under the table locks: so nothing has to become
   * visible, and nothing is kept for later. @param onApplied hears of each batch. @throws the signal's reason, as `apply`.
   */
  async drain(
    sessions: SessionPair,
    transaction: ApplyTransaction,
    target: GtidSet,
    onApplied: (batch: ChangeBatch) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#writeForGood(this.#refused.keys, sessions, transaction);
    // What collided with a row whose own change is still to come: once more, with all that came since.
    let collided: ChangeBatch | undefined;
    for (;;) {
      signal.throwIfAborted();
      const complete = target.isSubsetOf(this.#feed.received);
      const taken = this.#feed.take();
      const together = collided !== undefined;
      const batch = collided !== undefined && taken !== undefined ? mergeBatches(collided, taken) : (taken ?? collided);
      collided = undefined;
      if (batch !== undefined) {
        await this.#checkDdls(batch);
        try {
          await this.#write(batch.keys, { sessions, transaction, together, keepsRefused: false });
          onApplied(batch);
        } catch (error) {
          if (!(error instanceof UnsolvedCollision)) throw error;
          if (together && complete) throw error.refusal;
          collided = batch;
        }
      }
      if (complete && collided === undefined) return;
      if (!complete) await this.#untilMoreOf(target, signal);
    }
  }

  /** Table by table; the last group of the last table is the last of all. */
  async #write(keys: KeysByTable, place: Place): Promise<void> {
    if (await this.#isWrittenAtOnce(keys, place)) return;
    const { sessions, transaction, together, keepsRefused } = place;
    const { tables, way } = this.#options;
    const last = keys.findLastIndex((some) => some.length > 0);
    for (const [index, plan] of tables.entries()) {
      const some = keys[index] ?? [];
      if (some.length === 0) continue;
      const onWritten = (written: readonly Key[]): void => {
        this.#refused.delete(index, written);
        this.#onWritten(index, written);
      };
      const onRefused = (key: Key): void => this.#refused.add(index, key);
      const heard = { onWritten, ...(keepsRefused ? { onRefused } : {}) };
      await applyKeys(sessions, { plan, way, transaction, together, isLast: index === last, ...heard }, some);
    }
  }

  /**
   * Few changes of several tables are one transaction: to commit costs more than to write them, and a switch waits for it.
   * Whatever is refused, or is in somebody's way, is found table by table. @returns whether they are written.
   */
  async #isWrittenAtOnce(keys: KeysByTable, { sessions, transaction }: Place): Promise<boolean> {
    const { tables, way } = this.#options;
    const changed = tables.flatMap((plan, index) => {
      const some = keys[index] ?? [];
      return some.length === 0 ? [] : [{ index, plan, some }];
    });
    if (changed.length < 2 || keyLists(changed.flatMap(({ some }) => some)).length > 1) return false;
    try {
      await transaction(true, async () => {
        for (const { plan, some } of changed) await rewrite(sessions, { plan, way }, some);
      });
    } catch (error) {
      if (isDataError(error) || isDuplicateKey(error) || isRepeatable(error) || mayPassInParts(error)) return false;
      throw error;
    }
    for (const { index, some } of changed) {
      this.#refused.delete(index, some);
      this.#onWritten(index, some);
    }
    return true;
  }

  /** @throws the refusal of a row that does not fit, or whose unique value another one has. */
  async #writeForGood(keys: KeysByTable, sessions: SessionPair, transaction: ApplyTransaction): Promise<void> {
    try {
      await this.#write(keys, { sessions, transaction, together: false, keepsRefused: false });
    } catch (error) {
      throw error instanceof UnsolvedCollision ? error.refusal : error;
    }
  }

  async #checkDdls({ ddls }: ChangeBatch): Promise<void> {
    if (ddls.length === 0) return;
    const { tables, looking, guard } = this.#options;
    if (guard !== undefined) checkGuarded(guard, ddls);
    await looking.use((control) => checkDefinitions(control, tables, ddls));
  }

  async #withWhatCameSince(batch: ChangeBatch): Promise<ChangeBatch> {
    const target = await executedGtids(this.#options.rows.source);
    let merged = batch;
    for (;;) {
      const complete = target.isSubsetOf(this.#feed.received);
      const taken = this.#feed.take();
      if (taken !== undefined) merged = mergeBatches(merged, taken);
      if (complete) return merged;
      await this.#untilMoreOf(target);
    }
  }

  /** Waits until there is something to take, or all up to the target was received. @throws what has ended the feed. */
  #untilMoreOf(target: GtidSet, signal?: AbortSignal): Promise<void> {
    const isThere = (): boolean => !this.#feed.isEmpty || target.isSubsetOf(this.#feed.received);
    return this.#bell.until(() => {
      this.#feed.throwIfEnded();
      return isThere();
    }, signal);
  }
}
