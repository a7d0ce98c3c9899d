/**
 * What a value becomes when it is assigned to a column of another type, in the own form of that column (own-value.ts).
 * The rules are those of a native ALTER TABLE, which differs from INSERT … SELECT in a few conversions of numbers to
 * text: the copy must keep to the ALTER's (P1), and is found where it does not. A pair without a sure rule has none here
 * and is reported as not compared: a wrong rule would stop good migrations.
 */
import type { ColumnModel } from '../../../schema/table-model.js';
import { columnKind, isSameType, type ColumnKind } from '../rows/column-kind.js';
import { asEnum, asSet } from './converted-list.js';
import { asBinary, asText } from './converted-text.js';
import { jsonValue, numberOf, ownValue, realText } from '../rows/own-value.js';

interface ConversionModes {
  /** sql_mode has TIME_TRUNCATE_FRACTIONAL: fractions of seconds are cut, not rounded. */
  readonly truncatesFractions: boolean;
}

/** SQL for the source's value as the target would hold it; undefined where no rule is sure. */
export function convertedValue(
  source: ColumnModel,
  target: ColumnModel,
  reference: string,
  modes: ConversionModes,
): string | undefined {
  const from = columnKind(source);
  const to = columnKind(target);
  if (from === undefined || to === undefined) return undefined;
  if (isSameType(source, target)) return ownValue(from, source, reference);
  switch (to) {
    case 'integer':
      return asInteger(from, source, target, reference);
    case 'decimal':
      return asDecimal(from, source, target, reference);
    case 'real':
      return asReal(from, source, target, reference);
    case 'bit':
      if (from === 'bit') return ownValue(from, source, reference);
      return from === 'integer' ? `CAST(${reference} AS UNSIGNED)` : undefined;
    case 'text':
      return asText(from, source, target, reference);
    case 'binary':
      return asBinary(from, target, reference);
    case 'date':
    case 'datetime':
    case 'timestamp':
    case 'time':
      return asTemporal(to, from, source, target, reference, modes);
    case 'enum':
      return asEnum(from, source, target, reference);
    case 'set':
      return asSet(from, source, target, reference);
    case 'json':
      if (from === 'json') return jsonValue(reference);
      return from === 'text' ? jsonValue(`CAST(CONVERT(${reference} USING utf8mb4) AS JSON)`) : undefined;
    case 'geometry':
    case 'vector':
      return from === to ? reference : undefined;
    case 'year':
      return from === 'year' ? ownValue(from, source, reference) : undefined;
  }
}

function asInteger(from: ColumnKind, source: ColumnModel, target: ColumnModel, reference: string): string | undefined {
  switch (from) {
    case 'integer':
    case 'year':
    case 'bit':
    case 'enum':
      return ownValue(from, source, reference);
    case 'set':
      // A number takes the 64th bit for a sign.
      return `CAST(${reference} | 0 AS SIGNED)`;
    case 'decimal':
    case 'text':
      // Assigning rounds half away from zero, as DECIMAL does; CAST AS SIGNED would stop at the point or the exponent.
      return onlyNumbers(from, reference, `CAST(${reference} AS DECIMAL(65,0))`);
    case 'real':
      // Above the signed range the server itself is inconsistent.
      return target.unsigned && target.dataType === 'bigint' ? undefined : `CAST(ROUND(${reference}) AS SIGNED)`;
    case 'date':
    case 'datetime':
    case 'timestamp':
    case 'time':
      return (source.datetimePrecision ?? 0) === 0 ? `(${reference} + 0)` : undefined;
    default:
      return undefined;
  }
}

/** Kinds that are a number to DECIMAL and DOUBLE. */
const numberKinds: ReadonlySet<ColumnKind> = new Set(['integer', 'year', 'bit', 'decimal', 'real', 'text']);

function asDecimal(from: ColumnKind, source: ColumnModel, target: ColumnModel, reference: string): string | undefined {
  if (!numberKinds.has(from)) return undefined;
  if (from === 'decimal' && source.numericScale === target.numericScale) return numberOf(source, reference);
  // As many digits before the point as there can be: a number that is too large must not pass as the largest.
  const number = from === 'bit' ? `(${reference} + 0)` : numberOf(source, reference);
  return onlyNumbers(from, reference, `CAST(${number} AS DECIMAL(65,${target.numericScale ?? 0}))`);
}

/** CAST makes a number of any text: one that cannot be a number must not pass as 0. */
function onlyNumbers(from: ColumnKind, text: string, number: string): string {
  if (from !== 'text') return number;
  return `IF(${text} NOT REGEXP '^[-+0-9eE.[:space:]]*[0-9][-+0-9eE.[:space:]]*$', '!', ${number})`;
}

function asReal(from: ColumnKind, source: ColumnModel, target: ColumnModel, reference: string): string | undefined {
  // FLOAT(M,D) and DOUBLE(M,D) round in a way of their own.
  if (!numberKinds.has(from) || target.numericScale !== null) return undefined;
  const number = from === 'bit' ? `(${reference} + 0)` : numberOf(source, reference);
  const single = target.dataType === 'float' ? `CAST(${number} AS FLOAT)` : number;
  return onlyNumbers(from, reference, realText(single));
}

const temporalSources: ReadonlySet<ColumnKind> = new Set(['date', 'datetime', 'timestamp', 'time', 'text']);

function asTemporal(
  to: 'date' | 'datetime' | 'timestamp' | 'time',
  from: ColumnKind,
  source: ColumnModel,
  target: ColumnModel,
  reference: string,
  { truncatesFractions }: ConversionModes,
): string | undefined {
  if (!temporalSources.has(from)) return undefined;
  const precision = target.datetimePrecision ?? 0;
  switch (to) {
    case 'date':
      // Half a second before midnight is the next day; CAST AS DATE would not round.
      return `CAST(CAST(${reference} AS DATETIME(0)) AS DATE)`;
    case 'datetime':
      return `CAST(${reference} AS DATETIME(${precision}))`;
    case 'time': {
      const time = `CAST(${reference} AS TIME(${precision}))`;
      if (from !== 'text') return time;
      // A text without a number is no time to CAST, and 0 to a column.
      return `IF(${reference} IS NULL, NULL, IFNULL(${time}, CAST('0' AS TIME(${precision}))))`;
    }
    case 'timestamp': {
      if (from !== 'timestamp') {
        const local = `CAST(${reference} AS DATETIME(${precision}))`;
        // 0 is the zero date, but UNIX_TIMESTAMP gives it for anything before 1970 too.
        return `IF(UNIX_TIMESTAMP(${local}) = 0 AND YEAR(${local}) > 0, '!', UNIX_TIMESTAMP(${local}))`;
      }
      const moment = `UNIX_TIMESTAMP(${reference})`;
      const cut = truncatesFractions ? `TRUNCATE(${moment}, ${precision})` : moment;
      return `CAST(${cut} AS DECIMAL(20,${precision}))`;
    }
  }
}
