/**
 * Compares the definitions of a table and of its empty copy in the data dictionary, value by value. What cannot be carried
 * is named before anything is copied: after the swap nobody would look for it (P1).
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { definitionFingerprintText, splitCreateStatement } from '../../../schema/create-statement.js';
import { hasOtherCharset } from '../../../schema/exact-expression.js';
import type { TableModel, TableName } from '../../../schema/table-model.js';
import { showCreateTable } from '../../server/introspect/load-table.js';
import type { Session } from '../../server/session/session.js';

type Values = Readonly<Record<string, unknown>>;

interface Part {
  /** What its rows are, for people; the column `name` says which one. */
  readonly what: string;
  readonly sql: string;
}

/**
 * The order of a part is the server's own. A literal default of a TIMESTAMP is left to SHOW CREATE TABLE: the dictionary
 * keeps its text in the zone of the session that made the table (tried on 9.7.4); and so are the expressions of
 * partitions, which it keeps with the quotes of that session.
 */
const parts: readonly Part[] = [
  {
    what: 'column',
    sql: `SELECT column_name AS name, column_type, is_nullable, character_set_name, collation_name, column_comment, extra,
                 srs_id, generation_expression AS expression,
                 IF(data_type = 'timestamp' AND extra NOT LIKE '%DEFAULT_GENERATED%', NULL, column_default) AS expression_2
            FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`,
  },
  {
    what: 'column',
    sql: `SELECT column_name AS name, CAST(engine_attribute AS CHAR) AS engine_attribute,
                 CAST(secondary_engine_attribute AS CHAR) AS secondary_engine_attribute
            FROM information_schema.columns_extensions WHERE table_schema = ? AND table_name = ? ORDER BY column_name`,
  },
  {
    what: 'index',
    sql: `SELECT index_name AS name, non_unique, seq_in_index, column_name, collation, sub_part, nullable, index_type,
                 index_comment, is_visible, expression
            FROM information_schema.statistics WHERE table_schema = ? AND table_name = ?
           ORDER BY index_name, seq_in_index`,
  },
  {
    what: 'partition',
    sql: `SELECT partition_name AS name, subpartition_name, partition_method, subpartition_method, partition_description, partition_comment, nodegroup
            FROM information_schema.partitions WHERE table_schema = ? AND table_name = ?
           ORDER BY partition_ordinal_position, subpartition_ordinal_position`,
  },
  {
    what: 'table option',
    sql: `SELECT 'of the table' AS name, engine, table_collation, create_options, table_comment
            FROM information_schema.tables WHERE table_schema = ? AND table_name = ?`,
  },
  {
    what: 'table option',
    sql: `SELECT 'of the table' AS name, CAST(engine_attribute AS CHAR) AS engine_attribute,
                 CAST(secondary_engine_attribute AS CHAR) AS secondary_engine_attribute
            FROM information_schema.tables_extensions WHERE table_schema = ? AND table_name = ?`,
  },
];

/**
 * What is defined otherwise in `copy`, in words; empty where nothing is.
 * @param session with the reading settings. @param table as it was read in them.
 */
export async function definitionDifferences(
  session: Session,
  table: TableModel,
  copy: TableName,
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const { what, sql } of parts) {
    const wanted = await session.rows<Values>(sql, [table.database, table.table]);
    const made = await session.rows<Values>(sql, [copy.database, copy.table]);
    for (let index = 0; index < Math.max(wanted.length, made.length); index += 1) {
      const difference = differenceOf(wanted[index], made[index]);
      if (difference !== undefined) differences.push(`${what} ${difference}`);
    }
  }
  return [...differences, ...textDifferences(table.createStatement, await showCreateTable(session, copy))];
}

/** DEFINITION_NOT_CARRIED of a table. */
export function notCarried({ database, table }: TableName, differences: readonly string[]): SwitchyardError {
  return new SwitchyardError('DEFINITION_NOT_CARRIED', {
    table: `${database}.${table}`,
    problem: differences.join('; '),
  });
}

function differenceOf(wanted: Values | undefined, made: Values | undefined): string | undefined {
  if (wanted === undefined || made === undefined) return `${nameOf(wanted ?? made ?? {})} (missing on one side)`;
  const different = Object.keys(wanted).filter((field) => isDifferent(field, wanted[field], made[field]));
  return different.length === 0 ? undefined : `${nameOf(wanted)} (${different.join(', ')})`;
}

function nameOf(values: Values): string {
  return String(values.name ?? '');
}

function isDifferent(field: string, wanted: unknown, made: unknown): boolean {
  return field.startsWith('expression') ? !isSameExpression(wanted, made) : wanted !== made;
}

/** Text that is, or becomes, one of another character set the server itself spells anew when it copies a definition. */
export function isSameExpression(wanted: unknown, made: unknown): boolean {
  if (wanted === made) return true;
  return typeof wanted === 'string' && typeof made === 'string' && [wanted, made].some(hasOtherCharset);
}

/** What SHOW CREATE TABLE says otherwise, apart from the CHECK constraints (empty-copy.ts). */
function textDifferences(wanted: string, made: string): readonly string[] {
  const [source, copy] = [wanted, made].map((text) => splitCreateStatement(definitionFingerprintText(text)));
  if (source === undefined || copy === undefined) return [];
  const plain = ({ elements }: typeof source): readonly string[] =>
    elements.filter(({ kind }) => kind !== 'check').map(({ text }) => text);
  const lines = plain(copy);
  const elements = plain(source).filter((text, index) => text !== lines[index] && !hasOtherCharset(text));
  const options = source.options === copy.options ? [] : [`options ${source.options}`];
  const partitioning = source.partitioning === copy.partitioning ? [] : ['the partitioning'];
  return [...elements, ...options, ...partitioning];
}
