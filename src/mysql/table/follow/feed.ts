/**
 * The change feed of an operation: one stream of one server, decoded, and collected until the follower takes it. Knows how
 * far it has received, and when it has ended.
 */
import { createTransactionDecoder } from '../../../binlog/decoder.js';
import type { FeedItem } from '../../../binlog/feed-item.js';
import { GtidSet } from '../../../binlog/gtid-set.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { feedSilenceCheckIntervalMs, feedSilenceMsMax, pendingKeysMax } from '../../../limits/mysql-table.js';
import type { TableName } from '../../../schema/table-model.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import { signatureOf } from '../../server/sidecar/own-work.js';
import { BinlogStream } from './binlog-stream.js';
import { followedTable, isOwnTable, replicaIdentity } from './feed-identity.js';
import { forgetPlace, PlaceTracker, type FeedPosition } from './feed-position.js';
import type { Guard } from './guard.js';
import { checkWitness, type Witness } from './position.js';
import { PendingChanges, type ChangeBatch, type KeysByTable } from './pending-changes.js';

export interface FeedOptions {
  readonly operationId: string;
  readonly tables: readonly TablePlan[];
  /** Copies on the same server: changing them is our own work. */
  readonly copies: readonly TableName[];
  /** Tables that nobody else may change. */
  readonly guard?: Guard;
  /** Called when something was received, or the feed has ended. */
  readonly onNews: () => void;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #pending: PendingChanges;
  #stream: BinlogStream | undefined;
  #failure: unknown;
  #lastEventAt = performance.now();
  #lastCommittedAtMs: number | null = null;
  #idle = false;
  #paused = false;
  #inWitness = false;
  #listening: NodeJS.Timeout | undefined;

  private constructor(options: FeedOptions, position: FeedPosition) {
    this.#options = options;
    const databases = options.tables.map(({ source }) => source.database);
    this.#pending = new PendingChanges(position.gtids, databases, options.guard?.databases);
  }

  /** Opens it behind this position. @param witness is looked at first, and passed over. @throws the driver's errors. */
  static async open(
    cluster: ClusterSettings,
    options: FeedOptions,
    position: FeedPosition,
    witness?: Witness,
  ): Promise<Feed> {
    const feed = new Feed(options, position);
    await feed.#openStream(cluster, position, witness);
    feed.#listening = setInterval(() => feed.#endIfSilent(), feedSilenceCheckIntervalMs);
    return feed;
  }

  /** Transactions received whole, whatever became of them. */
  get received(): GtidSet {
    return this.#pending.received;
  }

  /** Whether everything that was received was taken. */
  get isEmpty(): boolean {
    return this.#pending.isEmpty;
  }

  /** Whether it has ended, or a change was received and not taken. */
  get hasChanges(): boolean {
    return this.#failure !== undefined || this.#pending.hasChanges;
  }

  /** Whether a change of one of these was received and not taken. */
  hasAnyOf(keys: KeysByTable): boolean {
    return this.#pending.hasAnyOf(keys);
  }

  /** Commit time of the oldest change that was not taken, server clock. */
  get oldestCommittedAtMs(): number | null {
    return this.#pending.oldestCommittedAtMs;
  }

  /** Commit time of the last transaction that came, server clock; null while the server has nothing to send. */
  get lastCommittedAtMs(): number | null {
    return this.#idle ? null : this.#lastCommittedAtMs;
  }

  /** What was collected, or undefined when that is nothing. @throws what has ended the feed. */
  take(): ChangeBatch | undefined {
    this.throwIfEnded();
    const batch = this.#pending.take();
    if (this.#paused) {
      this.#paused = false;
      this.#lastEventAt = performance.now();
      this.#stream?.resume();
    }
    return batch;
  }

  /** @throws what has ended the feed. */
  throwIfEnded(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): void {
    clearInterval(this.#listening);
    this.#stream?.close();
  }

  #end(error: unknown): void {
    this.#failure ??= error;
    this.#options.onNews();
  }

  #endIfSilent(): void {
    if (this.#paused || performance.now() - this.#lastEventAt <= feedSilenceMsMax) return;
    this.#end(new SwitchyardError('FEED_ENDED', { problem: `no event for ${feedSilenceMsMax} ms` }));
  }

  async #openStream(cluster: ClusterSettings, { gtids, place }: FeedPosition, witness?: Witness): Promise<void> {
    const { operationId, tables, copies, guard } = this.#options;
    const decoder = createTransactionDecoder({
      tables: tables.map(followedTable),
      isOwn: (database, table) => isOwnTable(copies, database, table),
      ...(guard === undefined ? {} : { isGuarded: guard.covers, signature: signatureOf(operationId) }),
      lowerCaseTableNames: tables.some(({ lowerCaseTableNames }) => lowerCaseTableNames) ? 1 : 0,
      checksum: 'crc32',
    });
    const tracker = new PlaceTracker();
    this.#stream = await BinlogStream.open(cluster, {
      ...replicaIdentity(operationId),
      encodedPosition: (witness === undefined ? gtids : gtids.subtract(GtidSet.parse(witness.gtid))).encode(),
      place,
      onEvent: (event) => {
        this.#lastEventAt = performance.now();
        for (const item of decoder.push(event)) {
          this.#idle = item.kind === 'heartbeat';
          if (witness !== undefined && this.#isOfWitness(cluster.name, witness, item)) continue;
          if (item.kind === 'begin') this.#lastCommittedAtMs = item.committedAtMs;
          if (item.kind === 'rotate') tracker.enter(item.file);
          this.#pending.add(item);
          if (item.kind === 'end') this.#pending.endedAt(tracker.behind(event));
        }
        if (this.#pending.keyCount >= pendingKeysMax) this.#pause();
        this.#options.onNews();
      },
      onEnd: (error) => {
        forgetPlace(operationId);
        this.#end(error ?? new SwitchyardError('FEED_ENDED', { problem: 'the connection was lost' }));
      },
    });
  }

  /** Whether the item belongs to the transaction of the witness, which was applied before. @throws POSITION_UNKNOWN. */
  #isOfWitness(cluster: string, witness: Witness, item: FeedItem): boolean {
    if (item.kind === 'begin') this.#inWitness = item.gtid === witness.gtid;
    if (!this.#inWitness) return false;
    if (item.kind === 'begin') checkWitness(cluster, witness, item.originatedAtMs);
    if (item.kind === 'end') this.#inWitness = false;
    return true;
  }

  #pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }
}
