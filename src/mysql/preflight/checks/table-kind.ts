/** It is a table, and one whose engine has transactions and row versions. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { Check } from '../check.js';

/** @throws VIEW_NOT_TABLE, ENGINE_NOT_INNODB. */
export const checkTableKind: Check = async ({ table }) => {
  const name = `${table.database}.${table.table}`;
  if (table.kind === 'view') throw new SwitchyardError('VIEW_NOT_TABLE', { table: name });
  if (table.engine.toLowerCase() !== 'innodb') {
    throw new SwitchyardError('ENGINE_NOT_INNODB', { table: name, engine: table.engine });
  }
  return [];
};
