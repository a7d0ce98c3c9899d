/**
 * What the server's data dictionary says of a table, and how its definition behaves: SHOW CREATE TABLE cannot say it all
 * (it prints `?` for text of four bytes, and a TIMESTAMP default in the zone of the session).
 */
import { loadTable, showCreateTable } from '../../src/mysql/server/introspect/load-table.js';
import { serverErrorNumber } from '../../src/mysql/server/session/server-errors.js';
import type { Session } from '../../src/mysql/server/session/session.js';
import { autoIncrementOf } from '../../src/schema/create-statement.js';
import { quoteIdentifier, quoteTable } from '../../src/schema/identifier.js';
import type { TableName } from '../../src/schema/table-model.js';
import { contents } from './native.js';

/**
 * The default of a TIMESTAMP is not asked for here: its text depends on the session that made the table. Expressions are
 * looked at in an empty copy: each ALTER TABLE spells them anew (`-5` for `-(5)`), and how often one ran is no difference.
 */
const looks: Readonly<Record<string, string>> = {
  checkNames: `SELECT constraint_name, enforced FROM information_schema.table_constraints
    WHERE table_schema = ? AND table_name = ? AND constraint_type = 'CHECK' ORDER BY constraint_name`,
  options: `SELECT engine, row_format, table_collation, create_options, table_comment
    FROM information_schema.tables WHERE table_schema = ? AND table_name = ?`,
  histograms: `SELECT column_name, histogram->'$.buckets' AS buckets, histogram->>'$."histogram-type"' AS kind
    FROM information_schema.column_statistics WHERE schema_name = ? AND table_name = ? ORDER BY column_name`,
};
const looksAtCopy: Readonly<Record<string, string>> = {
  columns: `SELECT column_name, ordinal_position, column_type, is_nullable, character_set_name, collation_name, extra, srs_id,
      column_comment, column_key, HEX(generation_expression) AS g, IF(data_type = 'timestamp', NULL, HEX(column_default)) AS d
    FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`,
  indexes: `SELECT index_name, non_unique, seq_in_index, column_name, collation, sub_part, nullable, index_type, index_comment,
      is_visible, HEX(expression) AS e
    FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? ORDER BY index_name, seq_in_index`,
  checks: `SELECT t.constraint_name, t.enforced, HEX(c.check_clause) AS c FROM information_schema.table_constraints t
      JOIN information_schema.check_constraints c USING (constraint_schema, constraint_name)
    WHERE t.table_schema = ? AND t.table_name = ? ORDER BY t.constraint_name`,
  partitions: `SELECT partition_name, subpartition_name, partition_method, subpartition_method, partition_expression,
      subpartition_expression, partition_description, partition_comment
    FROM information_schema.partitions WHERE table_schema = ? AND table_name = ?
    ORDER BY partition_ordinal_position, subpartition_ordinal_position`,
};

/**
 * Everything that the dictionary says, by kind, and what a row of defaults and the labels are, in bytes.
 * @param session of an application, whose clock stands still.
 */
export async function dictionaryOf(session: Session, name: TableName): Promise<Readonly<Record<string, unknown>>> {
  const counter = autoIncrementOf(await showCreateTable(session, name));
  const said = { ...(await look(session, looks, name)), counter };
  const probe = { database: name.database, table: '_probe' };
  await session.run(`CREATE TABLE ${quoteTable(probe)} LIKE ${quoteTable(name)}`);
  try {
    const definition = { ...(await look(session, looksAtCopy, probe)), text: await showCreateTable(session, probe) };
    return {
      ...said,
      ...definition,
      defaults: await rowOfDefaults(session, probe),
      labels: await labelsOf(session, probe),
    };
  } finally {
    await session.run(`DROP TABLE ${quoteTable(probe)}`);
  }
}

async function look(
  session: Session,
  queries: Readonly<Record<string, string>>,
  { database, table }: TableName,
): Promise<Readonly<Record<string, unknown>>> {
  const said: Record<string, unknown> = {};
  for (const [what, sql] of Object.entries(queries)) said[what] = await session.rows(sql, [database, table]);
  return said;
}

async function rowOfDefaults(session: Session, probe: TableName): Promise<unknown> {
  try {
    await session.run(`INSERT INTO ${quoteTable(probe)} () VALUES ()`);
  } catch (error) {
    return serverErrorNumber(error) ?? String(error);
  }
  return contents(session, probe);
}

/** The members of each ENUM, read back from a table of that column alone: as HEX, since no text can be trusted. */
async function labelsOf(session: Session, probe: TableName): Promise<unknown> {
  const { columns } = await loadTable(session, probe);
  const alone = quoteTable({ ...probe, table: '_labels' });
  const labels: Record<string, unknown> = {};
  for (const { name, dataType, columnType } of columns.filter((column) => column.dataType === 'enum')) {
    const column = quoteIdentifier(name);
    const members = columnType.split("','").map((_label, index) => `ROW(${index + 1})`);
    await session.run(`CREATE TABLE ${alone} SELECT ${column} FROM ${quoteTable(probe)} WHERE FALSE`);
    await session.run(`INSERT INTO ${alone} VALUES ${members.join(', ')}`);
    labels[`${name} ${dataType}`] = await session.rows(
      `SELECT HEX(${column}) AS label FROM ${alone} ORDER BY ${column}`,
    );
    await session.run(`DROP TABLE ${alone}`);
  }
  return labels;
}
