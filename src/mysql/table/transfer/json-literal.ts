/**
 * A JSON document as a literal that carries the types of its values, which its text does not: a DECIMAL would become a
 * DOUBLE; dates, times and bytes strings. Pure.
 */
import { changesAsText, selectChangedNodes } from '../rows/json-through-text.js';

/**
 * SQL for the value `_sw_v` in its own type; NULL for a type that SQL cannot write. Not exact: bytes that came from a BIT, BLOB
 * or BINARY column (the document keeps that type, and only a column can give it), and a TIMESTAMP column's value.
 */
const ownType = `CASE JSON_TYPE(_sw_v)
    WHEN 'DECIMAL' THEN CONCAT('CAST(', QUOTE(_sw_v), ' AS DECIMAL(65, ', IF(LOCATE('.', _sw_v) = 0, 0, LENGTH(SUBSTRING_INDEX(_sw_v, '.', -1))), '))')
    WHEN 'UNSIGNED INTEGER' THEN CONCAT('CAST(', _sw_v, ' AS UNSIGNED)')
    WHEN 'DATE' THEN CONCAT('CAST(', QUOTE(JSON_UNQUOTE(_sw_v)), ' AS DATE)')
    WHEN 'TIME' THEN CONCAT('CAST(', QUOTE(JSON_UNQUOTE(_sw_v)), ' AS TIME(6))')
    WHEN 'DATETIME' THEN CONCAT('CAST(', QUOTE(JSON_UNQUOTE(_sw_v)), ' AS DATETIME(6))')
    WHEN 'BLOB' THEN CONCAT('FROM_BASE64(', QUOTE(SUBSTRING_INDEX(JSON_UNQUOTE(_sw_v), ':', -1)), ')')
  END`;

/**
 * The literal of a document: its text, and around it what puts the values back that text does not carry.
 * @param literal of its text.
 */
export function exactJsonLiteral(document: string, literal: string): string {
  const pieces = `(${selectChangedNodes(document, `GROUP_CONCAT(', ', QUOTE(_sw_path), ', ', ${ownType} SEPARATOR '')`)})`;
  // Where nothing can be put back the text goes as it is; verification tells (P6).
  const none = `CONCAT(_binary', ''$'', CAST(', ${literal}, _binary' AS JSON)')`;
  const replaced = `CONCAT(_binary'JSON_REPLACE(', ${literal}, IFNULL(CAST(${pieces} AS BINARY), ${none}), _binary')')`;
  return `IF(${changesAsText(document)}, ${replaced}, ${literal})`;
}
