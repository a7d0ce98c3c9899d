/**
 * What ALTER TABLE fills into new columns and an INSERT would not: into a NOT NULL column without a default, which INSERT
 * refuses in strict mode (tried for every type), zero, the empty string, the first member of an ENUM; and the clock of the
 * server's time zone, where rows are copied in UTC.
 */
import { columnTokens } from './create-statement.js';
import { findNamed } from './identifier.js';
import type { ColumnModel, TableModel } from './table-model.js';
import type { Token } from './tokens.js';

export interface ImplicitDefault {
  readonly target: ColumnModel;
  /** An SQL literal to insert. */
  readonly literal: string;
}

const literals: Readonly<Record<string, string | undefined>> = {
  ...namesTo('0', ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'bit', 'year']),
  // A zero date is refused where sql_mode has NO_ZERO_DATE.
  ...namesTo('0', ['time', 'date', 'datetime', 'timestamp']),
  ...namesTo("''", ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'set']),
  ...namesTo("''", ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']),
  ...namesTo('1', ['enum']),
  ...namesTo("'null'", ['json']),
};

/**
 * For the added columns that need one. Spatial and vector columns have none: the server refuses rows without a value.
 * @param added names of shadow columns without a predecessor.
 */
export function implicitDefaults(shadow: TableModel, added: readonly string[]): readonly ImplicitDefault[] {
  return added.flatMap((name) => {
    const target = findNamed(shadow.columns, name);
    if (target === undefined || target.nullable || target.generated !== 'none' || target.autoIncrement) return [];
    if (defaultTokens(shadow, name).length > 0) return [];
    const literal = literals[target.dataType];
    return literal === undefined ? [] : [{ target, literal }];
  });
}

/** @param clock what the clock shows when the migration begins, in the zone of a native ALTER. */
export function clockDefaults(shadow: TableModel, added: readonly string[], clock: string): readonly ImplicitDefault[] {
  return added.flatMap((name) => {
    const target = findNamed(shadow.columns, name);
    // A TIMESTAMP is the same moment in every zone.
    const isClock = target?.dataType === 'datetime' && isClockDefault(defaultTokens(shadow, name));
    return isClock ? [{ target, literal: `'${clock}'` }] : [];
  });
}

/** What stands behind DEFAULT in the column's definition; empty where it has none. */
export function defaultTokens(table: TableModel, column: string): readonly Token[] {
  const tokens = columnTokens(table.createStatement, column);
  const at = tokens.findIndex(({ keyword }) => keyword === 'DEFAULT');
  return at < 0 ? [] : tokens.slice(at + 1);
}

/** Whether it is the clock itself, and no expression. */
export function isClockDefault([first]: readonly Token[]): boolean {
  return first?.keyword === 'CURRENT_TIMESTAMP';
}

function namesTo(literal: string, dataTypes: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(dataTypes.map((dataType) => [dataType, literal]));
}
