/**
 * Which tables they are, whatever their names: InnoDB gives a number to each table that is made, and a TRUNCATE, a rebuild
 * or a table that is made anew under the name has another one. Adding an index, renaming and the triggers of a table
 * leave it (tried on 9.7.4). The numbers are one server's own.
 */
import { fileNameLike, fileNamePattern } from '../../../schema/file-name.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';

/**
 * A number for each of the tables, in their order, or several for one that has partitions; empty where it is not there.
 * One look at the server's whole dictionary (10 µs a table), so asked for all tables at once. Needs PROCESS.
 */
export async function loadTableIds(session: Session, tables: readonly TableName[]): Promise<readonly string[]> {
  const ids = new Map<string, readonly Found[]>();
  for (const database of new Set(tables.map((table) => table.database))) {
    ids.set(database, await findIn(session, database));
  }
  const { caseMatters } = await session.row<{ caseMatters: number | string }>(
    'SELECT @@lower_case_table_names = 0 AS caseMatters',
  );
  const flags = Number(caseMatters) === 1 ? 's' : 'is';
  return tables.map(({ database, table }) => {
    const whole = new RegExp(`^${fileNamePattern(database)}/${fileNamePattern(table)}(?:#p#.*)?$`, flags);
    const found = ids.get(database)?.filter(({ name }) => whole.test(name)) ?? [];
    return found
      .map(({ id }) => id)
      .sort()
      .join(',');
  });
}

interface Found {
  readonly name: string;
  readonly id: string;
}

function findIn(session: Session, database: string): Promise<readonly Found[]> {
  return session.rows<Found>(
    `SELECT name AS name, CAST(table_id AS CHAR) AS id FROM information_schema.innodb_tables WHERE name LIKE ?`,
    [`${fileNameLike(database)}/%`],
  );
}
