/** What a revert of the change could not bring back (P7): said before the change is made, column by column. */
import type { ColumnModel, IndexModel, TableModel } from './table-model.js';
import { foldName } from './identifier.js';
import { typeArguments } from './type-arguments.js';

export interface NonRevertible {
  /** A column of the table as it was; for a lost unique index, its columns. */
  readonly column: string;
  readonly why: string;
}

export interface RevertQuestion {
  readonly source: TableModel;
  readonly shadow: TableModel;
  readonly pairs: readonly { readonly source: ColumnModel; readonly target: ColumnModel }[];
  readonly dropped: readonly string[];
}

/** Columns whose new values the old table may not take. */
export function nonRevertibleColumns(question: RevertQuestion): readonly NonRevertible[] {
  const { source, shadow, pairs, dropped } = question;
  const stored = new Set(source.columns.filter(({ generated }) => generated === 'none').map(({ name }) => name));
  return [
    ...dropped
      .filter((name) => stored.has(name))
      .map((column) => ({ column, why: 'is dropped: rows written after the change have no value for it' })),
    ...pairs.flatMap(({ source: column, target }) => {
      if (column.generated !== 'none') return [];
      const why = whyNotBack(column, target);
      return why === undefined ? [] : [{ column: column.name, why }];
    }),
    ...source.indexes
      .filter((index) => index.unique && !shadow.indexes.some((other) => isAsStrict(other, index, question)))
      .map((index) => ({ column: columnsOf(index), why: `unique index ${index.name} is gone: duplicates may come` })),
  ];
}

function columnsOf(index: IndexModel): string {
  return index.parts.map(({ column }) => column ?? '(expression)').join(', ');
}

/** Whether a unique index of the shadow refuses at least the duplicates that `index` refuses. */
function isAsStrict(candidate: IndexModel, index: IndexModel, { pairs }: RevertQuestion): boolean {
  if (!candidate.unique) return false;
  const wanted = index.parts.map(({ column }) => {
    const pair = pairs.find(({ source }) => column !== null && foldName(source.name) === foldName(column));
    return pair === undefined ? null : foldName(pair.target.name);
  });
  if (wanted.includes(null)) return candidate.name === index.name && candidate.parts.length === index.parts.length;
  return candidate.parts.every(({ column }) => column !== null && wanted.includes(foldName(column)));
}

function whyNotBack(source: ColumnModel, target: ColumnModel): string | undefined {
  if (target.nullable && !source.nullable) return 'takes NULL now, which it did not';
  if (source.columnType === target.columnType && source.charset === target.charset) return undefined;
  return fitsBack(source, target)
    ? undefined
    : `is ${target.columnType} now: its values may not fit ${source.columnType}`;
}

const integerBits: Readonly<Record<string, number | undefined>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};

/** Whether every value of the target's type is a value of the source's; false where it is not sure. */
function fitsBack(source: ColumnModel, target: ColumnModel): boolean {
  const sourceBits = integerBits[source.dataType];
  const targetBits = integerBits[target.dataType];
  if (sourceBits !== undefined && targetBits !== undefined) {
    if (source.unsigned === target.unsigned) return targetBits <= sourceBits;
    return target.unsigned && targetBits < sourceBits;
  }
  if (source.dataType !== target.dataType || source.charset !== target.charset) return false;
  switch (source.dataType) {
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
      return (target.octetLength ?? Infinity) <= (source.octetLength ?? 0);
    case 'decimal': {
      const scale = source.numericScale ?? 0;
      const wholeDigits = (source.numericPrecision ?? 0) - scale;
      const targetScale = target.numericScale ?? 0;
      const targetWhole = (target.numericPrecision ?? 0) - targetScale;
      return targetScale <= scale && targetWhole <= wholeDigits && (!source.unsigned || target.unsigned);
    }
    case 'datetime':
    case 'timestamp':
    case 'time':
      return (target.datetimePrecision ?? 0) <= (source.datetimePrecision ?? 0);
    case 'enum':
    case 'set': {
      const members = new Set(typeArguments(source.columnType));
      return typeArguments(target.columnType).every((member) => members.has(member));
    }
    default:
      return false;
  }
}
