/**
 * The replication stream of a server: COM_BINLOG_DUMP_GTID as a custom command over an ordinary connection. The only
 * file that uses the driver's internals (mysql2 is pinned exactly for it). It delivers raw events and applies
 * back-pressure; what they mean is src/binlog's business.
 */
import { EventEmitter } from 'node:events';
import type { Connection } from 'mysql2';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { feedHeartbeatMs, feedPauseSecondsMax } from '../../../limits/mysql-table.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import { Session } from '../../server/session/session.js';
import { controlVariables } from '../../server/session/variables.js';
import type { BinlogPlace } from './feed-position.js';
import { GulpSocket } from './gulp-socket.js';

/** A packet as the driver hands it to a command: the payload is `buffer[offset … end)`. */
interface DriverPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isError(): boolean;
  asError(encoding: string): Error;
}

/** What the custom command needs of the driver's connection. */
interface DriverConnection {
  readonly stream: { write(data: Buffer): void };
  readonly clientEncoding: string;
  sequenceId: number;
  _resetSequenceId(): void;
  addCommand(command: EventEmitter): void;
}

export interface BinlogStreamOptions {
  /** Replica server id: must differ from every server of the topology. */
  readonly serverId: number;
  /** The same for every feed of one operation: the server ends an older stream of the same replica (a zombie's). */
  readonly replicaUuid: string;
  /** The position in the binary form of COM_BINLOG_DUMP_GTID. */
  readonly encodedPosition: Buffer;
  /** Where to begin reading; without it the server finds the file by the position and reads it from its beginning. */
  readonly place: BinlogPlace | undefined;
  readonly onEvent: (event: Buffer) => void;
  /** Called once, when the stream ends for any reason but `close()`. */
  readonly onEnd: (error: unknown) => void;
}

const comBinlogDumpGtid = 0x1e;
/** Events begin behind the four magic bytes of a file. */
const firstEventOffset = 4;

export class BinlogStream {
  readonly #session: Session;
  /** What reading is paused on. */
  readonly #reading: GulpSocket | Connection;

  private constructor(session: Session, socket: GulpSocket | undefined) {
    this.#session = session;
    this.#reading = socket ?? session.driver;
  }

  /** Logs in, registers as a replica by session variables and asks for everything after the position. */
  static async open(cluster: ClusterSettings, options: BinlogStreamOptions): Promise<BinlogStream> {
    // TLS reads from the socket itself, in pieces of its own.
    const socket = cluster.tls === undefined ? new GulpSocket(cluster.host, cluster.port) : undefined;
    const session = await Session.open(cluster, controlVariables, socket?.socket);
    try {
      const heartbeatNs = feedHeartbeatMs * 1_000_000;
      // 8.0 knows the old names, 8.4 and later the new ones; user variables of either kind harm nobody.
      await session.run(
        `SET @source_binlog_checksum = 'CRC32', @master_binlog_checksum = 'CRC32',
             @source_heartbeat_period = ?, @master_heartbeat_period = ?, @replica_uuid = ?, @slave_uuid = ?`,
        [heartbeatNs, heartbeatNs, options.replicaUuid, options.replicaUuid],
      );
      await session.run('SET SESSION net_write_timeout = ?', [feedPauseSecondsMax]);
    } catch (error) {
      session.destroy();
      throw error;
    }
    const stream = new BinlogStream(session, socket);
    socket?.gulp();
    stream.#start(options);
    return stream;
  }

  /** The server's id of the connection. */
  get sessionId(): number {
    return this.#session.id;
  }

  /** Stops reading from the socket: TCP makes the server wait. */
  pause(): void {
    this.#reading.pause();
  }

  resume(): void {
    this.#reading.resume();
  }

  /** Ends the stream; nothing is delivered after it. */
  close(): void {
    this.#session.destroy();
  }

  #start(options: BinlogStreamOptions): void {
    const driver: Connection = this.#session.driver;
    let ended = false;
    const end = (error: unknown): void => {
      if (ended) return;
      ended = true;
      const lost = !this.#session.closed;
      this.#session.destroy();
      if (lost || error !== undefined) options.onEnd(error);
    };
    driver.on('error', end);
    driver.on('end', () => end(undefined));
    const command = new DumpCommand(dumpPayload(options), options.onEvent, end);
    (driver as unknown as DriverConnection).addCommand(command);
  }
}

/** The driver calls `execute` once to start and then for every packet; `true` would end the command. */
class DumpCommand extends EventEmitter {
  readonly #payload: Buffer;
  readonly #onEvent: (event: Buffer) => void;
  readonly #end: (error: unknown) => void;
  #started = false;

  constructor(payload: Buffer, onEvent: (event: Buffer) => void, end: (error: unknown) => void) {
    super();
    this.#payload = payload;
    this.#onEvent = onEvent;
    this.#end = end;
  }

  execute(packet: DriverPacket | null, connection: DriverConnection): boolean {
    if (!this.#started) {
      this.#started = true;
      connection._resetSequenceId();
      connection.sequenceId = 1;
      const header = Buffer.alloc(4);
      header.writeUIntLE(this.#payload.length, 0, 3);
      connection.stream.write(Buffer.concat([header, this.#payload]));
      return false;
    }
    if (packet === null) return false;
    if (packet.isError()) {
      this.#end(packet.asError(connection.clientEncoding));
      return true;
    }
    const status = packet.buffer[packet.offset];
    if (status !== 0) {
      this.#end(new SwitchyardError('FEED_ENDED', { problem: 'the server closed the stream' }));
      return true;
    }
    try {
      this.#onEvent(packet.buffer.subarray(packet.offset + 1, packet.end));
    } catch (error) {
      this.#end(error);
      return true;
    }
    return false;
  }
}

/** COM_BINLOG_DUMP_GTID: flags, server id, file name (may be empty), offset in it, encoded GTID set. */
function dumpPayload({ serverId, encodedPosition, place }: BinlogStreamOptions): Buffer {
  const file = Buffer.from(place?.file ?? '');
  const head = Buffer.alloc(11);
  head.writeUInt8(comBinlogDumpGtid, 0);
  // Flag 4 (BINLOG_THROUGH_GTID): the GTID set decides what is sent, wherever reading begins.
  head.writeUInt16LE(4, 1);
  head.writeUInt32LE(serverId, 3);
  head.writeUInt32LE(file.length, 7);
  const tail = Buffer.alloc(12);
  tail.writeBigUInt64LE(BigInt(place?.offset ?? firstEventOffset), 0);
  tail.writeUInt32LE(encodedPosition.length, 8);
  return Buffer.concat([head, file, tail, encodedPosition]);
}
