/**
 * SQL about the values in one JSON document that do not survive being written as text and read again: a DECIMAL becomes a
 * DOUBLE; dates, times and binary values become strings; a small UNSIGNED INTEGER becomes an INTEGER. Pure. All literals
 * and columns have their character set, since the session that renders rows has one of its own.
 */
import { jsonValue } from './own-value.js';

/** The document that another server makes of this one's text. */
export function throughText(document: string): string {
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
