/**
 * Watches over the tables of an operation that are on the source's server, the shadow and the name that the old table is
 * to get: what somebody else does there must never be swapped in (P5, P6).
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { ddlTargets } from '../../../schema/ddl-targets.js';
import type { TableName } from '../../../schema/table-model.js';
import { tableExists } from '../../server/introspect/load-table.js';
import type { Session } from '../../server/session/session.js';
import { isSigned } from '../../server/sidecar/own-work.js';
import type { SeenDdl } from './pending-changes.js';

export interface Guard {
  readonly operationId: string;
  /** Whether this table, by its name in the binlog, is one of them. */
  readonly covers: (database: string, table: string) => boolean;
  readonly databases: readonly string[];
  readonly isDatabase: (name: string) => boolean;
}

/** A plan of a migration, as much of it as says what is to be watched. */
export interface GuardedPlan {
  readonly operationId: string;
  readonly shadow: TableName;
  readonly retained: TableName;
  readonly lowerCaseTableNames: boolean;
  readonly signsWork?: true;
}

/** @returns undefined for a plan of before our work was signed: there it cannot be told from others'. */
export function guardOf(plan: GuardedPlan): Guard | undefined {
  if (plan.signsWork !== true) return undefined;
  const spelled = (name: string): string => (plan.lowerCaseTableNames ? name.toLowerCase() : name);
  const names = [plan.shadow, plan.retained].map(({ database, table }) => spelled(`${database}.${table}`));
  const databases = [...new Set([plan.shadow.database, plan.retained.database])];
  return {
    operationId: plan.operationId,
    databases,
    isDatabase: (name) => databases.some((database) => spelled(database) === spelled(name)),
    covers: (database, table) => names.includes(spelled(`${database}.${table}`)),
  };
}

/** @param problem as the end of a sentence. */
export function shadowChanged(table: string, problem: string): SwitchyardError {
  return new SwitchyardError('SHADOW_CHANGED', { table, problem });
}

/** @throws SHADOW_CHANGED where one of the statements is somebody else's and names a guarded table. */
export function checkGuarded(guard: Guard, ddls: readonly SeenDdl[]): void {
  for (const ddl of ddls) {
    if (isSigned(guard.operationId, ddl.sql)) continue;
    if (!ddl.sqlIsExact && mayConcern(guard, ddl.databases)) {
      throw shadowChanged(guard.databases.join(', '), `a statement in an unusual character set, ${ddl.gtid}`);
    }
    const { verb, tables, made, droppedDatabase } = ddlTargets(ddl.sql, ddl);
    const named = [...tables, ...made].find(({ database, table }) => guard.covers(database, table));
    if (named !== undefined) {
      throw shadowChanged(`${named.database}.${named.table}`, `${verb} in transaction ${ddl.gtid}`);
    }
    if (droppedDatabase !== null && guard.isDatabase(droppedDatabase)) {
      throw shadowChanged(droppedDatabase, `${verb} in transaction ${ddl.gtid}`);
    }
  }
}

/** Before a swap. @throws SHADOW_CHANGED where the shadow is gone, or somebody else has the name of the retained table. */
export async function checkOwnTables(session: Session, { shadow, retained }: GuardedPlan): Promise<void> {
  const words = ({ database, table }: TableName): string => `${database}.${table}`;
  if (!(await tableExists(session, shadow))) throw shadowChanged(words(shadow), 'it is gone');
  if (await tableExists(session, retained)) throw shadowChanged(words(retained), 'it exists before the swap');
}

function mayConcern(guard: Guard, databases: readonly string[] | null): boolean {
  const lower = guard.databases.map((name) => name.toLowerCase());
  return databases === null || databases.some((name) => lower.includes(name.toLowerCase()));
}
