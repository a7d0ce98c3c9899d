/**
 * What ALTER TABLE fills into a new NOT NULL column without a default, and INSERT in strict mode refuses to (tried for
 * every type): zero, the empty string, the first member of an ENUM.
 */
import { createModes, splitCreateStatement } from './create-statement.js';
import { findNamed } from './identifier.js';
import type { ColumnModel, TableModel } from './table-model.js';
import { outerTokens } from './token-cursor.js';
import { significantTokens, tokenize } from './tokens.js';

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
  const { elements } = splitCreateStatement(shadow.createStatement);
  const definitions = elements.filter(({ kind }) => kind === 'column');
  return added.flatMap((name) => {
    const target = findNamed(shadow.columns, name);
    if (target === undefined || target.nullable || target.generated !== 'none' || target.autoIncrement) return [];
    const tokens = significantTokens(tokenize(findNamed(definitions, name)?.text ?? '', createModes).tokens);
    if (outerTokens(tokens).some(({ keyword }) => keyword === 'DEFAULT')) return [];
    const literal = literals[target.dataType];
    return literal === undefined ? [] : [{ target, literal }];
  });
}

function namesTo(literal: string, dataTypes: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(dataTypes.map((dataType) => [dataType, literal]));
}
