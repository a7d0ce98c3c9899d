/** The table is an application's: neither the server's nor our own (P4). */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { ownName } from '../../../schema/names.js';
import { sidecarDatabase } from '../../server/sidecar/schema.js';
import type { Check } from '../check.js';

const systemDatabases = new Set(['mysql', 'sys', 'information_schema', 'performance_schema', 'ndbinfo']);

/** @throws SYSTEM_TABLE, OWN_TABLE. */
export const checkTableOwner: Check = async ({ table }) => {
  const facts = { table: `${table.database}.${table.table}` };
  if (systemDatabases.has(table.database.toLowerCase())) throw new SwitchyardError('SYSTEM_TABLE', facts);
  if (table.database === sidecarDatabase || ownName(table) !== undefined) {
    throw new SwitchyardError('OWN_TABLE', facts);
  }
  return [];
};
