/**
 * Watches over the tables of an operation that are on the source's server, the shadow and the name that the old table is
 * to get: what somebody else does there must never be swapped in (P5, P6).
 */
import type { SeenDdl } from '../../../binlog/feed-item.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { ddlTargets } from '../../../schema/ddl-targets.js';
import { isSigned } from '../../server/sidecar/own-work.js';

export interface Guard {
  readonly operationId: string;
  /** Whether this table, by its name in the binlog, is one of them. */
  readonly covers: (database: string, table: string) => boolean;
  readonly databases: readonly string[];
  readonly isDatabase: (name: string) => boolean;
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

function mayConcern(guard: Guard, databases: readonly string[] | null): boolean {
  const lower = guard.databases.map((name) => name.toLowerCase());
  return databases === null || databases.some((name) => lower.includes(name.toLowerCase()));
}
