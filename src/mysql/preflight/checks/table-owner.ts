/** The table is an application's: neither the server's nor our own (P4). */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { ownName } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import { sidecarDatabase } from '../../server/sidecar/schema.js';
import type { Check } from '../check.js';

const systemDatabases = new Set(['mysql', 'sys', 'information_schema', 'performance_schema', 'ndbinfo']);

/** @throws SYSTEM_TABLE, OWN_TABLE. */
export const checkTableOwner: Check<'table'> = {
  scope: 'table',
  ask: async ({ tables }) => {
    tables.forEach(refuseOtherOwners);
    return [];
  },
};

function refuseOtherOwners(name: TableName): void {
  const facts = { table: `${name.database}.${name.table}` };
  if (systemDatabases.has(name.database.toLowerCase())) throw new SwitchyardError('SYSTEM_TABLE', facts);
  if (name.database === sidecarDatabase || ownName(name) !== undefined) throw new SwitchyardError('OWN_TABLE', facts);
}
