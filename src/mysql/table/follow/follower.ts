/**
 * Follows the source: takes batches of changed keys from the feed, waits until they are visible, lets the chunks in
 * flight end, and applies them with the new position. The rules and their order are in docs/design/copy-and-follow.md,
 * "Following"; each has a test that fails when it is taken out (test/faults/rules).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GtidSet } from '../../../binlog/gtid-set.js';
import type { Key } from '../../../binlog/key.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import {
  collisionRoundsMax,
  historyCheckIntervalMs,
  restWaitMsMax,
  unseenCollisionRoundsMax,
} from '../../../limits/follow.js';
import { ownPositionIntervalMs, pollIntervalMs, visibilityWaitSeconds } from '../../../limits/mysql.js';
import type { TableName } from '../../../schema/table-model.js';
import type { RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';
import { fencedTransaction } from '../../server/sidecar/epoch.js';
import { signRows } from '../../server/sidecar/own-work.js';
import { forgetComparisons, loadCommitTime, loadPosition, savePosition } from '../../server/sidecar/progress.js';
import type { ChangedKeys } from './changed-keys.js';
import { applyKeys, UnsolvedCollision, type ApplyOptions, type ApplyTransaction } from './apply.js';
import { advance, recallPlace, rememberPlace, type FeedPosition } from './feed-position.js';
import { Feed } from './feed.js';
import { checkGuarded, type Guard } from './guard.js';
import { countKeys, mergeBatches, type ChangeBatch, type KeysByTable } from './pending-changes.js';
import { checkHistory, checkPosition, findWitness } from './position.js';
import { RefusedRows } from './refused-rows.js';
import { checkDefinition } from './table-guard.js';

export interface FollowerOptions {
  readonly operationId: string;
  readonly tables: readonly TablePlan[];
  readonly way: RowWay;
  readonly token: string;
  /** For moving rows, and on the target for the position; nobody else uses them. */
  readonly rows: SessionPair;
  /** For waiting and looking at the source; nobody else uses it. */
  readonly control: Session;
  /** Copies on the source's server: changing them is our own work. */
  readonly copies: readonly TableName[];
  /** Tables that nobody else may change. */
  readonly guard?: Guard;
  /** Resolves when every chunk transaction in flight now has ended. */
  readonly chunksInFlightEnded: () => Promise<void>;
  /**
   * Collects the keys that are applied, by table, to be compared again (P6). No position is stored then that was not
   * compared up to: who goes on after us applies what came since once more, which is harmless, and compares it.
   */
  readonly changed?: readonly ChangedKeys[];
}

interface FollowedServer {
  readonly uuid: string;
  /** What its clock is ahead of ours. */
  readonly clockOffsetMs: number;
}

export class Follower {
  readonly #options: FollowerOptions;
  readonly #feed: Feed;
  readonly #server: FollowedServer;
  #position: FeedPosition;
  /** What had been received when the last batch that is applied was taken. */
  #applied = GtidSet.empty();
  /** No later position is stored; undefined where changes are not compared. */
  #comparedUpTo: FeedPosition | undefined;
  /** A batch was taken and is not applied yet. */
  #applying = false;
  #applyingSinceMs: number | null = null;
  #rest: 'none' | 'wanted' | 'rests' = 'none';
  /** By table, what was written since the last try to rest, with what it collided with; undefined before the first. */
  #written: Key[][] | undefined;
  #positionSavedAt = performance.now();
  readonly #refused: RefusedRows;

  private constructor(options: FollowerOptions, feed: Feed, position: FeedPosition, server: FollowedServer) {
    this.#options = options;
    this.#feed = feed;
    this.#position = position;
    this.#comparedUpTo = options.changed === undefined ? undefined : position;
    this.#server = server;
    this.#refused = new RefusedRows(options.tables.length);
  }

  /** Opens the feed at the stored position. @throws POSITION_PURGED, POSITION_UNKNOWN, the driver's errors. */
  static async open(options: FollowerOptions): Promise<Follower> {
    const { control, rows, operationId, token, changed } = options;
    if (changed === undefined) {
      const forget = (): Promise<void> => forgetComparisons(rows.target, operationId);
      await fencedTransaction(rows.target, operationId, token, forget);
    }
    const stored = await loadPosition(rows.target, operationId);
    const gtids = GtidSet.parse(stored);
    await checkPosition(control, gtids);
    const committedAtMs = await loadCommitTime(rows.target, operationId);
    const { now, serverUuid } = await control.row<{ now: number | string; serverUuid: string }>(
      'SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS now, @@server_uuid AS serverUuid',
    );
    const server = { uuid: serverUuid, clockOffsetMs: Number(now) - Date.now() };
    const position = { gtids, place: recallPlace(operationId, serverUuid, stored), committedAtMs };
    const witness = rows.source === rows.target ? await findWitness(control, position, serverUuid) : undefined;
    const feed = await Feed.open(control.cluster, options, position, witness);
    return new Follower(options, feed, position, server);
  }

  /** Everything up to here is applied. */
  get position(): FeedPosition {
    return this.#position;
  }

  /** Everything up to here was compared and may be stored. */
  comparedUpTo(position: FeedPosition): void {
    this.#comparedUpTo = position;
  }

  /** Milliseconds since the commit of the oldest change that is not applied; 0 when there is none (server clock). */
  get lagMs(): number {
    const candidates = [this.#applyingSinceMs, this.#feed.oldestCommittedAtMs].filter((at) => at !== null);
    const oldest = candidates.length > 0 ? Math.min(...candidates) : this.#feed.lastCommittedAtMs;
    return oldest === null ? 0 : Math.max(0, Date.now() + this.#server.clockOffsetMs - oldest);
  }

  /** Applies batches until the signal; ends at a checkpoint. @throws what ends the feed or makes it wrong to go on. */
  async run(signal: AbortSignal): Promise<void> {
    let looked = { at: performance.now(), executed: this.#position.gtids };
    while (!signal.aborted) {
      if (performance.now() - looked.at > historyCheckIntervalMs) {
        looked = { at: performance.now(), executed: await checkHistory(this.#options.control, looked.executed) };
      }
      const batch = this.#rest === 'rests' ? undefined : this.#feed.take();
      if (batch === undefined) await sleep(pollIntervalMs);
      else await this.#apply(batch);
      await this.#judgeRefused();
      if (this.#rest === 'wanted') await this.#restAtOneMoment(signal);
    }
    await this.#savePosition(true);
  }

  /** Resolves when everything that was committed at the call is applied; needs `run` to go on meanwhile. */
  async catchUp(control: Session, signal: AbortSignal): Promise<void> {
    const target = await executedGtids(control);
    await this.#until(() => this.#hasApplied(target), signal);
  }

  /** Waits for what the feed or `run` brings about, or for the signal. @throws what has ended the feed. */
  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !isSo()) {
      this.#feed.throwIfEnded();
      await sleep(pollIntervalMs);
    }
  }

  /**
   * Catches up, and then applies nothing until the result is called: the copy rests meanwhile, as the source was at one
   * moment, and the feed collects. Needs `run` to go on.
   */
  async rest(control: Session, signal: AbortSignal): Promise<() => void> {
    await this.catchUp(control, signal);
    this.#written = undefined;
    this.#rest = 'wanted';
    await withJointSignal([signal], { withinMs: restWaitMsMax }, (inTime) =>
      this.#until(() => this.#rest !== 'wanted', inTime),
    );
    // A table that never holds still is taken as it is.
    this.#rest = 'rests';
    this.#written = undefined;
    while (!signal.aborted && this.#applying) await sleep(pollIntervalMs);
    return () => {
      this.#rest = 'none';
    };
  }

  /**
   * Applies everything up to `target` under the table locks, on sessions that may read the locked tables: no position is
   * stored and no visibility is waited for, since `target` was read from the executed set under the lock.
   */
  async drainUnderLock(
    sessions: SessionPair,
    transaction: ApplyTransaction,
    target: GtidSet,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#applyForGood(sessions, this.#refused.keys, transaction);
    // What collided with a row whose own change is still to come: once more, with all that came since.
    let collided: ChangeBatch | undefined;
    for (;;) {
      signal.throwIfAborted();
      const complete = target.isSubsetOf(this.#feed.received);
      const taken = this.#feed.take();
      const batch = collided !== undefined && taken !== undefined ? mergeBatches(collided, taken) : (taken ?? collided);
      const together = collided !== undefined;
      collided = undefined;
      if (batch !== undefined) {
        await this.#checkDdls(batch);
        try {
          await this.#applyKeys(sessions, batch, { transaction, together });
          this.#noteChanged(batch);
        } catch (error) {
          if (!(error instanceof UnsolvedCollision)) throw error;
          if (together && complete) throw error.refusal;
          collided = batch;
        }
      }
      if (complete && collided === undefined) return;
      if (taken === undefined) await sleep(1);
    }
  }

  close(): void {
    this.#feed.close();
  }

  /**
   * On a busy server the feed is hardly ever empty when somebody looks: what counts is what the batches that are applied
   * had in them. An empty feed may have received more, which changes nothing (a prepared XA transaction).
   */
  #hasApplied(target: GtidSet): boolean {
    if (!this.#refused.isEmpty) return false;
    const idle = !this.#applying && this.#feed.isEmpty;
    return target.isSubsetOf(idle ? this.#feed.received : this.#applied);
  }

  /**
   * Rests when the copy is as the source was when the last batch was taken. Rows are read some time later than that: one
   * that changed in between may have the unique value of another, whose change is still to come.
   */
  async #restAtOneMoment(signal: AbortSignal): Promise<void> {
    // All that the writes so far may have seen: what is not applied of it is in the next batch.
    const seen = await executedGtids(this.#options.control);
    await this.#until(() => this.#rest !== 'wanted' || seen.isSubsetOf(this.#feed.received), signal);
    if (this.#rest !== 'wanted') return;
    const isOfOneMoment = this.#written !== undefined && !this.#feed.hasAnyOf(this.#written);
    if (isOfOneMoment) this.#rest = 'rests';
    this.#written = isOfOneMoment ? undefined : this.#options.tables.map(() => []);
  }

  async #apply(taken: ChangeBatch): Promise<void> {
    const { control } = this.#options;
    this.#applying = true;
    this.#applyingSinceMs = taken.oldestCommittedAtMs;
    let batch = taken;
    let seen = 0;
    for (let round = 1; ; round += 1) {
      await waitUntilVisible(control, batch.visible);
      await this.#checkDdls(batch);
      try {
        if (countKeys(batch.keys) > 0) await this.#write(batch, round > 1);
        break;
      } catch (error) {
        if (!(error instanceof UnsolvedCollision)) throw error;
        seen += error.seen ? 1 : 0;
        if (seen === collisionRoundsMax || round === unseenCollisionRoundsMax) throw error.refusal;
        batch = await this.#withWhatCameSince(batch);
      }
    }
    this.#position = advance(this.#position, batch);
    this.#noteChanged(batch);
    if (countKeys(batch.keys) > 0 && this.#isStored) this.#positionSavedAt = performance.now();
    else await this.#savePosition(batch.foreign);
    this.#applied = batch.received;
    this.#applyingSinceMs = null;
    this.#applying = false;
  }

  async #checkDdls({ ddls }: ChangeBatch): Promise<void> {
    const { tables, control, guard } = this.#options;
    if (guard !== undefined) checkGuarded(guard, ddls);
    for (const plan of tables) await checkDefinition(control, plan, ddls);
  }

  /** Writes the rows of the batch, and with the last of them the position. */
  async #write(batch: ChangeBatch, together: boolean): Promise<void> {
    const { rows, chunksInFlightEnded } = this.#options;
    // Chunks that started before the batch was visible may still write what it deleted.
    await chunksInFlightEnded();
    const position = advance(this.#position, batch);
    const transaction = this.#transaction(position);
    await this.#applyKeys(rows, batch, { transaction, together }, 'later');
  }

  /** Fenced, and signed as our own work. @param position stored with the last rows; undefined: none. */
  #transaction(position?: FeedPosition): ApplyTransaction {
    const { operationId, token, rows, guard } = this.#options;
    return (isLast, write) =>
      fencedTransaction(rows.target, operationId, token, async () => {
        await write();
        if (guard !== undefined) await signRows(rows.target, operationId);
        if (isLast && this.#isStored && position !== undefined) await this.#store(position);
      });
  }

  /** Whether the position is stored with the rows. */
  get #isStored(): boolean {
    return this.#comparedUpTo === undefined && this.#refused.isEmpty;
  }

  /** What was refused for long enough ends the work, as it is now. @throws DATA_NOT_CONVERTIBLE. */
  async #judgeRefused(): Promise<void> {
    const { due } = this.#refused;
    if (countKeys(due) === 0) return;
    await this.#options.chunksInFlightEnded();
    await this.#applyForGood(this.#options.rows, due, this.#transaction());
  }

  /** @throws the refusal of a row that does not fit, or whose unique value another one has. */
  async #applyForGood(sessions: SessionPair, keys: KeysByTable, transaction: ApplyTransaction): Promise<void> {
    try {
      await this.#applyKeys(sessions, { keys }, { transaction, together: false });
    } catch (error) {
      throw error instanceof UnsolvedCollision ? error.refusal : error;
    }
  }

  /** Table by table; the last group of the last table is the last of all. */
  async #applyKeys(
    sessions: SessionPair,
    { keys }: Pick<ChangeBatch, 'keys'>,
    { transaction, together }: Pick<ApplyOptions, 'transaction' | 'together'>,
    judgesRefused: 'now' | 'later' = 'now',
  ): Promise<void> {
    const { tables, way } = this.#options;
    const last = keys.findLastIndex((some) => some.length > 0);
    for (const [index, plan] of tables.entries()) {
      const some = keys[index] ?? [];
      if (some.length === 0) continue;
      const ofTable: ApplyTransaction = (isLast, write) => transaction(isLast && index === last, write);
      const onWritten = (written: readonly Key[]): void => {
        this.#written?.[index]?.push(...written);
        this.#refused.delete(index, written);
      };
      const onRefused = judgesRefused === 'now' ? undefined : (key: Key): void => this.#refused.add(index, key);
      const heard = { onWritten, ...(onRefused === undefined ? {} : { onRefused }) };
      await applyKeys(sessions, { plan, way, transaction: ofTable, ...heard, together }, some);
    }
  }

  #noteChanged({ keys }: ChangeBatch): void {
    this.#options.changed?.forEach((changed, index) => changed.add(keys[index] ?? []));
  }

  /**
   * A unique value that seems to be in two rows may have moved: the change of the row that had it is then among those that
   * are committed by now. The duplicate is real only when it stays although all of them are applied together.
   */
  async #withWhatCameSince(batch: ChangeBatch): Promise<ChangeBatch> {
    const target = await executedGtids(this.#options.control);
    let merged = batch;
    for (;;) {
      const complete = target.isSubsetOf(this.#feed.received);
      const taken = this.#feed.take();
      if (taken !== undefined) merged = mergeBatches(merged, taken);
      if (complete) return merged;
      await sleep(pollIntervalMs);
    }
  }

  /** A position that only passed our own transactions is stored now and then, or storing would never end. */
  async #savePosition(soon: boolean): Promise<void> {
    const { operationId, token, rows } = this.#options;
    // Whoever goes on from a later one would not hear of the rows that are refused.
    if (!this.#refused.isEmpty) return;
    const dueAfterMs = soon ? ownPositionIntervalMs / 10 : ownPositionIntervalMs;
    if (performance.now() - this.#positionSavedAt < dueAfterMs) return;
    this.#positionSavedAt = performance.now();
    const position = this.#comparedUpTo ?? this.#position;
    await fencedTransaction(rows.target, operationId, token, () => this.#store(position));
  }

  /** Part of a fenced transaction. Should that fail, the sidecar has another text, and the place is not used. */
  async #store({ gtids, place, committedAtMs }: FeedPosition): Promise<void> {
    const { operationId, rows } = this.#options;
    const text = gtids.toString();
    await savePosition(rows.target, operationId, text, committedAtMs);
    rememberPlace(operationId, this.#server.uuid, text, place);
  }
}

/** The executed GTID set of the server. */
export async function executedGtids(session: Session): Promise<GtidSet> {
  const { gtids } = await session.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
  return GtidSet.parse(gtids);
}

/** An event may arrive before its rows can be read (group commit, semi-sync): wait for the server to say so. */
async function waitUntilVisible(control: Session, gtids: GtidSet): Promise<void> {
  if (gtids.isEmpty()) return;
  const { timedOut } = await control.row<{ timedOut: number }>('SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?) AS timedOut', [
    gtids.toString(),
    visibilityWaitSeconds,
  ]);
  if (Number(timedOut) !== 0) {
    throw new SwitchyardError('FEED_ENDED', { problem: `transactions not visible after ${visibilityWaitSeconds} s` });
  }
}
