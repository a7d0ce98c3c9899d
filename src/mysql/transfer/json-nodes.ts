/**
 * SQL about the values in one JSON document that do not survive being written as text and read again: a DECIMAL becomes a
 * DOUBLE; dates, times and binary values become strings; a small UNSIGNED INTEGER becomes an INTEGER. Pure. All literals
 * and columns have their character set, since the session that renders rows has one of its own.
 */
import { jsonValue } from '../verify/own-value.js';

function throughText(document: string): string {
  return `CAST(CAST(${document} AS CHAR CHARACTER SET utf8mb4) AS JSON)`;
}

/** Whether the document is another one after it was text: tried, so that no list of types has to be complete (P5). */
export function changesAsText(document: string): string {
  return `${jsonValue(document)} <> ${jsonValue(throughText(document))}`;
}

/** Reads `list` from the scalars of one document that have another type after they were text: `v` at `path`. */
export function selectChangedNodes(document: string, list: string): string {
  return `WITH RECURSIVE nodes (path, v) AS (
      SELECT CAST(_utf8mb4'$' AS CHAR(10000) CHARACTER SET utf8mb4), ${document}
      UNION ALL
      SELECT CONCAT(path, _utf8mb4'.', JSON_QUOTE(name)), JSON_EXTRACT(v, CONCAT(_utf8mb4'$.', JSON_QUOTE(name)))
        FROM nodes, JSON_TABLE(JSON_KEYS(v), _utf8mb4'$[*]' COLUMNS (name LONGTEXT CHARACTER SET utf8mb4 PATH _utf8mb4'$')) AS members
        WHERE JSON_TYPE(v) = 'OBJECT'
      UNION ALL
      SELECT CONCAT(path, _utf8mb4'[', i - 1, _utf8mb4']'), JSON_EXTRACT(v, CONCAT(_utf8mb4'$[', i - 1, _utf8mb4']'))
        FROM nodes, JSON_TABLE(v, _utf8mb4'$[*]' COLUMNS (i FOR ORDINALITY)) AS items WHERE JSON_TYPE(v) = 'ARRAY')
    SELECT ${list} FROM nodes
     WHERE JSON_TYPE(v) NOT IN ('OBJECT', 'ARRAY') AND JSON_TYPE(v) <> JSON_TYPE(${throughText('v')})`;
}

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
