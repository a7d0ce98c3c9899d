/**
 * Compares the definitions of a table and of its empty copy, on one server or two, in the data dictionary, value by value.
 * What cannot be carried is named before anything is copied: after the swap nobody would look for it (P1).
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { definitionFingerprintText, splitCreateStatement } from '../../../schema/create-statement.js';
import { hasOtherCharset } from '../../../schema/exact-expression.js';
import type { TableModel, TableName } from '../../../schema/table-model.js';
import { inSets, placeholders } from '../../server/introspect/in-sets.js';
import { showCreateTable } from '../../server/introspect/load-table.js';
import type { Session } from '../../server/session/session.js';

type Values = Readonly<Record<string, unknown>>;

interface Part {
  /** What its rows are, for people; the column `name` says which one. */
  readonly what: string;
  /** With `IN names` for the tables. What begins with `of_` is no part of the definition. */
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
    sql: `SELECT table_name AS of_table, column_name AS name, column_type, is_nullable, character_set_name, collation_name, column_comment, extra AS extra,
                 srs_id, generation_expression AS expression,
                 IF(data_type = 'timestamp' AND extra NOT LIKE '%DEFAULT_GENERATED%', NULL, column_default) AS expression_2,
                 CAST(engine_attribute AS CHAR) AS engine_attribute,
                 CAST(secondary_engine_attribute AS CHAR) AS secondary_engine_attribute
            FROM information_schema.columns
            LEFT JOIN information_schema.columns_extensions USING (table_schema, table_name, column_name)
           WHERE table_schema = ? AND table_name IN names ORDER BY table_name, ordinal_position`,
  },
  {
    what: 'index',
    sql: `SELECT table_name AS of_table, index_name AS name, non_unique, seq_in_index, column_name, collation, sub_part, nullable, index_type,
                 index_comment, is_visible, expression
            FROM information_schema.statistics WHERE table_schema = ? AND table_name IN names
           ORDER BY table_name, index_name, seq_in_index`,
  },
  {
    what: 'partition',
    sql: `SELECT table_name AS of_table, partition_name AS name, subpartition_name, partition_method, subpartition_method, partition_description, partition_comment, nodegroup
            FROM information_schema.partitions WHERE table_schema = ? AND table_name IN names
           ORDER BY table_name, partition_ordinal_position, subpartition_ordinal_position`,
  },
  {
    what: 'table option',
    sql: `SELECT table_name AS of_table, 'of the table' AS name, engine, table_collation, create_options, table_comment,
                 CAST(engine_attribute AS CHAR) AS engine_attribute,
                 CAST(secondary_engine_attribute AS CHAR) AS secondary_engine_attribute,
                 UPPER(row_format) AS of_row_format
            FROM information_schema.tables
            LEFT JOIN information_schema.tables_extensions USING (table_schema, table_name)
           WHERE table_schema = ? AND table_name IN names`,
  },
];

/** What the dictionary says of a table: the rows of each part. */
export type Definition = readonly (readonly Values[])[];

/**
 * The definitions of tables of one database, by the names that the server gives them.
 * @param session with the reading settings.
 */
export async function loadDefinitions(
  session: Session,
  database: string,
  tables: readonly string[],
): Promise<ReadonlyMap<string, Definition>> {
  const found = new Map(tables.map((table) => [table, parts.map((): Values[] => [])]));
  for (const set of inSets(tables)) {
    for (const [index, { sql }] of parts.entries()) {
      const rows = await session.rows<Values>(sql.replace('IN names', `IN ${placeholders(set)}`), [database, ...set]);
      for (const { of_table: table, ...values } of rows) found.get(String(table))?.[index]?.push(values);
    }
  }
  return found;
}

/** A CHECK constraint; the clause as information_schema shows it (schema/exact-expression.ts). */
export interface CheckConstraint {
  readonly table: string;
  readonly name: string;
  readonly clause: string;
  readonly enforced: string;
}

/** The CHECK constraints of tables of one database. */
export async function loadChecks(
  session: Session,
  database: string,
  tables: readonly string[],
): Promise<readonly CheckConstraint[]> {
  const checks: CheckConstraint[] = [];
  for (const set of inSets(tables)) {
    const rows = await session.rows<CheckConstraint>(
      `SELECT t.table_name AS \`table\`, t.constraint_name AS name, c.check_clause AS clause, t.enforced AS enforced
         FROM information_schema.table_constraints t
         JOIN information_schema.check_constraints c
           ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name
        WHERE t.constraint_type = 'CHECK' AND t.table_schema = ? AND t.table_name IN ${placeholders(set)}`,
      [database, ...set],
    );
    checks.push(...rows);
  }
  return checks;
}

/** The row format that a table has, also where the definition leaves it to the server's default. */
export function rowFormatOf(definition: Definition): string {
  return String(definition.at(-1)?.[0]?.['of_row_format'] ?? '');
}

/** What is defined otherwise, in words; empty where nothing is. @param isSame whether two expressions are the same. */
export function differencesOf(
  wanted: Definition,
  made: Definition,
  isSame: (wanted: unknown, made: unknown) => boolean,
): readonly string[] {
  return parts.flatMap(({ what }, part) => {
    const [before, after] = [wanted[part] ?? [], made[part] ?? []];
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
      differenceOf(before[index], after[index], isSame),
    ).flatMap((difference) => (difference === undefined ? [] : [`${what} ${difference}`]));
  });
}

/**
 * What is defined otherwise in `copy`, on the same server, in words; empty where nothing is.
 * @param session with the reading settings. @param table as it was read in them.
 */
export async function definitionDifferences(
  session: Session,
  table: TableModel,
  copy: TableName,
): Promise<readonly string[]> {
  const load = async ({ database, table: name }: TableName): Promise<Definition> =>
    (await loadDefinitions(session, database, [name])).get(name) ?? [];
  const differences = differencesOf(await load(table), await load(copy), isSameExpression);
  return [...differences, ...textDifferences(table.createStatement, await showCreateTable(session, copy))];
}

/** DEFINITION_NOT_CARRIED of a table. */
export function notCarried({ database, table }: TableName, differences: readonly string[]): SwitchyardError {
  return new SwitchyardError('DEFINITION_NOT_CARRIED', {
    table: `${database}.${table}`,
    problem: differences.join('; '),
  });
}

function differenceOf(
  wanted: Values | undefined,
  made: Values | undefined,
  isSame: (wanted: unknown, made: unknown) => boolean,
): string | undefined {
  if (wanted === undefined || made === undefined) return `${nameOf(wanted ?? made ?? {})} (missing on one side)`;
  const fields = Object.keys(wanted).filter((field) => !field.startsWith('of_'));
  const different = fields.filter((field) => isDifferent(field, wanted[field], made[field], isSame));
  return different.length === 0 ? undefined : `${nameOf(wanted)} (${different.join(', ')})`;
}

function nameOf(values: Values): string {
  return String(values.name ?? '');
}

function isDifferent(
  field: string,
  wanted: unknown,
  made: unknown,
  isSame: (wanted: unknown, made: unknown) => boolean,
): boolean {
  return field.startsWith('expression') ? !isSame(wanted, made) : wanted !== made;
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
