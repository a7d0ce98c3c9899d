/** The tables of a migration that nobody else may touch: the shadow, and the name that the old table is to get. */
import type { TableName } from '../../schema/table-model.js';
import { tableExists } from '../server/introspect/load-table.js';
import type { Session } from '../server/session/session.js';
import { shadowChanged, type Guard } from '../table/follow/guard.js';
import type { MigrationPlan } from './migration-plan.js';

/** What is to be watched. Our own work on it is signed (sidecar/own-work.ts), so that it can be told from others'. */
export function guardOf(plan: MigrationPlan): Guard {
  const spelled = (name: string): string => (plan.lowerCaseTableNames ? name.toLowerCase() : name);
  const names = [plan.copy, plan.retained].map(({ database, table }) => spelled(`${database}.${table}`));
  const databases = [...new Set([plan.copy.database, plan.retained.database])];
  return {
    operationId: plan.operationId,
    databases,
    isDatabase: (name) => databases.some((database) => spelled(database) === spelled(name)),
    covers: (database, table) => names.includes(spelled(`${database}.${table}`)),
  };
}

/** Before a swap. @throws SHADOW_CHANGED where the shadow is gone, or somebody else has the name of the retained table. */
export async function checkOwnTables(session: Session, { copy, retained }: MigrationPlan): Promise<void> {
  const words = ({ database, table }: TableName): string => `${database}.${table}`;
  if (!(await tableExists(session, copy))) throw shadowChanged(words(copy), 'it is gone');
  if (await tableExists(session, retained)) throw shadowChanged(words(retained), 'it exists before the swap');
}
