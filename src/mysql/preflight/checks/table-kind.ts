/** It is a table, and one whose engine has transactions and row versions. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { TableModel } from '../../../schema/table-model.js';
import type { Check } from '../check.js';

/** @throws VIEW_NOT_TABLE, ENGINE_NOT_INNODB. */
export const checkTableKind: Check<'table'> = {
  scope: 'table',
  ask: async ({ tables }) => {
    tables.forEach(refuseOtherKinds);
    return [];
  },
};

function refuseOtherKinds({ database, table, kind, engine }: TableModel): void {
  const name = `${database}.${table}`;
  if (kind === 'view') throw new SwitchyardError('VIEW_NOT_TABLE', { table: name });
  if (engine.toLowerCase() !== 'innodb') throw new SwitchyardError('ENGINE_NOT_INNODB', { table: name, engine });
}
