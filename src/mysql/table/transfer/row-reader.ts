/** Takes the packets of rendered rows apart, as far as needed to find where values begin and end. Reads no value. */
import { readLength } from '../../server/session/raw-statement.js';
import type { TransferSql } from './transfer-sql.js';

/** A row that the source renders as NULL, or the target takes in no statement: larger than max_allowed_packet there. */
export class RowTooLarge extends Error {
  readonly side: 'source' | 'target';

  constructor(side: 'source' | 'target') {
    super(`a row is larger than max_allowed_packet of the ${side}`);
    this.name = 'RowTooLarge';
    this.side = side;
  }
}

type OnBytes = (packet: Buffer, start: number, end: number) => void;

export class RowReader {
  readonly #values: number;
  readonly #onBytes: OnBytes;
  #rows = 0;
  #warnings = 0;
  #needInsert = 0;

  constructor({ values }: TransferSql, onBytes: OnBytes) {
    this.#values = values.length;
    this.#onBytes = onBytes;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Warnings that the rows so far cost on the target. */
  get warnings(): number {
    return this.#warnings;
  }

  /** Values in the rows so far that go by INSERT only. */
  get needInsert(): number {
    return this.#needInsert;
  }

  /** Hands the row's bytes on, in order. @throws RowTooLarge. */
  read(packet: Buffer, start: number, end: number): void {
    let offset = start;
    for (let index = 0; index < this.#values; index += 1) {
      if (packet[offset] === 0xfb) throw new RowTooLarge('source');
      const { value: length, next } = readLength(packet, offset);
      offset = next + length;
      this.#onBytes(packet, next, offset);
    }
    // The two numbers are nearly always one digit, 0.
    const warnings = readLength(packet, offset);
    const needsInsert = readLength(packet, warnings.next + warnings.value);
    this.#warnings += Number(packet.toString('latin1', warnings.next, warnings.next + warnings.value));
    this.#needInsert += Number(packet.toString('latin1', needsInsert.next, end));
    this.#rows += 1;
  }
}
