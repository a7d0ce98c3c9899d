/**
 * Foreign keys of the table, and of others that point to it, would stay with the old table at the swap, so they are
 * refused until they are moved along. InnoDB is asked, since information_schema's own tables hide children in databases
 * that our account may not see.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

interface ForeignKeyRow {
  /** `database/name`, like the tables. */
  readonly id: string;
  readonly child: string;
  readonly parent: string;
}

/** @throws NOT_BUILT_YET naming them. Needs PROCESS. */
export const checkForeignKeys: Check = async ({ session, facts, table }) => {
  const fold = facts.lowerCaseTableNames === 0 ? '' : 'LOWER';
  const name = `${table.database}/${table.table}`;
  const rows = await session.rows<ForeignKeyRow>(
    `SELECT id AS id, for_name AS child, ref_name AS parent FROM information_schema.innodb_foreign
      WHERE ${fold}(for_name) = ${fold}(?) OR ${fold}(ref_name) = ${fold}(?) ORDER BY id`,
    [name, name],
  );
  if (rows.length === 0) return [];
  const names = rows.map(({ id, child, parent }) => `${dotted(id)}: ${dotted(child)} to ${dotted(parent)}`);
  throw new SwitchyardError('NOT_BUILT_YET', { what: `A table with foreign keys (${names.join('; ')})` });
};

function dotted(name: string): string {
  return name.replace('/', '.');
}
