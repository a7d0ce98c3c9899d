/** The oracle: what a native `ALTER TABLE` by copy makes of the same rows, and the exact contents of a table. */
import { autoIncrementOf } from '../../src/schema/create-statement.js';
import { quoteIdentifier, quoteTable } from '../../src/schema/identifier.js';
import type { ColumnModel, TableName } from '../../src/schema/table-model.js';
import { loadTable, showCreateTable } from '../../src/mysql/server/introspect/load-table.js';
import type { Session } from '../../src/mysql/server/session/session.js';

export interface NativeAlter {
  /** A twin of the table as it was before the migration, made by the same statements; its rows are replaced. */
  readonly table: TableName;
  /** Where the table's final rows are. */
  readonly rows: TableName;
  readonly statement: string;
  /** The clock of the ALTER, which a new column with DEFAULT CURRENT_TIMESTAMP shows. */
  readonly timestampSeconds: number;
  /** The sql_mode of the client; absent: the server's. */
  readonly sqlMode?: string | undefined;
}

/**
 * Gives the twin the table's final rows and its counter and alters it natively. Whatever the server's modes are, the rows
 * are taken as they are; the ALTER itself runs in a client's session with the server's own settings.
 * @param session of a client. @param clone of the same account, for the rows.
 */
export async function alterNatively(session: Session, clone: Session, native: NativeAlter): Promise<void> {
  const { rows, table, statement } = native;
  await clone.run(`SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', time_zone = '+00:00'`);
  await clone.run(`DELETE FROM ${quoteTable(table)}`);
  const { columns } = await loadTable(clone, table);
  const names = columns
    .filter(({ generated }) => generated === 'none')
    .map(({ name }) => quoteIdentifier(name))
    .join(', ');
  await clone.run(`INSERT INTO ${quoteTable(table)} (${names}) SELECT ${names} FROM ${quoteTable(rows)}`);
  const counter = autoIncrementOf(await showCreateTable(clone, rows));
  if (counter !== null) await clone.run(`ALTER TABLE ${quoteTable(table)} AUTO_INCREMENT = ${counter}`);
  await session.run(`USE ${quoteIdentifier(table.database)}`);
  await session.run(`SET NAMES utf8mb4`);
  if (native.sqlMode !== undefined) await session.run('SET sql_mode = ?', [native.sqlMode]);
  await session.run(`SET old_alter_table = ON, timestamp = ${native.timestampSeconds}`);
  await session.run(statement);
  await session.run(`SET timestamp = DEFAULT, old_alter_table = OFF`);
}

/** Every row as JSON text with one exact text for each column, generated and invisible ones included; sorted. */
export async function contents(session: Session, name: TableName): Promise<readonly string[]> {
  const { columns } = await loadTable(session, name);
  const list = columns.map((column, index) => `${exactText(column)} AS c${index}`);
  const rows = await session.rows<Record<string, unknown>>(`SELECT ${list.join(', ')} FROM ${quoteTable(name)}`);
  return rows.map((row) => JSON.stringify(columns.map((column, index) => [column.name, row[`c${index}`]]))).sort();
}

const bytes = new Set([
  'char',
  'varchar',
  'binary',
  'varbinary',
  'vector',
  'geometry',
  'point',
  'linestring',
  'polygon',
]);
const longBytes = new Set([
  ...['tinytext', 'text', 'mediumtext', 'longtext', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
  ...['multipoint', 'multilinestring', 'multipolygon', 'geomcollection'],
]);

/** SQL that reads a value to its last bit. NULL for NULL. */
export function exactText({ name, dataType }: ColumnModel): string {
  const column = quoteIdentifier(name);
  if (bytes.has(dataType)) return `HEX(${column})`;
  if (longBytes.has(dataType)) return `CONCAT(LENGTH(${column}), ':', SHA2(${column}, 256))`;
  switch (dataType) {
    case 'float':
    case 'double':
      return `CAST(CAST(${column} AS DOUBLE) AS CHAR)`;
    case 'enum':
      return `CONCAT(${column} + 0, ' ', HEX(${column}))`;
    case 'bit':
      return `CAST(${column} + 0 AS CHAR)`;
    case 'set':
      return `CONCAT(${column} | 0, ' ', HEX(${column}))`;
    case 'timestamp':
      return `CAST(UNIX_TIMESTAMP(${column}) AS CHAR)`;
    case 'json':
      // The types of all nodes too: the text of a DECIMAL is that of a DOUBLE, and the text of a date that of a string.
      return `CONCAT(CAST(${column} AS CHAR), ' ', JSON_TYPE(${column}), ' ', (
        SELECT IFNULL(GROUP_CONCAT(JSON_TYPE(node)), '') FROM (
          SELECT node FROM JSON_TABLE(${column}, '$**.*' COLUMNS (node JSON PATH '$')) AS members
          UNION ALL SELECT node FROM JSON_TABLE(${column}, '$**[*]' COLUMNS (node JSON PATH '$')) AS items) AS nodes))`;
    default:
      return `CAST(${column} AS CHAR)`;
  }
}
