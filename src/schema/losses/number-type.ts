/** What numbers a type can hold. */
import type { ColumnModel } from '../table-model.js';

export interface NumberType {
  /** Whole numbers between which its values are. */
  readonly min: bigint;
  readonly max: bigint;
  /** Digits behind the point; infinite where the point floats. */
  readonly scale: number;
  /** Binary digits that its numbers have at most, and how many it keeps of a number; all of them where it is exact. */
  readonly needsBits: number;
  readonly keepsBits: number;
  /** Characters of its longest value. */
  readonly width: number;
}

const integerBits: Readonly<Record<string, number | undefined>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};

/** Of an integer type, DECIMAL, FLOAT, DOUBLE, BIT or YEAR. */
export function numberOf(column: ColumnModel): NumberType {
  const { dataType, unsigned } = column;
  const bits = integerBits[dataType];
  if (bits !== undefined) return integer(BigInt(bits), unsigned);
  if (dataType === 'bit') return integer(BigInt(column.numericPrecision ?? 1), true);
  if (dataType === 'year') return { ...integer(12n, true), max: 2_155n };
  const digits = column.numericPrecision ?? 10;
  const scale = column.numericScale;
  if (dataType === 'decimal') return fixed(digits, scale ?? 0, unsigned, Number.POSITIVE_INFINITY);
  const isFloat = dataType === 'float';
  const keepsBits = isFloat ? floatBitsKept : doubleBits;
  // FLOAT(7,4): digits and scale as DECIMAL has them.
  if (scale !== null) return fixed(digits, scale, unsigned, keepsBits);
  const max = isFloat ? 34n * 10n ** 37n : 17n * 10n ** 307n;
  const width = (isFloat ? '-3.40282e-38' : '-1.7976931348623157e-308').length;
  const needsBits = isFloat ? floatBits : doubleBits;
  return { min: unsigned ? 0n : -max, max, scale: Number.POSITIVE_INFINITY, needsBits, keepsBits, width };
}

const floatBits = 24;
/** Six decimal digits are all that the server shows of a FLOAT. */
const floatBitsKept = 20;
const doubleBits = 53;

function integer(bits: bigint, unsigned: boolean): NumberType {
  const max = 2n ** (unsigned ? bits : bits - 1n) - 1n;
  const min = unsigned ? 0n : -max - 1n;
  const needsBits = Number(unsigned ? bits : bits - 1n);
  return {
    min,
    max,
    scale: 0,
    needsBits,
    keepsBits: Number.POSITIVE_INFINITY,
    width: `${unsigned ? max : min}`.length,
  };
}

function fixed(digits: number, scale: number, unsigned: boolean, keepsBits: number): NumberType {
  const max = 10n ** BigInt(digits - scale) - 1n;
  const needsBits = (10n ** BigInt(digits) - 1n).toString(2).length;
  const width = digits + (unsigned ? 0 : 1) + (scale > 0 ? 2 : 0);
  return { min: unsigned ? 0n : -max, max, scale, needsBits, keepsBits, width };
}

/** Whether some value of the source is outside of what the target holds. */
export function isLess(source: NumberType, target: NumberType): boolean {
  return target.max < source.max || target.min > source.min;
}
