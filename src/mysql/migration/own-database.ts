/**
 * Where shadow and retained table live. Beside the table as a rule; but names of CHECK constraints are unique in a
 * database and nothing can rename one, so for a table with names that people chose both get a database of their own, or
 * the new table could not have the names that a native ALTER leaves (P1). Its only table was recorded as ours before
 * either existed; it goes with it, and only when nothing else is in it (P4).
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { checkNames, hasNamedChecks } from '../../schema/create-statement.js';
import { sameName } from '../../schema/identifier.js';
import { identifierCharactersMax } from '../../limits/mysql-migration.js';
import { ownName, retainedName, copyName } from '../../schema/names.js';
import { copyConstraintNames } from '../../schema/rewrite.js';
import type { TableModel, TableName } from '../../schema/table-model.js';
import { errorNumbers } from '../server/session/server-errors.js';
import type { Session } from '../server/session/session.js';

/** The names of the operation's two tables. */
export function placeTables(table: TableModel, operationId: string): { shadow: TableName; retained: TableName } {
  const names = { shadow: copyName(operationId), retained: retainedName(operationId) };
  return { shadow: placeCopy(table, names.shadow), retained: placeCopy(table, names.retained) };
}

/** Where a copy of the table can have the name of ours. */
export function placeCopy(table: TableModel, name: string): TableName {
  // Automatic names of CHECK constraints begin with the table's, also when it is renamed: they must have room for ours.
  if (!hasRoomFor(table, name)) return { database: name, table: table.table };
  return { database: hasNamedChecks(table.createStatement) ? name : table.database, table: name };
}

function hasRoomFor({ createStatement }: TableModel, name: string): boolean {
  const names = [...copyConstraintNames(createStatement, name).values()];
  return names.every((constraint) => constraint.length <= identifierCharactersMax);
}

/** The name under which people know the retained table: its own, or that of its database. */
export function retainedTableOf({ retained }: { readonly retained: TableName }): string {
  return ownName(retained) ?? retained.table;
}

/**
 * In a database of its own the shadow may have got a constraint name that another table of the source's database has:
 * the swap would fail on it. @throws STATEMENT_REFUSED, as a native ALTER does.
 */
export async function checkConstraintNames(session: Session, source: TableName, shadow: TableModel): Promise<void> {
  if (source.database === shadow.database) return;
  const taken = await session.rows<{ name: string }>(
    `SELECT constraint_name AS name FROM information_schema.table_constraints
      WHERE constraint_schema = ? AND constraint_type = 'CHECK' AND table_name <> ?`,
    [source.database, source.table],
  );
  const { explicit } = checkNames(shadow.createStatement);
  const twice = explicit.find(({ name }) => taken.some((other) => sameName(other.name, name)));
  if (twice === undefined) return;
  throw new SwitchyardError('STATEMENT_REFUSED', {
    problem: `Duplicate check constraint name '${twice.name}'`,
    errno: errorNumbers.duplicateCheckConstraint,
  });
}
