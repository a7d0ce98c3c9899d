/**
 * Turns the stored value of a key column into the text that the server prints for it (see KeyKind). Every form here is
 * held by fixtures whose expected text comes from a server.
 */
import { u64Text } from './bytes.js';
import { bytesOfDigits, columnTypes, type StoredColumn } from './column-type.js';
import type { KeyColumn, KeyKind } from './feed-item.js';

/** Text of the value that is stored from `start` to `end`; that it lies within the event was checked before. */
export type KeyReader = (buffer: Buffer, start: number, end: number) => string;

const u32Range = 0x1_0000_0000;

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

function i64Text(buffer: Buffer, at: number): string {
  const high = buffer.readInt32LE(at + 4);
  if (high >= -0x200000 && high < 0x200000) return String(high * u32Range + buffer.readUInt32LE(at));
  return buffer.readBigInt64LE(at).toString();
}

function readInteger(stored: StoredColumn, { unsigned }: KeyColumn): KeyReader {
  const { type, width } = stored;
  if (type === columnTypes.YEAR) return (buffer, at) => (buffer[at] === 0 ? '0000' : String(1900 + buffer[at]!));
  if (type === columnTypes.LONGLONG) return unsigned ? u64Text : i64Text;
  return unsigned
    ? (buffer, at) => String(buffer.readUIntLE(at, width))
    : (buffer, at) => String(buffer.readIntLE(at, width));
}

/**
 * DECIMAL: groups of nine digits in four bytes, big-endian, the incomplete groups at the outer ends in fewer; the first
 * bit is set in numbers that are not negative, all other bits are flipped in those that are.
 */
function readDecimal({ precision, digits: scale }: StoredColumn): KeyReader {
  const wholeDigits = precision - scale;
  const groups: number[] = []; // digits of each group
  if (wholeDigits % 9 > 0) groups.push(wholeDigits % 9);
  for (let left = wholeDigits; left >= 9; left -= 9) groups.push(9);
  for (let left = scale; left > 0; left -= 9) groups.push(Math.min(left, 9));
  return (buffer, start) => {
    const isNegative = (buffer[start]! & 0x80) === 0;
    const flip = isNegative ? 0xff : 0;
    let at = start;
    let digits = '';
    for (const size of groups) {
      let group = 0;
      for (const last = at + bytesOfDigits[size]!; at < last; at += 1) {
        group = group * 256 + ((buffer[at]! ^ flip) & (at === start ? 0x7f : 0xff));
      }
      // Only the first byte of all has the sign; in a negative number it is 0 there and flipping set it.
      digits += pad(group, size);
    }
    const whole = digits.slice(0, wholeDigits).replace(/^0+/, '') || '0';
    const text = scale > 0 ? `${whole}.${digits.slice(wholeDigits)}` : whole;
    return isNegative ? `-${text}` : text;
  };
}

function readBytes(_stored: StoredColumn, { paddedLength }: KeyColumn): KeyReader {
  if (paddedLength === undefined) return (buffer, start, end) => buffer.toString('hex', start, end).toUpperCase();
  const hexDigits = paddedLength * 2;
  return (buffer, start, end) => buffer.toString('hex', start, end).toUpperCase().padEnd(hexDigits, '0');
}

function readDate(): KeyReader {
  return (buffer, at) => {
    const value = buffer.readUIntLE(at, 3);
    return `${pad(value >> 9, 4)}-${pad((value >> 5) & 15, 2)}-${pad(value & 31, 2)}`;
  };
}

/** `.` and the fractional digits, of which two are in each byte; empty for none. */
function fractionText(fraction: number, digits: number): string {
  if (digits === 0) return '';
  return `.${pad(fraction, digits + (digits & 1)).slice(0, digits)}`;
}

function readFraction(buffer: Buffer, at: number, digits: number): number {
  return digits === 0 ? 0 : buffer.readUIntBE(at, (digits + 1) >> 1);
}

/** Hours, minutes and seconds as packed times have them: 6 bits for seconds, 6 for minutes, the rest for hours. */
function clockText(packed: number): string {
  return `${pad(packed >> 12, 2)}:${pad((packed >> 6) & 63, 2)}:${pad(packed & 63, 2)}`;
}

/** DATETIME: 1 bit sign (always set), 17 bits year * 13 + month, 5 day, 5 hour, 6 minute, 6 second; big-endian. */
function readDatetime({ digits }: StoredColumn): KeyReader {
  return (buffer, at) => {
    const date = buffer.readUIntBE(at, 3) & 0x7f_ffff;
    const clock = buffer.readUIntBE(at + 2, 3) & 0x1_ffff;
    const months = date >> 6;
    const day = (date >> 1) & 31;
    const dateText = `${pad(Math.trunc(months / 13), 4)}-${pad(months % 13, 2)}-${pad(day, 2)}`;
    return `${dateText} ${clockText(clock)}${fractionText(readFraction(buffer, at + 5, digits), digits)}`;
  };
}

/** TIMESTAMP: seconds since 1970, big-endian; 0 is the zero date. */
function readTimestamp({ digits }: StoredColumn): KeyReader {
  return (buffer, at) => {
    const seconds = buffer.readUInt32BE(at);
    const text =
      seconds === 0 ? '0000-00-00 00:00:00' : new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
    return text + fractionText(readFraction(buffer, at + 4, digits), digits);
  };
}

/** TIME: one big-endian number, whole and fraction together, around the middle of its range. */
function readTime({ digits, width }: StoredColumn): KeyReader {
  const middle = 0x80 * 256 ** (width - 1);
  const fractionRange = 256 ** (width - 3);
  return (buffer, at) => {
    const value = buffer.readUIntBE(at, width) - middle;
    const size = Math.abs(value);
    const text = clockText(Math.trunc(size / fractionRange)) + fractionText(size % fractionRange, digits);
    return value < 0 ? `-${text}` : text;
  };
}

/** ENUM and SET: little-endian, 1, 2, 3, 4 or 8 bytes. */
function readNumber({ width }: StoredColumn): KeyReader {
  return width === 8 ? u64Text : (buffer, at) => String(buffer.readUIntLE(at, width));
}

function readBit({ width }: StoredColumn): KeyReader {
  if (width <= 6) return (buffer, at) => String(buffer.readUIntBE(at, width));
  return (buffer, start, end) => BigInt(`0x${buffer.toString('hex', start, end)}`).toString();
}

interface Kind {
  /** The stored types that this kind can be read from. */
  readonly types: readonly number[];
  readonly reader: (stored: StoredColumn, column: KeyColumn) => KeyReader;
}

const { TINY, SHORT, INT24, LONG, LONGLONG, YEAR, NEWDECIMAL, VARCHAR, VAR_STRING, STRING, BLOB } = columnTypes;

const kinds: Readonly<Record<KeyKind, Kind>> = {
  integer: { types: [TINY, SHORT, INT24, LONG, LONGLONG, YEAR], reader: readInteger },
  decimal: { types: [NEWDECIMAL], reader: readDecimal },
  bytes: { types: [VARCHAR, VAR_STRING, STRING, BLOB], reader: readBytes },
  date: { types: [columnTypes.DATE], reader: readDate },
  datetime: { types: [columnTypes.DATETIME2], reader: readDatetime },
  timestamp: { types: [columnTypes.TIMESTAMP2], reader: readTimestamp },
  time: { types: [columnTypes.TIME2], reader: readTime },
  enum: { types: [columnTypes.ENUM], reader: readNumber },
  set: { types: [columnTypes.SET], reader: readNumber },
  bit: { types: [columnTypes.BIT], reader: readBit },
};

/** The reader for a key column that is stored like this; undefined where a column of its kind never is. */
export function keyReader(column: KeyColumn, stored: StoredColumn): KeyReader | undefined {
  const kind = kinds[column.kind];
  return kind.types.includes(stored.type) ? kind.reader(stored, column) : undefined;
}
