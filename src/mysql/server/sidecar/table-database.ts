/** A database that is there for one table of ours, and has a name of ours; where the table cannot be beside the others. */
import { quoteIdentifier } from '../../../schema/identifier.js';
import { ownedNamePattern } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';

/** @param owned a table that is recorded as ours. */
function hasOwnDatabase({ database }: TableName): boolean {
  return ownedNamePattern.test(database);
}

/** Makes the table's own database with the defaults of `like`, where it is to have one. Repeatable. */
export async function makeOwnDatabase(session: Session, owned: TableName, like: string): Promise<void> {
  if (!hasOwnDatabase(owned)) return;
  const row = await session.row<{ 'Create Database': string }>(`SHOW CREATE DATABASE ${quoteIdentifier(like)}`);
  const options = row['Create Database'].slice(`CREATE DATABASE ${quoteIdentifier(like)}`.length);
  await session.run(`CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(owned.database)} ${options}`);
}

/** Drops the table's own database, where it has one and nothing is in it. Repeatable. */
export async function dropOwnDatabase(session: Session, owned: TableName): Promise<void> {
  if (!hasOwnDatabase(owned)) return;
  const { database } = owned;
  const contents = await session.rows(
    `SELECT 1 FROM information_schema.tables WHERE table_schema = ?
      UNION ALL SELECT 1 FROM information_schema.routines WHERE routine_schema = ?
      UNION ALL SELECT 1 FROM information_schema.events WHERE event_schema = ?`,
    [database, database, database],
  );
  if (contents.length === 0) await session.run(`DROP DATABASE IF EXISTS ${quoteIdentifier(database)}`);
}
