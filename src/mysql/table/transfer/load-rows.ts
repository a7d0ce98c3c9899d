/**
 * Pipes rows from the source into LOAD DATA LOCAL on the target, in the caller's open transaction. LOAD DATA LOCAL
 * behaves like IGNORE: it cuts, zeroes and skips without an error, and takes half a line for a row when the data breaks
 * off. So what it did counts only when the source's answer ended cleanly and the target says that it took as many rows as
 * were sent, with no warning (P5). Memory is bounded: the source is paused while the target is slow.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { loadPacketBytes, loadWaitingBytesMax } from '../../../limits/mysql-table.js';
import { dataHeaderBytes, type DataFeed } from '../../server/session/raw-statement.js';
import type { Session } from '../../server/session/session.js';
import { RowReader } from './row-reader.js';
import { selectRows, type TransferSql, type TransferTable } from './transfer-sql.js';

export interface TransferSessions {
  /** Nothing else may run on it meanwhile. */
  readonly source: Session;
  /** Is in the caller's transaction. */
  readonly target: Session;
}

/** @returns rows. @throws LOAD_NOT_EXACT, RowTooLarge, the driver's errors: the caller must roll back. */
export async function loadRows(
  sessions: TransferSessions,
  table: TransferTable,
  sql: TransferSql,
  where: string,
): Promise<number> {
  const { source, target } = sessions;
  let pipe: Pipe | undefined;
  let reading: Promise<unknown> = Promise.resolve();
  let info: string;
  try {
    const outcome = await target.raw(sql.write, {
      onDataWanted: (feed) => {
        pipe = new Pipe(source, feed, sql);
        reading = pipe.run(selectRows(table, sql, where));
        // It may fail long before the target has answered; it is awaited below.
        reading.catch(() => undefined);
      },
    });
    ({ info } = outcome);
  } catch (error) {
    // What the source still sends is read and thrown away, so that its session stays usable.
    pipe?.discard();
    await reading.catch(() => undefined);
    throw error;
  }
  await reading;
  const { rows, warnings, needInsert } = pipe?.sent ?? { rows: 0, warnings: 0, needInsert: 0 };
  const expected = `Records: ${rows}  Deleted: 0  Skipped: 0  Warnings: ${warnings}`;
  if (info !== expected || needInsert > 0) {
    throw new SwitchyardError('LOAD_NOT_EXACT', {
      table: `${table.target.database}.${table.target.table}`,
      cluster: target.cluster.name,
      problem:
        needInsert > 0
          ? `${needInsert} JSON documents have values that text does not carry`
          : `${rows} rows were sent, and it says: ${info}`,
    });
  }
  return rows;
}

/** Packs the values of rows into packets of data. */
class Pipe {
  readonly #source: Session;
  readonly #feed: DataFeed;
  readonly #reader: RowReader;
  #packet = newPacket();
  #used = dataHeaderBytes;
  #paused = false;
  #discarding = false;

  constructor(source: Session, feed: DataFeed, sql: TransferSql) {
    this.#source = source;
    this.#feed = feed;
    this.#reader = new RowReader(sql, (packet, start, end) => this.#append(packet, start, end));
  }

  /** Counts of what was sent. */
  get sent(): Pick<RowReader, 'rows' | 'warnings' | 'needInsert'> {
    return this.#reader;
  }

  /** Sends everything and the end of the data, whatever happens: the target's session waits for it. */
  async run(select: string): Promise<void> {
    try {
      await this.#source.raw(select, { onRow: (packet, start, end) => this.#onRow(packet, start, end) });
      this.#flush();
    } finally {
      if (!this.#discarding) this.#feed.end();
    }
  }

  /** The target is gone: no more data is sent, and the source is not paused any more. */
  discard(): void {
    this.#discarding = true;
    this.#source.resume();
  }

  #onRow(packet: Buffer, start: number, end: number): void {
    if (this.#discarding) return;
    this.#reader.read(packet, start, end);
    if (!this.#paused && this.#feed.waitingBytes > loadWaitingBytesMax) this.#pause();
  }

  #pause(): void {
    this.#paused = true;
    this.#source.pause();
    this.#feed.onceSent(() => {
      this.#paused = false;
      this.#source.resume();
    });
  }

  #append(bytes: Buffer, start: number, end: number): void {
    let from = start;
    while (from < end) {
      const to = Math.min(end, from + this.#packet.length - this.#used);
      bytes.copy(this.#packet, this.#used, from, to);
      this.#used += to - from;
      from = to;
      if (this.#used === this.#packet.length) this.#flush();
    }
  }

  #flush(): void {
    if (this.#used === dataHeaderBytes || this.#discarding) return;
    this.#feed.send(this.#packet.subarray(0, this.#used));
    this.#packet = newPacket();
    this.#used = dataHeaderBytes;
  }
}

function newPacket(): Buffer {
  return Buffer.allocUnsafeSlow(dataHeaderBytes + loadPacketBytes);
}
