/** What kind of value a column has, as far as comparing goes, and the facts that its type text holds. Pure. */
import type { ColumnModel } from '../../../schema/table-model.js';
import { typeArguments } from '../../../schema/type-arguments.js';

export type ColumnKind =
  | 'integer'
  | 'year'
  | 'bit'
  | 'decimal'
  | 'real'
  | 'text'
  | 'binary'
  | 'date'
  | 'datetime'
  | 'timestamp'
  | 'time'
  | 'enum'
  | 'set'
  | 'json'
  | 'geometry'
  | 'vector';

const kinds: Readonly<Record<string, ColumnKind>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'year',
  bit: 'bit',
  decimal: 'decimal',
  float: 'real',
  double: 'real',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'timestamp',
  time: 'time',
  enum: 'enum',
  set: 'set',
  json: 'json',
  geometry: 'geometry',
  point: 'geometry',
  linestring: 'geometry',
  polygon: 'geometry',
  multipoint: 'geometry',
  multilinestring: 'geometry',
  multipolygon: 'geometry',
  geomcollection: 'geometry',
  geometrycollection: 'geometry',
  vector: 'vector',
};

/** The kind of the column's values, or undefined for a type that is not known here. */
export function columnKind({ dataType }: ColumnModel): ColumnKind | undefined {
  return kinds[dataType];
}

/** Whether both columns store every value in the same way: collations and defaults may differ. */
export function isSameType(source: ColumnModel, target: ColumnModel): boolean {
  return (
    source.dataType === target.dataType && source.columnType === target.columnType && source.charset === target.charset
  );
}

/** The n of `varchar(n)`, `binary(n)` …; 1 where the type has none. */
export function typeLength({ columnType }: ColumnModel): number {
  return Number(/^\w+\((\d+)\)/.exec(columnType)?.[1] ?? 1);
}

/** Numbers of such columns are padded with zeros when they are read as text. */
export function isZerofill({ columnType }: ColumnModel): boolean {
  return /\bzerofill\b/.test(columnType.replace(/^(enum|set)\(.*$/s, ''));
}

/** Whether the target's list begins with the source's, so that positions mean the same. */
export function keepsPositions(source: ColumnModel, target: ColumnModel): boolean {
  const longer = typeArguments(target.columnType);
  return (
    source.charset === target.charset &&
    typeArguments(source.columnType).every((member, index) => member === longer[index])
  );
}
