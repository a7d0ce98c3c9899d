/**
 * Follows the source: takes batches of changed keys from the feed, has them applied, and keeps the position up to which all
 * is applied. The rules are docs/design/copy-and-follow.md, "Following"; what each protects from
 * shows in test/faults/rules, where each has a test that fails without it.
 *
 * - F1 One batch at a time, in the order of the feed. How it is written is the applier's (applier.ts).
 * - F2 The position never runs ahead of the rows: it is stored by the transaction of the batch's last rows, or later.
 * - F3 It is not stored while a row is kept that was refused, nor beyond what was compared where changes are compared: who
 *   goes on after us from a later one would not hear of them.
 * - F4 Everything is fenced by the token: a later run waits for our last transaction, and none of ours comes behind it; we
 *   look for that in between, too.
 * - F5 A commit has been applied once a batch that was taken after it had been received is applied, and no row is refused.
 * - F6 Under the table locks (`drainUnderLock`) nothing is stored: what counts is what the caller does with the tables.
 *
 * `run` is the only one that takes batches, apart from `drainUnderLock`, which begins after it has ended; the others wait
 * for what it brings about, so they need it to go on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GtidSet } from '../../../binlog/gtid-set.js';
import type { Key } from '../../../binlog/key.js';
import {
  epochLookMs,
  historyCheckIntervalMs,
  restWaitMsMax,
  ownPositionIntervalMs,
  passIntervalMs,
  pollIntervalMs,
} from '../../../limits/mysql-table.js';
import type { TableName } from '../../../schema/table-model.js';
import type { RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import { withJointSignal } from '../../server/session/joint-signal.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';
import type { SessionSource } from '../../server/session/session-on-demand.js';
import { checkEpoch, fencedTransaction } from '../../server/sidecar/epoch.js';
import { signRows } from '../../server/sidecar/own-work.js';
import { forgetComparisons, loadCommitTime, loadPosition, savePosition } from '../../server/sidecar/progress.js';
import { Applier } from './applier.js';
import type { ApplyTransaction } from './apply.js';
import { Bell } from './bell.js';
import type { ChangedKeys } from './changed-keys.js';
import { executedGtids } from './executed.js';
import { advance, recallPlace, rememberPlace, type FeedPosition } from './feed-position.js';
import { Feed } from './feed.js';
import type { Guard } from './guard.js';
import { countKeys, type ChangeBatch } from './pending-changes.js';
import { checkHistory, checkPosition, findWitness } from './position.js';
import { Rest } from './rest.js';

export interface FollowerOptions {
  readonly operationId: string;
  readonly tables: readonly TablePlan[];
  readonly way: RowWay;
  readonly token: string;
  /** For moving rows, and on the target for the position; nobody else uses them. */
  readonly rows: SessionPair;
  /** For looking at definitions of the source, which are read in a context of their own. */
  readonly looking: SessionSource;
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
  readonly #server: FollowedServer;
  readonly #feed: Feed;
  /** Rung when the feed has news, a batch is applied, or the copy rests. */
  readonly #bell: Bell;
  readonly #applier: Applier;
  readonly #rest: Rest;
  #position: FeedPosition;
  /** What had been received when the last batch that is applied was taken. */
  #applied = GtidSet.empty();
  /** A batch that was taken and is not applied yet. */
  #applying: ChangeBatch | null = null;
  #takenAt = performance.now();
  /** Who waits until something is applied. */
  #awaited = 0;
  /** No later position is stored; undefined where changes are not compared. */
  #comparedUpTo: FeedPosition | undefined;
  #positionSavedAt = performance.now();
  /** What the server had executed when it was asked last. */
  #looked: { readonly at: number; readonly executed: GtidSet };
  #epochSeenAt = performance.now();

  private constructor(
    options: FollowerOptions,
    server: FollowedServer,
    position: FeedPosition,
    feed: Feed,
    bell: Bell,
  ) {
    this.#options = options;
    this.#server = server;
    this.#feed = feed;
    this.#bell = bell;
    this.#rest = new Rest(options.tables.length);
    const onWritten = (table: number, keys: readonly Key[]): void => this.#rest.note(table, keys);
    this.#applier = new Applier(options, feed, bell, onWritten, () => this.#checkHistory());
    this.#position = position;
    this.#looked = { at: performance.now(), executed: position.gtids };
    this.#comparedUpTo = options.changed === undefined ? undefined : position;
  }

  /** Opens the feed at the stored position. @throws POSITION_PURGED, POSITION_UNKNOWN, the driver's errors. */
  static async open(options: FollowerOptions): Promise<Follower> {
    const { looking, rows, operationId, token, changed } = options;
    if (changed === undefined) {
      const forget = (): Promise<void> => forgetComparisons(rows.target, operationId);
      await fencedTransaction(rows.target, operationId, token, forget);
    }
    const stored = await loadPosition(rows.target, operationId);
    const gtids = GtidSet.parse(stored);
    const committedAtMs = await loadCommitTime(rows.target, operationId);
    const bell = new Bell();
    return looking.use(async (control) => {
      await checkPosition(control, gtids);
      const { now, serverUuid } = await control.row<{ now: number | string; serverUuid: string }>(
        'SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS now, @@server_uuid AS serverUuid',
      );
      const server = { uuid: serverUuid, clockOffsetMs: Number(now) - Date.now() };
      const position = { gtids, place: recallPlace(operationId, serverUuid, stored), committedAtMs };
      const witness = rows.source === rows.target ? await findWitness(control, position, serverUuid) : undefined;
      const feed = await Feed.open(control.cluster, { ...options, onNews: () => bell.ring() }, position, witness);
      return new Follower(options, server, position, feed, bell);
    });
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
    const candidates = [this.#applying?.oldestCommittedAtMs ?? null, this.#feed.oldestCommittedAtMs].filter(
      (at) => at !== null,
    );
    const oldest = candidates.length > 0 ? Math.min(...candidates) : this.#feed.lastCommittedAtMs;
    return oldest === null ? 0 : Math.max(0, Date.now() + this.#server.clockOffsetMs - oldest);
  }

  /** Applies batches until the signal; ends at a checkpoint. @throws what ends the feed or makes it wrong to go on. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (performance.now() - this.#looked.at > historyCheckIntervalMs) await this.#checkHistory();
      if (performance.now() - this.#epochSeenAt > epochLookMs) await this.#checkEpoch();
      const batch = this.#isDue ? this.#feed.take() : undefined;
      if (batch === undefined) await this.#untilDue(signal);
      else await this.#apply(batch);
      await this.#applier.judgeRefused(this.#transaction());
      if (this.#rest.isWanted) await this.#restAtOneMoment(signal);
      this.#bell.ring();
    }
    await this.#savePosition(true);
  }

  /** Resolves when everything that was committed at the call is applied, or the signal comes. @throws what ends the feed. */
  async catchUp(control: Session, signal: AbortSignal): Promise<void> {
    const target = await executedGtids(control);
    this.#awaited += 1;
    this.#bell.ring();
    try {
      await this.#until(() => this.#hasApplied(target), signal);
    } finally {
      this.#awaited -= 1;
    }
  }

  /**
   * Catches up, and then applies nothing until the result is called: the copy rests meanwhile, as the source was at one
   * moment, and the feed collects.
   */
  async rest(control: Session, signal: AbortSignal): Promise<() => void> {
    await this.catchUp(control, signal);
    this.#rest.want();
    this.#bell.ring();
    await withJointSignal([signal], { withinMs: restWaitMsMax }, (inTime) =>
      this.#until(() => !this.#rest.isWanted, inTime),
    );
    this.#rest.begin();
    await this.#bell.until(() => this.#applying === null, signal);
    return () => this.#rest.end();
  }

  /**
   * Applies everything up to `target` under the table locks, on sessions that may read the locked tables.
   * @param target as it was read from the executed set under the lock. @throws the signal's reason, data errors.
   */
  async drainUnderLock(
    sessions: SessionPair,
    transaction: ApplyTransaction,
    target: GtidSet,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#applier.drain(sessions, transaction, target, (batch) => this.#noteChanged(batch), signal);
  }

  close(): void {
    this.#feed.close();
  }

  /** Whether what the feed has collected is to be taken now. */
  get #isDue(): boolean {
    if (this.#rest.isHeld) return false;
    if (this.#feed.hasChanges || this.#awaited > 0 || this.#rest.isWanted) return true;
    return performance.now() - this.#takenAt >= passIntervalMs;
  }

  /** Looked at again after a pause, not at the first change: what comes meanwhile is one batch. */
  async #untilDue(signal: AbortSignal): Promise<void> {
    await sleep(pollIntervalMs);
    // What is to happen at a time of its own.
    if (this.#rest.isHeld || this.#rest.isWanted || this.#applier.hasRefused) return;
    const isNews = (): boolean => this.#isDue && !(this.#feed.isEmpty && !this.#feed.hasChanges);
    await withJointSignal([signal], { withinMs: passIntervalMs }, (inTime) => this.#bell.until(isNews, inTime));
  }

  /** Waits for what the feed or `run` brings about, or for the signal. @throws what has ended the feed. */
  #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    return this.#bell.until(() => {
      if (isSo()) return true;
      this.#feed.throwIfEnded();
      return false;
    }, signal);
  }

  /**
   * On a busy server the feed is hardly ever empty when somebody looks: what counts is what the batches that are applied
   * had in them. An empty feed may have received more, which changes nothing (a prepared XA transaction).
   */
  #hasApplied(target: GtidSet): boolean {
    if (this.#applier.hasRefused) return false;
    const idle = this.#applying === null && this.#feed.isEmpty;
    return target.isSubsetOf(idle ? this.#feed.received : this.#applied);
  }

  async #restAtOneMoment(signal: AbortSignal): Promise<void> {
    // All that the writes so far may have seen: what is not applied of it is in the next batch.
    const seen = await executedGtids(this.#options.rows.source);
    await this.#until(() => !this.#rest.isWanted || seen.isSubsetOf(this.#feed.received), signal);
    if (this.#rest.isWanted) this.#rest.tryToBegin(this.#feed);
  }

  /** Nobody waits for the end of what only follows: whoever comes next takes over, and is not to meet it for long. */
  async #checkEpoch(): Promise<void> {
    const { operationId, token, rows } = this.#options;
    await checkEpoch(rows.target, operationId, token);
    this.#epochSeenAt = performance.now();
  }

  /** @throws POSITION_UNKNOWN where the history was begun anew. */
  async #checkHistory(): Promise<void> {
    const { source, target } = this.#options.rows;
    const executed = await checkHistory(source, this.#looked.executed);
    this.#looked = { at: performance.now(), executed };
    // Where nothing changes for long the server would end the session as idle.
    if (target !== source) await target.run('DO 0');
  }

  async #apply(taken: ChangeBatch): Promise<void> {
    this.#applying = taken;
    this.#takenAt = performance.now();
    const positionAfter = (batch: ChangeBatch): FeedPosition => advance(this.#position, batch);
    const batch = await this.#applier.apply(taken, (written) => this.#transaction(positionAfter(written)));
    this.#position = positionAfter(batch);
    this.#noteChanged(batch);
    if (countKeys(batch.keys) > 0 && this.#isStored) this.#positionSavedAt = performance.now();
    else await this.#savePosition(batch.foreign);
    this.#applied = batch.received;
    this.#applying = null;
  }

  #noteChanged({ keys }: ChangeBatch): void {
    this.#options.changed?.forEach((changed, index) => changed.add(keys[index] ?? []));
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
    return this.#comparedUpTo === undefined && !this.#applier.hasRefused;
  }

  /** A position that only passed our own transactions is stored now and then, or storing would never end. */
  async #savePosition(soon: boolean): Promise<void> {
    const { operationId, token, rows } = this.#options;
    if (this.#applier.hasRefused) return;
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
