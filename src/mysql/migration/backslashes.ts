/**
 * Under NO_BACKSLASH_ESCAPES the server doubles the backslashes in expressions at each ALTER TABLE, and computes another
 * value from the same definition, depending on who opened the table (tried on 9.7.4: a fault of the server's own, in a
 * native ALTER as well). Such a change is refused: nobody could say what it would make of the rows.
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { hasBackslash } from '../../schema/exact-expression.js';
import type { TableName } from '../../schema/table-model.js';
import type { Session } from '../server/session/session.js';
import type { ConversionSettings } from '../server/session/variables.js';

/** @throws BACKSLASHES_WOULD_CHANGE where the table has such an expression, and the statement such a mode. */
export async function refuseChangingBackslashes(
  session: Session,
  { database, table }: TableName,
  { statementSqlMode }: ConversionSettings,
): Promise<void> {
  if (!statementSqlMode.split(',').includes('NO_BACKSLASH_ESCAPES')) return;
  const rows = await session.rows<{ name: string; expression: string | null }>(
    `SELECT column_name AS name, IF(extra LIKE '%DEFAULT_GENERATED%', column_default, generation_expression) AS expression
       FROM information_schema.columns WHERE table_schema = ? AND table_name = ?
      UNION ALL SELECT index_name, expression FROM information_schema.statistics WHERE table_schema = ? AND table_name = ?
      UNION ALL SELECT t.constraint_name, c.check_clause FROM information_schema.table_constraints t
          JOIN information_schema.check_constraints c
            ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name
         WHERE t.constraint_type = 'CHECK' AND t.table_schema = ? AND t.table_name = ?`,
    [database, table, database, table, database, table],
  );
  const changing = rows.find(({ expression }) => expression !== null && hasBackslash(expression));
  if (changing !== undefined) throw new SwitchyardError('BACKSLASHES_WOULD_CHANGE', { name: changing.name });
}
