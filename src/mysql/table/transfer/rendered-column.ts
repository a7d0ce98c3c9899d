/**
 * How a value is written as text by the source server, and how the target takes it back, exactly, for every type (P1).
 * Pure. Text and bytes keep their own bytes (no character set is converted), quoted by QUOTE(), which LOAD DATA and SQL
 * read alike; NULL is the bare word. All literals are binary, so that the server converts nothing when it joins them.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { quoteColumn } from '../../../schema/identifier.js';
import type { ColumnModel, TableName } from '../../../schema/table-model.js';
import type { JsonWay } from '../rows/table-plan.js';
import { columnKind, type ColumnKind } from '../rows/column-kind.js';
import { changesAsText } from '../rows/json-through-text.js';
import { exactJsonLiteral } from './json-literal.js';

export interface RenderedColumn {
  readonly name: string;
  /** A field of a LOAD DATA line. */
  readonly field: string;
  /** A literal of an INSERT statement. */
  readonly literal: string;
  /** The value from a field that LOAD DATA has put into a variable; undefined where it is assigned as it is. */
  readonly fromField: ((variable: string) => string) | undefined;
  /** 1 for a value that cannot be written without a warning: the error value of an ENUM. Undefined where there is none. */
  readonly warns: string | undefined;
  /** 1 for a value that no line can carry, but a literal can: a JSON document with values beyond text. */
  readonly needsLiteral: string | undefined;
  /** As many bytes as the rendered value can have. */
  readonly bytesMax: number;
}

/** @param table of the column. @throws COLUMN_NOT_TRANSFERABLE for a type that is not known here. */
export function renderedColumn(table: TableName, column: ColumnModel, json: JsonWay): RenderedColumn {
  const kind = columnKind(column);
  if (kind === undefined) {
    throw new SwitchyardError('COLUMN_NOT_TRANSFERABLE', { column: column.name, type: column.columnType });
  }
  const reference = quoteColumn(table, column.name);
  const text = textOf(kind, column, reference);
  return {
    name: column.name,
    field: text,
    literal: literalOf(kind, text, reference, column.nullable, json),
    fromField: fromField(kind),
    needsLiteral: kind === 'json' && json === 'exact' ? `IFNULL(${changesAsText(reference)}, 0)` : undefined,
    warns: kind === 'enum' ? `IFNULL(${reference} + 0 = 0, 0)` : undefined,
    // A byte becomes two where it is escaped; 100 is more than any number or date takes.
    bytesMax: isLarge(kind) ? Infinity : 2 * (column.octetLength ?? 0) + 100,
  };
}

/** Types without a length of their own in the model. */
function isLarge(kind: ColumnKind): boolean {
  return kind === 'json' || kind === 'geometry' || kind === 'vector';
}

function textOf(kind: ColumnKind, column: ColumnModel, reference: string): string {
  const bare = (sql: string): string => (column.nullable ? `IFNULL(${sql}, _binary'NULL')` : sql);
  switch (kind) {
    case 'integer':
    case 'decimal':
      return bare(reference);
    case 'enum':
      // Its position: the text may be that of another member's position, and empty for two reasons.
      return bare(`${reference} + 0`);
    case 'set':
      // Its bits; a sum would take the 64th for a sign.
      return bare(`${reference} | 0`);
    case 'real':
      return `QUOTE(${realText(column, reference)})`;
    case 'year':
    case 'date':
    case 'datetime':
    case 'timestamp':
    case 'time':
      return `QUOTE(${reference})`;
    case 'text':
    case 'binary':
    case 'bit':
    case 'json':
    case 'geometry':
    case 'vector':
      return `QUOTE(CAST(${reference} AS BINARY))`;
  }
}

/**
 * All digits. A DOUBLE's own text has them; that of a FLOAT has six, and that of a type with decimals has only these. What
 * CAST AS DOUBLE gives has them too, but is cut at 22 characters as text (tried: -2.2250738585072014e-308); as JSON it is
 * not. Quoted by the caller, since the number -0 would be 0.
 */
function realText({ dataType, columnType }: ColumnModel, reference: string): string {
  const isPlain = dataType === 'double' && !columnType.includes('(');
  return isPlain ? reference : `CAST(CAST(CAST(${reference} AS DOUBLE) AS JSON) AS BINARY)`;
}

function literalOf(kind: ColumnKind, text: string, reference: string, nullable: boolean, json: JsonWay): string {
  const introducer = introducerOf(kind);
  if (introducer === undefined) return text;
  const asText = `CONCAT(_binary'${introducer}', ${text})`;
  const literal = kind === 'json' && json === 'exact' ? exactJsonLiteral(reference, asText) : asText;
  return nullable ? `IF(ISNULL(${reference}), _binary'NULL', ${literal})` : literal;
}

/** A literal must not be read as text of the session's character set, apart from JSON, which takes no other. */
function introducerOf(kind: ColumnKind): string | undefined {
  if (kind === 'json') return '_utf8mb4';
  const isBytes = kind === 'text' || kind === 'binary' || kind === 'bit' || kind === 'geometry' || kind === 'vector';
  return isBytes ? '_binary' : undefined;
}

function fromField(kind: ColumnKind): RenderedColumn['fromField'] {
  switch (kind) {
    case 'enum':
    case 'set':
      return (variable) => `CAST(${variable} AS UNSIGNED)`;
    case 'json':
      return (variable) => `CONVERT(${variable} USING utf8mb4)`;
    default:
      return undefined;
  }
}
