/**
 * A JSON document as a literal that carries the types of its values, which its text does not: a DECIMAL would become a
 * DOUBLE; dates, times and bytes strings. Pure.
 */
import { changesAsText, selectChangedNodes } from '../verify/json-text.js';

/**
 * SQL for the value `v` in its own type; NULL for a type that SQL cannot write. Not exact: bytes that came from a BIT, BLOB
 * or BINARY column (the document keeps that type, and only a column can give it), and a TIMESTAMP column's value.
 */
const ownType = `CASE JSON_TYPE(v)
    WHEN 'DECIMAL' THEN CONCAT('CAST(', QUOTE(v), ' AS DECIMAL(65, ', IF(LOCATE('.', v) = 0, 0, LENGTH(SUBSTRING_INDEX(v, '.', -1))), '))')
    WHEN 'UNSIGNED INTEGER' THEN CONCAT('CAST(', v, ' AS UNSIGNED)')
    WHEN 'DATE' THEN CONCAT('CAST(', QUOTE(JSON_UNQUOTE(v)), ' AS DATE)')
    WHEN 'TIME' THEN CONCAT('CAST(', QUOTE(JSON_UNQUOTE(v)), ' AS TIME(6))')
    WHEN 'DATETIME' THEN CONCAT('CAST(', QUOTE(JSON_UNQUOTE(v)), ' AS DATETIME(6))')
    WHEN 'BLOB' THEN CONCAT('FROM_BASE64(', QUOTE(SUBSTRING_INDEX(JSON_UNQUOTE(v), ':', -1)), ')')
  END`;

/**
 * The literal of a document: its text, and around it what puts the values back that text does not carry.
 * @param literal of its text.
 */
export function exactJsonLiteral(document: string, literal: string): string {
  const pieces = `(${selectChangedNodes(document, `GROUP_CONCAT(', ', QUOTE(path), ', ', ${ownType} SEPARATOR '')`)})`;
  // Where nothing can be put back the text goes as it is; verification tells (P6).
  const none = `CONCAT(_binary', ''$'', CAST(', ${literal}, _binary' AS JSON)')`;
  const replaced = `CONCAT(_binary'JSON_REPLACE(', ${literal}, IFNULL(CAST(${pieces} AS BINARY), ${none}), _binary')')`;
  return `IF(${changesAsText(document)}, ${replaced}, ${literal})`;
}
