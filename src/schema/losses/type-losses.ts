/**
 * What values of one column's type may lose in another. Where the server refuses what does not fit, the new type is
 * narrower; where it rounds or cuts and says nothing (a note at most, also in strict mode), it destroys. Each pair here
 * was tried on a server (test/mysql/migration/losses.test.ts).
 */
import type { ColumnModel } from '../table-model.js';
import { labelLosses, labelsWidth } from './label-losses.js';
import type { TypeLoss } from './loss.js';
import { isLess, numberOf, type NumberType } from './number-type.js';
import { charsetLosses, isBinary, textFits, textOf, widthFits } from './text-type.js';

type Family = 'number' | 'text' | 'label' | 'moment' | 'json' | 'spatial' | 'vector' | 'other';

const families: Readonly<Record<string, Family | undefined>> = {
  ...of('number', ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'bit', 'year']),
  ...of('text', ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']),
  ...of('text', ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']),
  ...of('label', ['enum', 'set']),
  ...of('moment', ['date', 'datetime', 'timestamp', 'time']),
  ...of('json', ['json']),
  ...of('vector', ['vector']),
  ...of('spatial', ['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon']),
  ...of('spatial', ['geomcollection', 'geometrycollection']),
};

function of(family: Family, dataTypes: readonly string[]): Readonly<Record<string, Family>> {
  return Object.fromEntries(dataTypes.map((dataType) => [dataType, family]));
}

/** Both are stored columns. Empty where every value of the one is a value of the other. */
export function typeLosses(source: ColumnModel, target: ColumnModel): readonly TypeLoss[] {
  const from = families[source.dataType] ?? 'other';
  const to = families[target.dataType] ?? 'other';
  const sameType = source.columnType === target.columnType && source.charset === target.charset;
  if (sameType) return from === 'spatial' ? spatialLosses(source, target) : [];
  const change = changeOf(source, target);
  if (from === to) return withinFamily(from, source, target, change);
  if (to !== 'text') {
    // A number is a JSON value as it is.
    const stays = from === 'number' && to === 'json';
    return stays
      ? []
      : [
          {
            code: 'TYPE_CHANGED',
            what: `${change}: what is no such value stops the migration, and how a value was written is lost`,
          },
        ];
  }
  return [
    ...(source.dataType === 'float' ? [rounded(change, 'six digits of each number are kept')] : []),
    ...(widthFits(widthOf(from, source), target) ? [] : [shorter(change)]),
    ...(from === 'label' ? charsetLosses(source, target, change) : []),
  ];
}

function withinFamily(family: Family, source: ColumnModel, target: ColumnModel, change: string): readonly TypeLoss[] {
  switch (family) {
    case 'number':
      return numberLosses(numberOf(source), numberOf(target), change);
    case 'text':
      return textLosses(source, target, change);
    case 'label':
      return [...labelLosses(source, target, change), ...charsetLosses(source, target, change)];
    case 'moment':
      return momentLosses(source, target, change);
    case 'spatial':
      return spatialLosses(source, target);
    case 'vector':
      return argumentOf(target) < argumentOf(source) ? [subtype(change)] : [];
    default:
      return [{ code: 'TYPE_CHANGED', what: `${change}: it is not known what that makes of its values` }];
  }
}

function changeOf(source: ColumnModel, target: ColumnModel): string {
  const charset = source.charset !== target.charset && source.charset !== null && target.charset !== null;
  const spelled = (column: ColumnModel): string =>
    charset ? `${column.columnType} in ${column.charset}` : column.columnType;
  return `changes from ${spelled(source)} to ${spelled(target)}`;
}

function shorter(change: string): TypeLoss {
  return { code: 'LENGTH_SHORTER', what: `${change}: a longer value stops the migration, a later one is refused` };
}

function rounded(change: string, how: string): TypeLoss {
  return { code: 'PRECISION_LOWER', what: `${change}: ${how}, and nothing is said of it` };
}

function outOfRange(change: string): TypeLoss {
  return { code: 'RANGE_SMALLER', what: `${change}: a value outside stops the migration, a later one is refused` };
}

function subtype(change: string): TypeLoss {
  return { code: 'SUBTYPE_SMALLER', what: `${change}: another value stops the migration, a later one is refused` };
}

function numberLosses(source: NumberType, target: NumberType, change: string): readonly TypeLoss[] {
  return [
    ...(isLess(source, target) ? [outOfRange(change)] : []),
    ...(target.scale < source.scale ? [rounded(change, 'digits behind the point are rounded away')] : []),
    ...(target.scale >= source.scale && target.keepsBits < source.needsBits
      ? [rounded(change, 'numbers with many digits are rounded')]
      : []),
  ];
}

function textLosses(source: ColumnModel, target: ColumnModel, change: string): readonly TypeLoss[] {
  const trims = target.dataType === 'char' && source.dataType !== 'char';
  return [
    ...(textFits(textOf(source), textOf(target)) ? [] : [shorter(change)]),
    ...charsetLosses(source, target, change),
    ...(trims && !isBinary(source)
      ? [{ code: 'TRAILING_SPACES_DROPPED', what: `${change}: spaces at the end of a value are not kept` } as const]
      : []),
  ];
}

/** Which parts a moment of this type has. */
const momentParts: Readonly<Record<string, readonly ('date' | 'time')[]>> = {
  date: ['date'],
  time: ['time'],
  datetime: ['date', 'time'],
  timestamp: ['date', 'time'],
};

function momentLosses(source: ColumnModel, target: ColumnModel, change: string): readonly TypeLoss[] {
  const kept = momentParts[target.dataType] ?? [];
  const gone = (momentParts[source.dataType] ?? []).find((part) => !kept.includes(part));
  const isTimestamp = target.dataType === 'timestamp' && source.dataType !== 'timestamp';
  const hasTime = kept.includes('time') && gone !== 'time';
  const coarser = hasTime && (target.datetimePrecision ?? 0) < (source.datetimePrecision ?? 0);
  return [
    ...(gone === undefined
      ? []
      : [rounded(change, gone === 'time' ? 'the time of day is dropped' : 'the date is dropped')]),
    ...(isTimestamp ? [outOfRange(change)] : []),
    // A time lasts up to 838 hours, and becomes one of today.
    ...(source.dataType === 'time' && kept.includes('date') && gone === undefined ? [outOfRange(change)] : []),
    ...(coarser ? [rounded(change, 'fractions of a second are rounded away')] : []),
  ];
}

/** What each type of geometry may hold besides itself. */
const geometries: Readonly<Record<string, readonly string[] | undefined>> = {
  geomcollection: ['multipoint', 'multilinestring', 'multipolygon'],
};

function spatialLosses(source: ColumnModel, target: ColumnModel): readonly TypeLoss[] {
  const from = source.dataType.replace('geometrycollection', 'geomcollection');
  const to = target.dataType.replace('geometrycollection', 'geomcollection');
  const holds = to === 'geometry' || to === from || geometries[to]?.includes(from) === true;
  const fixesSystem = target.srsId !== null && target.srsId !== source.srsId;
  return [
    ...(holds ? [] : [subtype(changeOf(source, target))]),
    ...(fixesSystem ? [subtype(`takes only values in spatial reference system ${target.srsId}`)] : []),
  ];
}

/** The characters of the longest value as text; all of them ASCII, apart from labels. */
function widthOf(family: Family, source: ColumnModel): number {
  switch (family) {
    case 'number':
      return numberOf(source).width;
    case 'label':
      return labelsWidth(source);
    case 'moment':
      return momentWidth(source);
    case 'json':
      return jsonBytesMax;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** What max_allowed_packet can be. */
const jsonBytesMax = 1_073_741_824;

function momentWidth({ dataType, datetimePrecision }: ColumnModel): number {
  const fraction = datetimePrecision === null || datetimePrecision === 0 ? 0 : datetimePrecision + 1;
  if (dataType === 'date') return '2026-11-30'.length;
  return (dataType === 'time' ? '-838:59:59'.length : '2026-11-30 12:00:00'.length) + fraction;
}

/** The number in parentheses of a type. */
function argumentOf({ columnType }: ColumnModel): number {
  return Number(/\((\d+)/.exec(columnType)?.[1] ?? 0);
}
