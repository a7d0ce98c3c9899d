/** Reads the little-endian numbers and counted strings that binlog events are made of, never past the event's end. */
import { malformed } from './event-problem.js';

/** An unsigned 64-bit number as decimal text. */
export function u64Text(buffer: Buffer, at: number): string {
  const high = buffer.readUInt32LE(at + 4);
  if (high < 0x200000) return String(high * 0x1_0000_0000 + buffer.readUInt32LE(at));
  return buffer.readBigUInt64LE(at).toString();
}

/** Walks over the bytes from `position` to `end` of a buffer; every method moves on and fails where bytes are missing. */
export class ByteReader {
  constructor(
    readonly buffer: Buffer,
    public position: number,
    readonly end: number,
  ) {}

  /** Moves over `length` bytes; answers where they begin. */
  skip(length: number): number {
    const start = this.position;
    if (!(start + length <= this.end)) throw malformed(`${length} bytes wanted, ${this.end - start} left`);
    this.position = start + length;
    return start;
  }

  u8(): number {
    return this.buffer[this.skip(1)]!;
  }

  u16(): number {
    return this.buffer.readUInt16LE(this.skip(2));
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.skip(4));
  }

  /** A number of `length` bytes, at most 6. */
  uint(length: number): number {
    return this.buffer.readUIntLE(this.skip(length), length);
  }

  /** A length-encoded integer; one that no length can be is an error. */
  lenenc(): number {
    const first = this.u8();
    if (first < 251) return first;
    if (first === 252) return this.u16();
    if (first === 253) return this.uint(3);
    if (first !== 254) throw malformed('a length is not a length');
    const value = this.uint(6);
    if (this.u16() !== 0) throw malformed('a length is beyond all sense');
    return value;
  }

  text(length: number): string {
    const start = this.skip(length);
    return this.buffer.toString('utf8', start, start + length);
  }
}
