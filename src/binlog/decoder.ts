/**
 * Turns a replication stream into feed items: changed keys of the followed tables, GTIDs, transaction boundaries, and
 * everything that must stop a job (P5: an event that is not understood is an error, never passed over).
 *
 * The contract with the follower, which reads the stream and applies the keys:
 *
 * - **One stream, one decoder.** Make a new one for every connection. Push every packet of COM_BINLOG_DUMP_GTID without
 *   its leading status byte, in order. Take all items of an event before the next is pushed: a compressed transaction
 *   gives them while it is unpacked, so a consumer that waits between two items holds the memory at one piece. The
 *   event's bytes must not change meanwhile; items keep no reference to them.
 * - **A batch may be closed only after `end`.** Each transaction is `begin`, then any of `keys`, `ddl`, `statement`,
 *   then perhaps `xa`, then `end`. Its GTID belongs into the position at `end`, and not before. Keys come one item for
 *   each rows event, so that a transaction of any size can be taken in parts; they are not visible to a reader for
 *   certain before WAIT_FOR_EXECUTED_GTID_SET has answered for that GTID.
 * - **XA.** With `xa prepare` the keys since `begin` show only after `xa commit` of the same xid, which has a GTID of its
 *   own; the prepared GTID stays out of the position until then. After `xa rollback` the keys are harmless. The commit
 *   of an xid that was not seen before must stop the job.
 * - **What must stop the job.** `statement` where its databases are null or have that of a followed table in them; `ddl`
 *   on a followed table (also TRUNCATE, RENAME, DROP DATABASE); with `sqlIsExact: false` any `ddl` whose databases do
 *   not rule the followed tables out. Our own DDL comes by too: which one is ours is the follower's to know.
 * - **Errors.** Everything that cannot be decoded is thrown as a SwitchyardError, by name: then nothing of the open
 *   transaction may be applied as if it were all, and the decoder throws the same again. A table map of a followed
 *   table that is not as declared is BINLOG_TABLE_CHANGED.
 * - **Guarded tables** may be changed by signed transactions only: `end` says where one without the signature did so.
 * - **Heartbeats and rotations** say that the connection lives and which file is being read (the same file may be said
 *   twice); they are no boundaries.
 * - `own` says that nothing but rows of tables for which `isOwn` holds was changed: a position that only moved over such
 *   transactions need not be stored.
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { ByteReader } from './bytes.js';
import { EventProblem, gtidMissing, malformed, notDecoded } from './event-problem.js';
import {
  checksumBytes,
  endPositionAt,
  eventName,
  eventSizeAt,
  eventTypeAt,
  eventTypes,
  headerBytes,
  isIgnorable,
  readFormat,
  verifyChecksum,
  type BinlogFormat,
  type ChecksumAlgorithm,
} from './event.js';
import type { FeedItem } from './feed-item.js';
import type { RowChange } from './followed-rows.js';
import { readGtid, readTaggedGtid, type TransactionStart } from './gtid-event.js';
import { unpackPayload } from './payload.js';
import {
  beginsWithItsRows,
  queryRole,
  querySql,
  queryVerb,
  readQuery,
  readVariables,
  type QueryEvent,
} from './query-event.js';
import { RowTables, type RowTablesOptions } from './row-tables.js';
import { Transaction } from './transaction.js';

export interface DecoderOptions extends RowTablesOptions {
  /** The session's @source_binlog_checksum: what holds until the stream says it itself. */
  readonly checksum: ChecksumAlgorithm;
  /** Name of the savepoint with which our own transactions on guarded tables end. */
  readonly signature?: string;
}

export interface TransactionDecoder {
  /**
   * Takes one event, with its header and checksum.
   * @returns its items, to be taken before the next event is pushed; often none.
   */
  push(event: Buffer): Iterable<FeedItem>;
}

/**
 * Makes a decoder for one connection.
 * @param options which tables are followed; their names, and the names asked of `isOwn`, are those of the binlog.
 */
export function createTransactionDecoder(options: DecoderOptions): TransactionDecoder {
  return new Decoder(options);
}

interface RowEventForm {
  readonly change: RowChange;
  readonly isPartial: boolean;
  /** Version 2 has more bytes, counted by a u16, between the fixed part and the rows. */
  readonly version: 1 | 2;
}

function rowForm(change: RowChange, version: 1 | 2, isPartial = false): RowEventForm {
  return { change, isPartial, version };
}

const rowForms: ReadonlyMap<number, RowEventForm> = new Map([
  [eventTypes.WRITE_ROWS, rowForm('write', 2)],
  [eventTypes.UPDATE_ROWS, rowForm('update', 2)],
  [eventTypes.DELETE_ROWS, rowForm('delete', 2)],
  [eventTypes.PARTIAL_UPDATE_ROWS, rowForm('update', 2, true)],
  [eventTypes.WRITE_ROWS_V1, rowForm('write', 1)],
  [eventTypes.UPDATE_ROWS_V1, rowForm('update', 1)],
  [eventTypes.DELETE_ROWS_V1, rowForm('delete', 1)],
]);

/** Bytes of the fixed parts that are read here; a server may have longer ones, whose end is then passed over. */
const fixedBytes = { query: 13, tableMap: 8, rows: { 1: 8, 2: 10 } } as const;
/** Bytes of EXECUTE_LOAD_QUERY between the fixed part of a Query and the rest. */
const loadQueryBytes = 13;
const xidBytes = 8;
/** The number in a row event without rows, which only ends a statement. */
const noTable = 0xffff_ffff_ffff;
const noItems: readonly FeedItem[] = [];

class Decoder implements TransactionDecoder {
  readonly #tables: RowTables;
  readonly #signature: string | undefined;
  #checksum: ChecksumAlgorithm;
  #format: BinlogFormat | undefined;
  readonly #transaction = new Transaction();
  #isUnpacking = false;
  #items: FeedItem[] = [];
  #failure: SwitchyardError | undefined;
  // Where we are, for errors.
  #file = '(unknown file)';
  #type = 0;
  #position = 0;

  constructor(options: DecoderOptions) {
    this.#tables = new RowTables(options);
    this.#signature = options.signature === undefined ? undefined : `SAVEPOINT \`${options.signature}\``;
    this.#checksum = options.checksum;
  }

  push(event: Buffer): Iterable<FeedItem> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (this.#isUnpacking) throw malformed('an event was pushed before all items of the last one were taken');
      if (event.length < headerBytes || eventSizeAt(event, 0) !== event.length) throw malformed('it is cut off');
      this.#position = endPositionAt(event, 0);
      this.#type = eventTypeAt(event, 0);
      if (this.#type === eventTypes.FORMAT_DESCRIPTION) {
        this.#setFormat(event);
        return noItems;
      }
      const end = this.#verifiedEnd(event);
      if (this.#type === eventTypes.TRANSACTION_PAYLOAD) {
        this.#transaction.require('announced');
        this.#isUnpacking = true;
        return this.#unpack(event, end);
      }
      this.#handle(event, 0, end);
      return this.#takeItems();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** The end of the event without its checksum, which is right. */
  #verifiedEnd(event: Buffer): number {
    if (this.#checksum === 'none') return event.length;
    verifyChecksum(event);
    return event.length - checksumBytes;
  }

  #setFormat(event: Buffer): void {
    this.#transaction.require('outside');
    this.#format = readFormat(event);
    this.#checksum = this.#format.checksum;
  }

  /** Adds to an error which event it is about, and keeps it: a decoder that failed once knows nothing any more. */
  #fail(error: unknown): SwitchyardError {
    if (error instanceof SwitchyardError) this.#failure = error;
    else {
      const problem = error instanceof EventProblem ? error : malformed('its bytes lead nowhere', { cause: error });
      this.#failure = problem.at({ event: eventName(this.#type), file: this.#file, position: this.#position });
    }
    return this.#failure;
  }

  #takeItems(): readonly FeedItem[] {
    if (this.#items.length === 0) return noItems;
    const items = this.#items;
    this.#items = [];
    return items;
  }

  *#unpack(event: Buffer, end: number): Generator<FeedItem, void> {
    try {
      const pieces = unpackPayload(new ByteReader(event, headerBytes, end), (buffer, from, to) => {
        this.#type = eventTypeAt(buffer, from);
        this.#handle(buffer, from, to);
      });
      for (const _ of pieces) yield* this.#takeItems();
      if (!this.#transaction.isOutside) throw malformed('the compressed transaction has no end');
      this.#isUnpacking = false;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Handles one event of type `#type`, whose checksum is not part of it any more. */
  #handle(buffer: Buffer, start: number, end: number): void {
    const form = rowForms.get(this.#type);
    if (form !== undefined) return this.#readRows(form, buffer, start, end);
    const reader = new ByteReader(buffer, start + headerBytes, end);
    switch (this.#type) {
      case eventTypes.TABLE_MAP:
        return this.#readTableMap(reader);
      case eventTypes.QUERY:
        return this.#readQuery(reader);
      case eventTypes.XID:
        reader.skip(xidBytes);
        if (reader.position !== end) throw malformed('it is too long');
        this.#transaction.require('open');
        return this.#end();
      case eventTypes.GTID:
        return this.#begin(readGtid(reader));
      case eventTypes.GTID_TAGGED:
        return this.#begin(readTaggedGtid(reader));
      case eventTypes.ANONYMOUS_GTID:
        throw gtidMissing();
      case eventTypes.XA_PREPARE:
        return this.#readXaPrepare(reader);
      case eventTypes.EXECUTE_LOAD_QUERY:
        this.#transaction.require('open');
        return this.#addStatement(this.#queryParts(reader, loadQueryBytes));
      case eventTypes.INTVAR:
      case eventTypes.RAND:
      case eventTypes.USER_VAR:
      case eventTypes.BEGIN_LOAD_QUERY:
      case eventTypes.APPEND_BLOCK:
        // They serve the statement that follows, which is an item of its own.
        return this.#transaction.awaitStatement();
      case eventTypes.DELETE_FILE:
        return this.#transaction.noteStatement();
      default:
        return this.#handleOther(reader, start);
    }
  }

  /** Events that change nothing: some say where we are, some are for people. */
  #handleOther(reader: ByteReader, start: number): void {
    switch (this.#type) {
      case eventTypes.ROTATE:
        this.#transaction.require('outside');
        reader.skip(8); // position in that file
        this.#file = reader.text(reader.end - reader.position);
        this.#items.push({ kind: 'rotate', file: this.#file });
        return;
      case eventTypes.HEARTBEAT:
      case eventTypes.HEARTBEAT_V2:
        this.#items.push({ kind: 'heartbeat' });
        return;
      case eventTypes.STOP:
      case eventTypes.PREVIOUS_GTIDS:
        return this.#transaction.require('outside');
      case eventTypes.IGNORABLE:
      case eventTypes.ROWS_QUERY:
      case eventTypes.TRANSACTION_CONTEXT:
      case eventTypes.VIEW_CHANGE:
        return;
      case eventTypes.INCIDENT: {
        const incident = reader.u16();
        const problem = `incident ${incident}, ${reader.text(reader.u8()) || 'no message'}`;
        throw new EventProblem((place) => new SwitchyardError('BINLOG_INCIDENT', { problem, ...place }));
      }
      default:
        if (!isIgnorable(reader.buffer, start)) throw notDecoded('it is of a type that is not known');
    }
  }

  /** Moves past the fixed part of an event, of which `known` bytes are known here. */
  #skipFixed(reader: ByteReader, known: number): void {
    const length = this.#format?.postHeaderLengths[this.#type - 1] ?? 0;
    if (length < known) throw notDecoded(`its fixed part has ${length} bytes instead of ${known}`);
    reader.skip(length);
  }

  #readTableMap(reader: ByteReader): void {
    this.#transaction.require('open');
    const id = reader.uint(6);
    reader.position -= 6;
    this.#skipFixed(reader, fixedBytes.tableMap);
    this.#tables.define(id, reader);
  }

  #readRows({ change, isPartial, version }: RowEventForm, buffer: Buffer, start: number, end: number): void {
    this.#transaction.require('open');
    const reader = new ByteReader(buffer, start + headerBytes, end);
    const id = reader.uint(6);
    if (id === noTable) return;
    const table = this.#tables.find(id);
    if (table === undefined) throw malformed(`nothing says which table number ${id} is`);
    this.#transaction.noteRows(table.isOwn, table.guarded);
    if (table.rows === undefined) return;
    reader.position = start + headerBytes;
    this.#skipFixed(reader, fixedBytes.rows[version]);
    if (version === 2) {
      const extraBytes = buffer.readUInt16LE(start + headerBytes + 8);
      if (extraBytes < 2) throw malformed('its extra data is shorter than its own length');
      reader.skip(extraBytes - 2);
    }
    const keys = table.rows.read(change, isPartial, reader);
    if (keys.length === 0) return;
    this.#transaction.noteKeys();
    this.#items.push({ kind: 'keys', table: table.index, keys });
  }

  #begin(start: TransactionStart): void {
    if (this.#format === undefined) throw malformed('nothing says in which format it is');
    if (this.#isUnpacking) throw malformed('a compressed transaction has another one in it');
    this.#items.push(this.#transaction.announce(start));
    this.#tables.beginTransaction();
  }

  #end(): void {
    this.#items.push(this.#transaction.end());
  }

  /** The event names the transaction too, but with half of its format id only; XA START said it whole. */
  #readXaPrepare(reader: ByteReader): void {
    this.#transaction.require('open');
    const isOnePhase = reader.u8() !== 0;
    if (!isOnePhase) this.#addXa('prepare', this.#transaction.xid);
    this.#end();
  }

  #addXa(action: 'prepare' | 'commit' | 'rollback', xid: string): void {
    this.#items.push({ kind: 'xa', gtid: this.#transaction.gtid, action, xid });
  }

  #readQuery(reader: ByteReader): void {
    this.#transaction.requireInside();
    const query = this.#queryParts(reader, 0);
    const role = queryRole(query);
    switch (role.kind) {
      case 'begin':
        this.#transaction.require('announced');
        return this.#transaction.open();
      case 'xaStart':
        this.#transaction.require('announced');
        return this.#transaction.open(role.xid);
      case 'commit':
      case 'rollback':
        this.#transaction.require('open');
        return this.#end();
      case 'savepoint':
        if (role.sql === this.#signature) this.#transaction.noteSignature();
        return this.#transaction.require('open');
      case 'xaEnd':
        return this.#transaction.require('open');
      case 'xaCommit':
      case 'xaRollback':
        this.#transaction.require('announced');
        this.#addXa(role.kind === 'xaCommit' ? 'commit' : 'rollback', role.xid);
        return this.#end();
      case 'other':
        return this.#readOtherQuery(query);
    }
  }

  #queryParts(reader: ByteReader, extraBytes: number): QueryEvent {
    const fixedAt = reader.position;
    this.#skipFixed(reader, fixedBytes.query + extraBytes);
    return readQuery(reader, fixedAt);
  }

  /** A statement of its own is DDL; inside a transaction only the start of a CREATE TABLE … SELECT is. */
  #readOtherQuery(query: QueryEvent): void {
    const hasRowsToCome = beginsWithItsRows(query);
    if (this.#transaction.isOpen && !hasRowsToCome) return this.#addStatement(query);
    const { clientCollation, databases, ...modes } = readVariables(query);
    this.#transaction.noteStatement();
    this.#items.push({
      kind: 'ddl',
      gtid: this.#transaction.gtid,
      database: query.database,
      databases,
      ...querySql(query, clientCollation),
      ...modes,
    });
    if (hasRowsToCome) this.#transaction.open();
    else this.#end();
  }

  #addStatement(query: QueryEvent): void {
    this.#transaction.noteStatement();
    const { databases } = readVariables(query);
    const { database } = query;
    this.#items.push({ kind: 'statement', gtid: this.#transaction.gtid, database, databases, verb: queryVerb(query) });
  }
}
