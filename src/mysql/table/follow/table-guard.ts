/** Notices schema changes of the source by others: they are no row events, and missing one would lose data (P5). */
import type { SeenDdl } from '../../../binlog/feed-item.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { definitionFingerprintText } from '../../../schema/create-statement.js';
import { ddlTargets } from '../../../schema/ddl-targets.js';
import { isFenceOf } from '../../../schema/names.js';
import { showCreateTable } from '../../server/introspect/load-table.js';
import { errorNumbers, serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import type { TablePlan } from '../rows/table-plan.js';

/**
 * Checks the source after DDL statements went by. @throws TABLE_CHANGED when one of them names the source, or the
 * source's definition is not the one that the plan was made for.
 */
export async function checkDefinition(session: Session, plan: TablePlan, ddls: readonly SeenDdl[]): Promise<void> {
  if (ddls.length === 0) return;
  for (const ddl of ddls) {
    if (!ddl.sqlIsExact && mayConcern(plan, ddl.databases)) {
      throw tableChanged(session, plan, `a statement in an unusual character set, ${ddl.gtid}`);
    }
    const { verb, tables, droppedDatabase, createdTrigger } = ddlTargets(ddl.sql, ddl);
    // Of an attempt to switch that was undone.
    if (createdTrigger !== null && isFenceOf(plan.operationId, createdTrigger)) continue;
    const named = tables.some((target) => isSource(plan, target.database, target.table));
    if (named || (droppedDatabase !== null && isSource(plan, droppedDatabase, plan.source.table))) {
      throw tableChanged(session, plan, `${verb} in transaction ${ddl.gtid}`);
    }
  }
  await checkFingerprint(session, plan);
}

/** @throws TABLE_CHANGED when the source is not defined as it was when the plan was made. */
export async function checkFingerprint(session: Session, plan: TablePlan): Promise<void> {
  const definition = definitionFingerprintText(await definitionOf(session, plan));
  if (definition !== plan.sourceFingerprint) {
    throw tableChanged(session, plan, 'its definition is another one');
  }
}

/** @throws TABLE_CHANGED when it is gone. */
async function definitionOf(session: Session, plan: TablePlan): Promise<string> {
  try {
    return await showCreateTable(session, plan.source);
  } catch (error) {
    const number = serverErrorNumber(error);
    if (number !== errorNumbers.noSuchTable && number !== errorNumbers.unknownDatabase) throw error;
    throw tableChanged(session, plan, 'it is gone');
  }
}

/** TABLE_CHANGED of a plan's source. @param session on its server. @param problem as the end of a sentence. */
export function tableChanged(
  session: Session,
  { source }: Pick<TablePlan, 'source'>,
  problem: string,
): SwitchyardError {
  const table = `${source.database}.${source.table}`;
  return new SwitchyardError('TABLE_CHANGED', { table, cluster: session.cluster.name, problem });
}

function mayConcern(plan: TablePlan, databases: readonly string[] | null): boolean {
  return databases === null || databases.some((name) => name.toLowerCase() === plan.source.database.toLowerCase());
}

function isSource(plan: TablePlan, database: string, table: string): boolean {
  if (!plan.lowerCaseTableNames) return database === plan.source.database && table === plan.source.table;
  return (
    database.toLowerCase() === plan.source.database.toLowerCase() &&
    table.toLowerCase() === plan.source.table.toLowerCase()
  );
}
