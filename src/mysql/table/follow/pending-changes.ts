/**
 * Collects what the feed delivers until the follower takes it as one batch. Keys are de-duplicated as text, which is
 * harmless: two spellings of one collated key are two entries, and applying a key twice converges
 * (docs/design/copy-and-follow.md, "Convergence").
 */
import type { FeedItem, SeenDdl } from '../../../binlog/feed-item.js';
import { GtidSet } from '../../../binlog/gtid-set.js';
import { keyId, type Key } from '../../../binlog/key.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { pendingKeysMax, preparedKeysMax } from '../../../limits/mysql-table.js';
import { later as laterOf, type BinlogPlace } from './feed-position.js';
import { shadowChanged } from './guard.js';

/** For each followed table its distinct keys, in order of first appearance. */
export type KeysByTable = readonly (readonly Key[])[];

export interface ChangeBatch {
  readonly keys: KeysByTable;
  /** Transactions that are passed once the keys are applied. */
  readonly gtids: GtidSet;
  /** What must be visible before anything is read: the above, and a transaction that is still arriving. */
  readonly visible: GtidSet;
  /** Everything that was received whole when it was taken: with it and those before it applied, all of this is. */
  readonly received: GtidSet;
  readonly ddls: readonly SeenDdl[];
  /** Whether somebody else's transaction is in it: only then is the position worth storing. */
  readonly foreign: boolean;
  /** Commit time of the oldest change in it, server clock. */
  readonly oldestCommittedAtMs: number | null;
  /** When the last of its transactions was committed, server clock. */
  readonly committedAtMs: number | null;
  /** Where its last transaction ends; undefined while a prepared one stays behind. */
  readonly place: BinlogPlace | undefined;
}

/** Both as one batch, `later` after `earlier`. */
export function mergeBatches(earlier: ChangeBatch, later: ChangeBatch): ChangeBatch {
  return {
    keys: earlier.keys.map((keys, table) => distinct([...keys, ...(later.keys[table] ?? [])])),
    gtids: earlier.gtids.union(later.gtids),
    visible: earlier.visible.union(later.visible),
    received: later.received,
    ddls: [...earlier.ddls, ...later.ddls],
    foreign: earlier.foreign || later.foreign,
    oldestCommittedAtMs: earlier.oldestCommittedAtMs ?? later.oldestCommittedAtMs,
    committedAtMs: laterOf(earlier.committedAtMs, later.committedAtMs),
    place: later.place ?? earlier.place,
  };
}

function distinct(keys: readonly Key[]): readonly Key[] {
  return [...new Map(keys.map((key) => [keyId(key), key])).values()];
}

/** Keys of all tables. */
export function countKeys(keys: KeysByTable): number {
  return keys.reduce((sum, some) => sum + some.length, 0);
}

interface PreparedXa {
  readonly gtid: string;
  readonly keys: readonly TableKey[];
}

interface TableKey {
  readonly table: number;
  readonly key: Key;
}

interface OpenTransaction {
  readonly gtid: string;
  readonly committedAtMs: number;
  /** Keys so far. Whether they belong to an XA transaction is known only at its PREPARE. */
  keys: TableKey[];
  /** Too many to hold: some went into the batch already. */
  spilled: boolean;
}

export class PendingChanges {
  /** By table. */
  #keys: readonly Map<string, Key>[];
  #gtids = GtidSet.empty();
  #ddls: SeenDdl[] = [];
  #foreign = false;
  #oldestCommittedAtMs: number | null = null;
  #committedAtMs: number | null = null;
  #open: OpenTransaction | null = null;
  #place: BinlogPlace | undefined;
  /** Prepared XA transactions: their GTIDs stay out of the position until COMMIT or ROLLBACK was handled. */
  readonly #prepared = new Map<string, PreparedXa>();
  #preparedKeys = 0;
  /** Everything that was received, prepared XA included; for catching up, never stored. */
  readonly #received: GtidSet;

  readonly #databases: readonly string[];
  readonly #guardedDatabases: readonly string[];

  /**
   * @param databases of the followed tables, in their order: statements instead of rows must stop the job there, and in
   *   those of guarded tables.
   */
  constructor(position: GtidSet, databases: readonly string[], guardedDatabases: readonly string[] = []) {
    this.#received = position.clone();
    this.#databases = databases.map((database) => database.toLowerCase());
    this.#guardedDatabases = guardedDatabases.map((database) => database.toLowerCase());
    this.#keys = this.#noKeys();
  }

  /** Keys held, for back-pressure. */
  get keyCount(): number {
    return this.#keys.reduce((sum, { size }) => sum + size, 0) + (this.#open?.keys.length ?? 0);
  }

  get oldestCommittedAtMs(): number | null {
    return this.#oldestCommittedAtMs;
  }

  /** Transactions received whole, whatever became of them. */
  get received(): GtidSet {
    return this.#received;
  }

  get isEmpty(): boolean {
    return this.#keys.every(({ size }) => size === 0) && this.#gtids.isEmpty() && this.#ddls.length === 0;
  }

  /** Whether there is something to apply or to look at, and not only transactions to pass. */
  get hasChanges(): boolean {
    return this.#ddls.length > 0 || this.#keys.some(({ size }) => size > 0);
  }

  /** Whether a change of one of these keys is collected. */
  hasAnyOf(keys: KeysByTable): boolean {
    return keys.some((some, table) => some.some((key) => this.#keys[table]?.has(keyId(key))));
  }

  /** @throws STATEMENT_FORMAT, SHADOW_CHANGED, XA_UNKNOWN, XA_TOO_LARGE. */
  add(item: FeedItem): void {
    switch (item.kind) {
      case 'begin':
        this.#open = { gtid: item.gtid, committedAtMs: item.committedAtMs, keys: [], spilled: false };
        return;
      case 'keys':
        this.#addKeys(item.table, item.keys);
        return;
      case 'ddl':
        this.#ddls.push(item);
        return;
      case 'statement':
        if (!this.#mayConcern(item.databases)) return;
        throw new SwitchyardError('STATEMENT_FORMAT', {
          problem: `${item.verb} in transaction ${item.gtid}, default database ${item.database}`,
        });
      case 'xa':
        this.#xa(item.action, item.xid, item.gtid);
        return;
      case 'end':
        if (item.intruded !== undefined) throw shadowChanged(item.intruded, `rows in transaction ${item.gtid}`);
        this.#end(item.gtid, item.own);
        return;
      case 'heartbeat':
      case 'rotate':
        return;
    }
  }

  /** The last `end` was here. What a prepared XA transaction has before it must be delivered again to whoever goes on. */
  endedAt(place: BinlogPlace | undefined): void {
    if (this.#prepared.size === 0) this.#place = place;
  }

  /** Takes what was collected; undefined when there is nothing. */
  take(): ChangeBatch | undefined {
    if (this.isEmpty) return undefined;
    const visible = this.#gtids.clone();
    // A transaction that is still arriving is committed already: its keys may be applied once it is visible.
    if (this.#open?.spilled === true) visible.addText(this.#open.gtid);
    const batch: ChangeBatch = {
      keys: this.#keys.map((keys) => [...keys.values()]),
      gtids: this.#gtids,
      visible,
      received: this.#received.clone(),
      ddls: this.#ddls,
      foreign: this.#foreign,
      oldestCommittedAtMs: this.#oldestCommittedAtMs,
      committedAtMs: this.#committedAtMs,
      place: this.#place,
    };
    this.#keys = this.#noKeys();
    this.#gtids = GtidSet.empty();
    this.#ddls = [];
    this.#foreign = false;
    this.#oldestCommittedAtMs = null;
    this.#committedAtMs = null;
    return batch;
  }

  /** A server that does not say which databases a statement changed leaves us to assume the worst. */
  #mayConcern(databases: readonly string[] | null): boolean {
    const watched = [...this.#databases, ...this.#guardedDatabases];
    return databases === null || databases.some((name) => watched.includes(name.toLowerCase()));
  }

  #noKeys(): readonly Map<string, Key>[] {
    return this.#databases.map(() => new Map<string, Key>());
  }

  #addKeys(table: number, keys: readonly Key[]): void {
    const open = this.#open;
    if (open === null) return;
    for (const key of keys) open.keys.push({ table, key });
    if (open.keys.length < pendingKeysMax) return;
    open.spilled = true;
    this.#collect(open.keys, open.committedAtMs);
    open.keys = [];
  }

  #collect(keys: readonly TableKey[], committedAtMs: number): void {
    if (keys.length === 0) return;
    for (const { table, key } of keys) this.#keys[table]?.set(keyId(key), key);
    this.#oldestCommittedAtMs = Math.min(this.#oldestCommittedAtMs ?? committedAtMs, committedAtMs);
  }

  #xa(action: 'prepare' | 'commit' | 'rollback', xid: string, gtid: string): void {
    const open = this.#open;
    if (open === null) return;
    if (action === 'prepare') {
      this.#prepare(open, xid);
      return;
    }
    const prepared = this.#prepared.get(xid);
    if (prepared === undefined) {
      if (action === 'commit') throw new SwitchyardError('XA_UNKNOWN', { problem: `xid ${xid}, transaction ${gtid}` });
      return;
    }
    this.#prepared.delete(xid);
    this.#preparedKeys -= prepared.keys.length;
    this.#gtids.addText(prepared.gtid);
    if (action === 'commit') this.#collect(prepared.keys, open.committedAtMs);
  }

  /** The rows of a prepared transaction show only after its COMMIT: its keys wait, its GTID stays out of the position. */
  #prepare(open: OpenTransaction, xid: string): void {
    this.#preparedKeys += open.keys.length;
    if (open.spilled || this.#preparedKeys > preparedKeysMax) {
      throw new SwitchyardError('XA_TOO_LARGE', { keys: this.#preparedKeys, limit: preparedKeysMax });
    }
    this.#prepared.set(xid, { gtid: open.gtid, keys: open.keys });
    this.#received.addText(open.gtid);
    this.#open = null;
  }

  #end(gtid: string, own: boolean): void {
    const open = this.#open;
    this.#open = null;
    // A prepared XA transaction has closed itself already.
    if (open === null) return;
    this.#collect(open.keys, open.committedAtMs);
    this.#received.addText(gtid);
    this.#gtids.addText(gtid);
    this.#committedAtMs = laterOf(this.#committedAtMs, open.committedAtMs);
    if (!own) this.#foreign = true;
  }
}
