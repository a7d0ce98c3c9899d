/**
 * Which tables they are, whatever their names: InnoDB gives a number to each table that is made, and a TRUNCATE, a rebuild
 * or a table that is made anew under the name has another one. Adding an index, renaming and the triggers of a table
 * leave it (tried on 9.7.4). The numbers are one server's own.
 */
import { fileNameLike, fileNamePattern, isPlainName } from '../../../schema/file-name.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';

/**
 * A number for each of the tables, in their order, or several for one that has partitions; empty where it is not there.
 * One look at the server's whole dictionary (10 µs a table), so asked for all tables at once. Needs PROCESS.
 */
export async function loadTableIds(session: Session, tables: readonly TableName[]): Promise<readonly string[]> {
  const { caseMatters } = await session.row<{ caseMatters: number | string }>(
    'SELECT @@lower_case_table_names = 0 AS caseMatters',
  );
  const folds = Number(caseMatters) !== 1;
  const ids = new Map<string, Ids>();
  for (const database of new Set(tables.map((table) => table.database))) {
    ids.set(database, idsByName(await findIn(session, database), folds));
  }
  return tables.map((table) =>
    idsOf(table, ids.get(table.database) ?? new Map(), folds)
      .sort()
      .join(','),
  );
}

/** By the names of tables as InnoDB spells them, in small letters where case does not matter. */
type Ids = ReadonlyMap<string, readonly string[]>;

function idsByName(found: readonly Found[], folds: boolean): Ids {
  const ids = new Map<string, string[]>();
  for (const { name, id } of found) {
    const [spelled = ''] = (folds ? name.toLowerCase() : name).split('#p#', 1);
    ids.set(spelled, [...(ids.get(spelled) ?? []), id]);
  }
  return ids;
}

/** A name that is spelled as it is, as most are, is looked up: writers wait, and to try each with each takes its time. */
function idsOf({ database, table }: TableName, ids: Ids, folds: boolean): string[] {
  if (isPlainName(database) && isPlainName(table)) {
    const name = `${database}/${table}`;
    return [...(ids.get(folds ? name.toLowerCase() : name) ?? [])];
  }
  const whole = new RegExp(`^${fileNamePattern(database)}/${fileNamePattern(table)}$`, folds ? 'is' : 's');
  return [...ids].flatMap(([name, some]) => (whole.test(name) ? some : []));
}

/**
 * How often the form of the table's rows was changed INSTANT since it was made or rebuilt; of partitions, the most of any.
 * 0 where the server does not count (before 8.0.29). Needs PROCESS.
 */
export async function loadRowVersions(session: Session, { database, table }: TableName): Promise<number> {
  const rows = await session.rows<{ NAME: string; TOTAL_ROW_VERSIONS?: number | string }>(
    `SELECT * FROM information_schema.innodb_tables WHERE name LIKE ?`,
    [`${fileNameLike(database)}/%`],
  );
  const whole = new RegExp(`^${fileNamePattern(database)}/${fileNamePattern(table)}(?:#p#.*)?$`, 'is');
  return Math.max(0, ...rows.filter(({ NAME }) => whole.test(NAME)).map((row) => Number(row.TOTAL_ROW_VERSIONS ?? 0)));
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
