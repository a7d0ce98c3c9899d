/**
 * Foreign keys of the table, and of others that point to it, would stay with the old table at the swap, so they are
 * refused until they are moved along. InnoDB is asked, since information_schema's own tables hide children in databases
 * that our account may not see.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { foldName } from '../../../schema/identifier.js';
import type { TableName } from '../../../schema/table-model.js';
import { inSets } from '../../server/introspect/in-sets.js';
import type { Session } from '../../server/session/session.js';
import type { Check } from '../check.js';
import type { ServerFacts } from '../server-facts.js';

interface ForeignKeyRow {
  /** `database/name`, like the tables. */
  readonly id: string;
  readonly child: string;
  readonly parent: string;
}

/** Needs PROCESS. @throws NOT_BUILT_YET naming those of one table. */
export const checkForeignKeys: Check<'table'> = {
  scope: 'table',
  ask: async ({ session, facts, tables }) => {
    for (const set of inSets(tables)) await refuseForeignKeys(session, facts, set);
    return [];
  },
};

async function refuseForeignKeys(
  session: Session,
  { lowerCaseTableNames }: ServerFacts,
  tables: readonly TableName[],
): Promise<void> {
  const [foldInSql, fold] = lowerCaseTableNames === 0 ? ['', String] : ['LOWER', foldName];
  const names = tables.map(({ database, table }) => `${database}/${table}`);
  const among = `IN (${names.map(() => `${foldInSql}(?)`).join(', ')})`;
  // The server reads all foreign keys that there are for each such statement.
  const rows = await session.rows<ForeignKeyRow>(
    `SELECT id AS id, for_name AS child, ref_name AS parent FROM information_schema.innodb_foreign
      WHERE ${foldInSql}(for_name) ${among} OR ${foldInSql}(ref_name) ${among} ORDER BY id`,
    [...names, ...names],
  );
  const [first] = rows;
  if (first === undefined) return;
  const table = names.some((name) => fold(name) === fold(first.child)) ? first.child : first.parent;
  const ofTable = rows.filter(({ child, parent }) => child === table || parent === table);
  const words = ofTable.map(({ id, child, parent }) => `${dotted(id)}: ${dotted(child)} to ${dotted(parent)}`);
  throw new SwitchyardError('NOT_BUILT_YET', { what: `A table with foreign keys (${words.join('; ')})` });
}

function dotted(name: string): string {
  return name.replace('/', '.');
}
