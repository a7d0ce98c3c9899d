/**
 * A statement in bytes, and its answer in bytes: rows as the server sends them, and the data that LOAD DATA LOCAL asks
 * for. For rows that pass through without being read (src/mysql/table/transfer). Uses the driver's internals, as the binlog
 * stream does (mysql2 is pinned exactly for both).
 */
import { EventEmitter } from 'node:events';

/** A packet as the driver hands it to a command: the payload is `buffer[offset … end)`. */
interface DriverPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isError(): boolean;
  isEOF(): boolean;
  asError(encoding: string): Error;
}

/** What the command needs of the driver's connection. */
export interface DriverConnection {
  readonly stream: {
    readonly writableLength: number;
    write(data: Buffer): boolean;
    once(event: 'drain', listener: () => void): void;
  };
  readonly clientEncoding: string;
  readonly config: { readonly clientFlags: number };
  readonly serverCapabilityFlags?: number;
  sequenceId: number;
  _resetSequenceId(): void;
  addCommand(command: EventEmitter): void;
}

/** What the server said of a statement. `info` is its text, such as `Records: 3  Deleted: 0  Skipped: 0  Warnings: 0`. */
export interface RawOutcome {
  readonly affectedRows: number;
  readonly warningCount: number;
  readonly info: string;
}

/** Where the data of LOAD DATA LOCAL goes. */
export interface DataFeed {
  /** Bytes that wait in this process for the server to take them. */
  readonly waitingBytes: number;
  /** Sends `packet`, whose first `dataHeaderBytes` are free for the protocol. It belongs to the feed from then on. */
  send(packet: Buffer): void;
  /** Calls back once when everything that was sent has left this process. */
  onceSent(listener: () => void): void;
  /** No more data; the server's answer follows. */
  end(): void;
}

/** Bytes that a packet of data leaves free at its beginning. */
export const dataHeaderBytes = 4;

export interface RawHandlers {
  /** One row: its packet's payload, which is valid during the call only. */
  readonly onRow?: (buffer: Buffer, start: number, end: number) => void;
  readonly onDataWanted?: (feed: DataFeed) => void;
}

const comQuery = 3;
const queryAttributesFlag = 0x08000000;
const packetBytesMax = 0xffffff;

/** The driver calls `execute` once to start and then for every packet; `true` ends the command. */
export class RawStatement extends EventEmitter {
  /** Called once; the driver too calls it, when the connection is lost. */
  readonly onResult: (error: Error | null, outcome?: RawOutcome) => void;
  readonly #statement: Buffer;
  readonly #handlers: RawHandlers;
  #state: 'start' | 'answer' | 'columns' | 'rows' = 'start';
  #columns = 0;
  #failure: Error | undefined;

  constructor(statement: Buffer, handlers: RawHandlers, onResult: RawStatement['onResult']) {
    super();
    this.#statement = statement;
    this.#handlers = handlers;
    this.onResult = onResult;
  }

  execute(packet: DriverPacket | null, connection: DriverConnection): boolean {
    if (this.#state === 'start') {
      this.#state = 'answer';
      sendStatement(connection, this.#statement);
      return false;
    }
    if (packet === null) return false;
    if (packet.isError()) return this.#end(packet.asError(connection.clientEncoding));
    switch (this.#state) {
      case 'answer':
        return this.#readAnswer(packet, connection);
      case 'columns':
        // Their definitions are passed over; an EOF packet follows the last one.
        if (this.#columns === 0) this.#state = 'rows';
        else this.#columns -= 1;
        return false;
      case 'rows':
        if (packet.isEOF()) return this.#end(null, { affectedRows: 0, warningCount: 0, info: '' });
        this.#readRow(packet);
        return false;
    }
  }

  #readAnswer(packet: DriverPacket, connection: DriverConnection): boolean {
    const { buffer, offset } = packet;
    const first = buffer[offset];
    if (first === 0) return this.#end(null, readOk(packet));
    if (first === 0xfb) {
      const feed = new PacketFeed(connection);
      if (this.#handlers.onDataWanted === undefined) feed.end();
      else this.#handlers.onDataWanted(feed);
      return false;
    }
    this.#columns = readLength(buffer, offset).value;
    this.#state = 'columns';
    return false;
  }

  /** A handler that failed hears of no further rows, but they are read to the end, so that the session stays usable. */
  #readRow({ buffer, offset, end }: DriverPacket): void {
    if (this.#failure !== undefined) return;
    try {
      this.#handlers.onRow?.(buffer, offset, end);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  #end(error: Error | null, outcome?: RawOutcome): true {
    this.onResult(error ?? this.#failure ?? null, outcome);
    return true;
  }
}

function sendStatement(connection: DriverConnection, statement: Buffer): void {
  const attributes =
    (connection.config.clientFlags & (connection.serverCapabilityFlags ?? 0) & queryAttributesFlag) !== 0;
  const head = attributes ? [comQuery, 0, 1] : [comQuery];
  const payload = Buffer.concat([Buffer.from(head), statement]);
  connection._resetSequenceId();
  // A payload that fills its last packet is followed by an empty one.
  for (let start = 0; start <= payload.length; start += packetBytesMax) {
    const part = payload.subarray(start, start + packetBytesMax);
    connection.stream.write(header(part.length, connection.sequenceId));
    connection.stream.write(part);
    connection.sequenceId = (connection.sequenceId + 1) % 256;
  }
}

function header(length: number, sequenceId: number): Buffer {
  const bytes = Buffer.alloc(dataHeaderBytes);
  bytes.writeUIntLE(length, 0, 3);
  bytes[3] = sequenceId;
  return bytes;
}

class PacketFeed implements DataFeed {
  readonly #connection: DriverConnection;

  constructor(connection: DriverConnection) {
    this.#connection = connection;
  }

  get waitingBytes(): number {
    return this.#connection.stream.writableLength;
  }

  send(packet: Buffer): void {
    packet.writeUIntLE(packet.length - dataHeaderBytes, 0, 3);
    packet[3] = this.#connection.sequenceId;
    this.#connection.sequenceId = (this.#connection.sequenceId + 1) % 256;
    this.#connection.stream.write(packet);
  }

  onceSent(listener: () => void): void {
    this.#connection.stream.once('drain', listener);
  }

  end(): void {
    this.send(Buffer.alloc(dataHeaderBytes));
  }
}

/** OK packet: affected rows, insert id, status, warnings, and a text with its length before it. */
function readOk({ buffer, offset, end }: DriverPacket): RawOutcome {
  const affected = readLength(buffer, offset + 1);
  const insertId = readLength(buffer, affected.next);
  const warningCount = buffer.readUInt16LE(insertId.next + 2);
  const length = insertId.next + 4 < end ? readLength(buffer, insertId.next + 4) : { value: 0, next: end };
  const info = buffer.toString('utf8', length.next, length.next + length.value);
  return { affectedRows: affected.value, warningCount, info };
}

/** A length-encoded integer. */
export function readLength(buffer: Buffer, offset: number): { readonly value: number; readonly next: number } {
  const first = buffer[offset] ?? 0;
  if (first < 0xfb) return { value: first, next: offset + 1 };
  if (first === 0xfc) return { value: buffer.readUInt16LE(offset + 1), next: offset + 3 };
  if (first === 0xfd) return { value: buffer.readUIntLE(offset + 1, 3), next: offset + 4 };
  return { value: Number(buffer.readBigUInt64LE(offset + 1)), next: offset + 9 };
}
