/**
 * How the columns of a row image are stored, read from the types and metadata of a TABLE_MAP event. A value that is not
 * wanted is passed over by its width alone; a type that is not known here is an error (P5), since everything after it
 * would be read wrongly.
 */
import type { ByteReader } from './bytes.js';
import { notDecoded } from './event-problem.js';

/** Type codes in TABLE_MAP events. ENUM and SET stand in the metadata of a STRING. */
export const columnTypes = {
  TINY: 1,
  SHORT: 2,
  LONG: 3,
  FLOAT: 4,
  DOUBLE: 5,
  NULL: 6,
  TIMESTAMP: 7,
  LONGLONG: 8,
  INT24: 9,
  DATE: 10,
  TIME: 11,
  DATETIME: 12,
  YEAR: 13,
  NEWDATE: 14,
  VARCHAR: 15,
  BIT: 16,
  TIMESTAMP2: 17,
  DATETIME2: 18,
  TIME2: 19,
  VECTOR: 242,
  JSON: 245,
  NEWDECIMAL: 246,
  ENUM: 247,
  SET: 248,
  BLOB: 252,
  VAR_STRING: 253,
  STRING: 254,
  GEOMETRY: 255,
} as const;

/** One column as it is stored in row images. */
export interface StoredColumn {
  /** One of `columnTypes`, the real one for ENUM and SET. */
  readonly type: number;
  /** Bytes of every value that is not NULL; or, negative, the number of bytes before it that say how long it is. */
  readonly width: number;
  /** Fractional digits of a time, scale of a decimal, else 0. */
  readonly digits: number;
  /** Precision of a decimal, else 0. */
  readonly precision: number;
}

/** Bytes of the types without metadata. The temporal ones here are of before 5.6.4, and of DATE and YEAR. */
const plainWidths: ReadonlyMap<number, number> = new Map([
  [columnTypes.TINY, 1],
  [columnTypes.SHORT, 2],
  [columnTypes.LONG, 4],
  [columnTypes.NULL, 0],
  [columnTypes.TIMESTAMP, 4],
  [columnTypes.LONGLONG, 8],
  [columnTypes.INT24, 3],
  [columnTypes.DATE, 3],
  [columnTypes.TIME, 3],
  [columnTypes.DATETIME, 8],
  [columnTypes.YEAR, 1],
  [columnTypes.NEWDATE, 3],
]);

/** Bytes of a whole-second time; one byte more for each two fractional digits begun. */
const temporalWidths: ReadonlyMap<number, number> = new Map([
  [columnTypes.TIMESTAMP2, 4],
  [columnTypes.DATETIME2, 5],
  [columnTypes.TIME2, 3],
]);

/** Bytes that n decimal digits (0 to 9) take in a DECIMAL. */
export const bytesOfDigits = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const;

function decimalBytes(digits: number): number {
  return Math.trunc(digits / 9) * 4 + bytesOfDigits[digits % 9]!;
}

function column(type: number, width: number, digits = 0, precision = 0): StoredColumn {
  return { type, width, digits, precision };
}

/** CHAR, BINARY, ENUM and SET: the first byte is the real type, with two bits of the length flipped into it. */
function readString(metadata: ByteReader): StoredColumn {
  const first = metadata.u8();
  const second = metadata.u8();
  const real = first | 0x30;
  if (real === columnTypes.ENUM || real === columnTypes.SET) return column(real, second);
  if (real !== columnTypes.STRING) throw notDecoded(`column type ${first} within a string is not known`);
  const length = second | (((first & 0x30) ^ 0x30) << 4);
  return column(real, length > 255 ? -2 : -1);
}

/**
 * Reads one column.
 * @param type its byte in the list of types.
 * @param metadata stands at the column's metadata and is moved past it.
 */
export function readColumn(type: number, metadata: ByteReader): StoredColumn {
  const plainWidth = plainWidths.get(type);
  if (plainWidth !== undefined) return column(type, plainWidth);
  const temporalWidth = temporalWidths.get(type);
  if (temporalWidth !== undefined) {
    const digits = metadata.u8();
    return column(type, temporalWidth + ((digits + 1) >> 1), digits);
  }
  switch (type) {
    case columnTypes.FLOAT:
    case columnTypes.DOUBLE:
      return column(type, metadata.u8());
    case columnTypes.VARCHAR:
    case columnTypes.VAR_STRING:
      return column(type, metadata.u16() > 255 ? -2 : -1);
    case columnTypes.BIT: {
      const bits = metadata.u8();
      return column(type, metadata.u8() + (bits > 0 ? 1 : 0));
    }
    case columnTypes.NEWDECIMAL: {
      const precision = metadata.u8();
      const digits = metadata.u8();
      return column(type, decimalBytes(precision - digits) + decimalBytes(digits), digits, precision);
    }
    case columnTypes.BLOB:
    case columnTypes.JSON:
    case columnTypes.GEOMETRY:
    case columnTypes.VECTOR: {
      const lengthBytes = metadata.u8();
      if (lengthBytes < 1 || lengthBytes > 4) throw notDecoded(`a length of ${lengthBytes} bytes is not known`);
      return column(type, -lengthBytes);
    }
    case columnTypes.STRING:
      return readString(metadata);
    default:
      throw notDecoded(`column type ${type} is not known`);
  }
}
