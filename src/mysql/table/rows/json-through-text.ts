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

/**
 * Reads `list` from the scalars of one document that have another type after they were text: `_sw_v` at `_sw_path`.
 * @param document with its table's name, or a query.
 */
export function selectChangedNodes(document: string, list: string): string {
  return `WITH RECURSIVE _sw_nodes (_sw_path, _sw_v) AS (
      SELECT CAST(_utf8mb4'$' AS CHAR(10000) CHARACTER SET utf8mb4), ${document}
      UNION ALL
      SELECT CONCAT(_sw_path, _utf8mb4'.', JSON_QUOTE(_sw_name)), JSON_EXTRACT(_sw_v, CONCAT(_utf8mb4'$.', JSON_QUOTE(_sw_name)))
        FROM _sw_nodes, JSON_TABLE(JSON_KEYS(_sw_v), _utf8mb4'$[*]' COLUMNS (_sw_name LONGTEXT CHARACTER SET utf8mb4 PATH _utf8mb4'$')) AS _sw_members
        WHERE JSON_TYPE(_sw_v) = 'OBJECT'
      UNION ALL
      SELECT CONCAT(_sw_path, _utf8mb4'[', _sw_i - 1, _utf8mb4']'), JSON_EXTRACT(_sw_v, CONCAT(_utf8mb4'$[', _sw_i - 1, _utf8mb4']'))
        FROM _sw_nodes, JSON_TABLE(_sw_v, _utf8mb4'$[*]' COLUMNS (_sw_i FOR ORDINALITY)) AS _sw_items WHERE JSON_TYPE(_sw_v) = 'ARRAY')
    SELECT ${list} FROM _sw_nodes
     WHERE JSON_TYPE(_sw_v) NOT IN ('OBJECT', 'ARRAY') AND JSON_TYPE(_sw_v) <> JSON_TYPE(${throughText('_sw_v')})`;
}
