/**
 * The key by which a table is walked and its changes are followed. It must tell every row apart, never be NULL, and be
 * readable from a row event exactly as the server would print it (P1).
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { splitCreateStatement } from './create-statement.js';
import { findNamed } from './identifier.js';
import { defaultTokens } from './implicit-defaults.js';
import type { ColumnModel, IndexModel, IndexPart, TableModel } from './table-model.js';
import { typeArguments } from './type-arguments.js';

/** How the values of a key column are written as text. YEAR is an integer. */
type KeyColumnKind =
  'integer' | 'decimal' | 'bytes' | 'date' | 'datetime' | 'timestamp' | 'time' | 'enum' | 'set' | 'bit';

export interface KeyColumn {
  readonly name: string;
  /** Position in a binlog row image, from 0. */
  readonly ordinal: number;
  readonly kind: KeyColumnKind;
  readonly unsigned: boolean;
  /** The n of BINARY(n), whose trailing zero bytes the binlog leaves out; null for every other type. */
  readonly paddedLength: number | null;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly columnType: string;
  readonly dataType: string;
  /** The text of its DEFAULT, of integers only; absent where there is none. */
  readonly defaultText?: string;
  /** Direction in the index. */
  readonly descending: boolean;
}

export interface IterationKey {
  readonly indexName: string;
  /** In the order of the index; at least one. */
  readonly columns: readonly KeyColumn[];
}

const kinds: Readonly<Record<string, KeyColumnKind | undefined>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  decimal: 'decimal',
  char: 'bytes',
  varchar: 'bytes',
  binary: 'bytes',
  varbinary: 'bytes',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'timestamp',
  time: 'time',
  enum: 'enum',
  set: 'set',
  bit: 'bit',
};

/**
 * The server compares a SET with a bound as a DOUBLE, which has no more bits, and takes the 64th for a sign (tried on
 * 9.7.4): of the rows between two bounds it would leave some out.
 */
const orderedSetMembersMax = 53;

export interface KeyChoice {
  /** The server's binlog_row_image: in a MINIMAL image are only the key that the server takes, and what a row was given. */
  readonly rowImage?: string | null;
}

/**
 * The primary key where it is usable, else the best unique index that is in the binlog.
 * @throws NO_USABLE_KEY naming why each one is not.
 */
export function chooseIterationKey(table: TableModel, { rowImage }: KeyChoice = {}): IterationKey {
  const isMinimal = rowImage?.toUpperCase() === 'MINIMAL';
  const logged = isMinimal ? loggedKeyName(table) : undefined;
  const candidates = table.indexes.filter(({ unique }) => unique);
  const reasons: string[] = [];
  const usable: IterationKey[] = [];
  for (const index of candidates) {
    const problem = problemOf(index, table) ?? (isMinimal ? problemInLog(index, table, logged) : undefined);
    if (problem === undefined) usable.push(toKey(index, table));
    else reasons.push(`${index.name === 'PRIMARY' ? 'the primary key' : `unique index ${index.name}`} ${problem}`);
  }
  const best = usable.find(({ indexName }) => indexName === 'PRIMARY') ?? usable.sort(byFitness)[0];
  if (best !== undefined) return best;
  throw new SwitchyardError('NO_USABLE_KEY', {
    table: `${table.database}.${table.table}`,
    problem: reasons.length === 0 ? 'it has neither a primary key nor a unique index' : reasons.join('; '),
  });
}

/**
 * Whether two keys are equal to the server exactly when their bytes are. Only then may batches of changed keys be
 * applied side by side: two spellings of one collated key in two batches would bring a row back
 * (docs/design/copy-and-follow.md, "Convergence").
 */
export function equalityIsBytes(key: IterationKey): boolean {
  // Of the text collations only this one compares every byte; the others named _bin ignore trailing spaces.
  return key.columns.every(({ kind, charset, collation }) => {
    return kind !== 'bytes' || charset === null || charset === 'binary' || collation === 'utf8mb4_0900_bin';
  });
}

/**
 * The key by which the server finds a row when it applies a MINIMAL image: the primary key, or the first unique index, in
 * the server's own order, of whole columns that are stored and NOT NULL. Undefined: it logs whole rows (tried).
 */
function loggedKeyName(table: TableModel): string | undefined {
  if (table.indexes.some(({ name }) => name === 'PRIMARY')) return 'PRIMARY';
  const inOrder = splitCreateStatement(table.createStatement).elements.filter(
    ({ indexKind }) => indexKind === 'unique',
  );
  return inOrder.find(({ name }) => {
    const parts = findNamed(table.indexes, name)?.parts ?? [];
    return parts.every(({ column, prefixLength }) => {
      const model = column === null ? undefined : findNamed(table.columns, column);
      return prefixLength === null && model !== undefined && !model.nullable && model.generated !== 'virtual';
    });
  })?.name;
}

/** Why the values of this index are not in every MINIMAL image, or undefined. */
function problemInLog(index: IndexModel, table: TableModel, logged: string | undefined): string | undefined {
  const setting = 'binlog_row_image=MINIMAL';
  if (logged !== undefined && index.name !== logged) {
    return `is not the one that the server logs under ${setting}, which is ${logged}`;
  }
  for (const { name, defaultText } of toKey(index, table).columns) {
    if (defaultText === undefined && defaultOf(table, name) !== undefined) {
      return `has column ${name} with a DEFAULT, which ${setting} leaves out of the log`;
    }
  }
  return undefined;
}

/** The literal that stands behind DEFAULT; undefined where there is none, or a function, or an expression: those are logged. */
function defaultOf(table: TableModel, column: string): string | undefined {
  const [value] = defaultTokens(table, column);
  return value?.keyword === '' ? value.value : undefined;
}

/** As the binlog has it. */
function integerDefault(table: TableModel, { name, dataType }: ColumnModel): string | undefined {
  const text = kinds[dataType] === 'integer' ? defaultOf(table, name) : undefined;
  if (text === undefined || !/^-?\d+$/.test(text)) return undefined;
  return dataType === 'year' ? text.padStart(4, '0') : BigInt(text).toString();
}

/** Why this index cannot be the key, or undefined. */
function problemOf(index: IndexModel, table: TableModel): string | undefined {
  for (const part of index.parts) {
    const problem = problemOfPart(part, table);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfPart(part: IndexPart, table: TableModel): string | undefined {
  if (part.column === null) return 'has a part that is an expression';
  const column = findNamed(table.columns, part.column);
  if (column === undefined) return `has an unknown column ${part.column}`;
  if (part.prefixLength !== null) return `holds only the beginning of column ${column.name}`;
  if (column.nullable) return `has column ${column.name}, which can be NULL`;
  if (column.generated === 'virtual') return `has column ${column.name}, which is stored nowhere but in the index`;
  if (kinds[column.dataType] === undefined) return `has column ${column.name} of type ${column.dataType}`;
  if (column.dataType === 'set' && typeArguments(column.columnType).length > orderedSetMembersMax) {
    return `has column ${column.name}, a SET of more than ${orderedSetMembersMax} members, which the server compares inexactly`;
  }
  return undefined;
}

function toKey(index: IndexModel, table: TableModel): IterationKey {
  const columns = index.parts.flatMap((part) => {
    const column = part.column === null ? undefined : findNamed(table.columns, part.column);
    if (column === undefined) return [];
    const defaultText = integerDefault(table, column);
    const model = toKeyColumn(column, part.descending);
    return [defaultText === undefined ? model : { ...model, defaultText }];
  });
  return { indexName: index.name, columns };
}

function toKeyColumn(column: ColumnModel, descending: boolean): KeyColumn {
  const { name, ordinal, unsigned, charset, collation, columnType, dataType, octetLength } = column;
  const kind = kinds[dataType] ?? 'bytes';
  const paddedLength = dataType === 'binary' ? octetLength : null;
  return { name, ordinal, kind, unsigned, paddedLength, charset, collation, columnType, dataType, descending };
}

/** One direction first (it can be walked in the order of the index), then byte equality, then fewer columns. */
function byFitness(one: IterationKey, other: IterationKey): number {
  const cost = (key: IterationKey): number => {
    const mixed = new Set(key.columns.map(({ descending }) => descending)).size > 1;
    return (mixed ? 1_000 : 0) + (equalityIsBytes(key) ? 0 : 100) + key.columns.length;
  };
  return cost(one) - cost(other);
}
