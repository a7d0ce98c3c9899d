/**
 * How a value is read so that equal text means equal value, to the last bit, and nothing else does: the form in which
 * both sides are compared. Serves P1 and P6.
 */
import type { ColumnModel } from '../../../schema/table-model.js';
import { isZerofill, type ColumnKind } from './column-kind.js';

/** A number without the zeros that ZEROFILL puts before it. */
export function numberOf(column: ColumnModel, reference: string): string {
  return isZerofill(column) || column.dataType === 'year' ? `(${reference} + 0)` : reference;
}

/**
 * The types of all values in a JSON document. Its text alone does not tell DECIMAL 1.5 from DOUBLE 1.5, nor a date from a
 * string. The order in which paths with wildcards are found depends on the document only. Hashed by SHA2, since a CRC of
 * two values that change their types alike would cancel out.
 */
function jsonTypes(document: string): string {
  return `(SELECT HEX(BIT_XOR(UNHEX(SHA2(CONCAT_WS(',', _sw_i, JSON_TYPE(_sw_v), 'a', _sw_j, JSON_TYPE(_sw_w)), 224))))
    FROM JSON_TABLE(${document}, _utf8mb4'$' COLUMNS (
      NESTED PATH _utf8mb4'$**.*' COLUMNS (_sw_i FOR ORDINALITY, _sw_v JSON PATH _utf8mb4'$'),
      NESTED PATH _utf8mb4'$**[*]' COLUMNS (_sw_j FOR ORDINALITY, _sw_w JSON PATH _utf8mb4'$'))) AS _sw_nodes)`;
}

/**
 * A number of type FLOAT or DOUBLE with all its digits. FLOAT as text has six only, and CAST AS DOUBLE has no room for the
 * last ones of numbers such as -2.2250738585072014e-308 (tried); JSON has.
 */
export function realText(number: string): string {
  return `CAST(CAST(${number} AS DOUBLE) AS JSON)`;
}

/** A JSON document, exactly. It is written into the SQL several times. */
export function jsonValue(document: string): string {
  return `CONCAT(SHA2(${document}, 256), JSON_TYPE(${document}), ${jsonTypes(document)})`;
}

/**
 * The value of a column in its own form. Kinds `text`, `binary`, `geometry` and `vector` give bytes; all others text
 * without a comma. NULL for NULL.
 */
export function ownValue(kind: ColumnKind, column: ColumnModel, reference: string): string {
  switch (kind) {
    case 'integer':
    case 'year':
    case 'decimal':
      return numberOf(column, reference);
    case 'set':
      // Its bits; a sum would take the 64th for a sign.
      return `(${reference} | 0)`;
    case 'bit':
    case 'enum':
      // An ENUM may have the empty text as a member, which the error value looks like: positions tell them apart.
      return `(${reference} + 0)`;
    case 'real':
      return realText(reference);
    case 'timestamp':
      // The moment, not what the clock of some zone shows.
      return `UNIX_TIMESTAMP(${reference})`;
    case 'json':
      return jsonValue(reference);
    default:
      return reference;
  }
}

/** Whether values of this kind may be any bytes, so that they need their length or a hash. */
export function isBytes(kind: ColumnKind): boolean {
  return kind === 'text' || kind === 'binary' || kind === 'geometry' || kind === 'vector';
}
