/**
 * Names of CHECK constraints that people chose are unique in a database and nothing can rename one. A table that is kept
 * after a move would hold up the next move back under its old constraint names: it moves to a database of its own.
 */
import { checkNames } from '../../schema/create-statement.js';
import { quoteTable, sameName } from '../../schema/identifier.js';
import { ownName } from '../../schema/names.js';
import type { TableModel, TableName } from '../../schema/table-model.js';
import type { Session } from '../server/session/session.js';
import { makeOwnDatabase } from '../server/sidecar/table-database.js';
import { forgetTable, recordOwned } from '../server/sidecar/operations.js';

interface Kept extends TableName {
  readonly constraint: string;
  readonly operationId: string;
  readonly ofTable: string;
}

/** @param database in which `table` is to be made. @returns whether any table has made room. @throws the driver's errors. */
export async function freeCheckNames(session: Session, database: string, table: TableModel): Promise<boolean> {
  const { explicit } = checkNames(table.createStatement);
  const kept = await session.rows<Kept>(
    `SELECT t.table_schema AS \`database\`, t.table_name AS \`table\`, t.constraint_name AS \`constraint\`,
            o.operation_id AS operationId, o.of_table AS ofTable
       FROM information_schema.table_constraints t
       JOIN _switchyard.owned_tables o
         ON o.database_name = CONVERT(t.table_schema USING utf8mb4) COLLATE utf8mb4_bin
        AND o.table_name = CONVERT(t.table_name USING utf8mb4) COLLATE utf8mb4_bin AND o.role = 'retained'
      WHERE t.constraint_type = 'CHECK' AND t.table_schema = ?`,
    [database],
  );
  const inTheWay = kept.filter(
    (one) => ownName(one) === one.table && explicit.some(({ name }) => sameName(name, one.constraint)),
  );
  const moved = new Set<string>();
  for (const one of inTheWay) {
    if (moved.has(one.table)) continue;
    moved.add(one.table);
    const own = { database: one.table, table: one.ofTable, role: 'retained', ofTable: one.ofTable } as const;
    await recordOwned(session, one.operationId, [own]);
    await makeOwnDatabase(session, own, database);
    await session.run(`RENAME TABLE ${quoteTable(one)} TO ${quoteTable(own)}`);
    await forgetTable(session, one.operationId, one);
  }
  return moved.size > 0;
}
