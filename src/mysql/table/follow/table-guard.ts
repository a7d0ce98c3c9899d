/** Notices schema changes of the source by others: they are no row events, and missing one would lose data (P5). */
import type { SeenDdl } from '../../../binlog/feed-item.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { definitionFingerprintText } from '../../../schema/create-statement.js';
import { ddlTargets, type DdlTargets } from '../../../schema/ddl-targets.js';
import { isFenceOf } from '../../../schema/names.js';
import { showCreateTable } from '../../server/introspect/load-table.js';
import { errorNumbers, serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import type { TablePlan } from '../rows/table-plan.js';

/**
 * Checks the sources after DDL statements went by; those that make or remove fences of the operation change none of them.
 * Each statement is read once, and the definitions only where there are others: an attempt to switch makes three triggers
 * for each table.
 * @param plans of one operation. @throws TABLE_CHANGED when a statement names a source, or the definition of one is not the
 *   one that its plan was made for.
 */
export async function checkDefinitions(
  session: Session,
  plans: readonly TablePlan[],
  ddls: readonly SeenDdl[],
): Promise<void> {
  const operationId = plans[0]?.operationId ?? '';
  const others = ddls
    .map((ddl) => ({ ddl, targets: ddlTargets(ddl.sql, ddl) }))
    .filter(({ ddl, targets: { trigger } }) => !ddl.sqlIsExact || trigger === null || !isFenceOf(operationId, trigger));
  if (others.length === 0) return;
  for (const plan of plans) {
    for (const { ddl, targets } of others) checkStatement(session, plan, ddl, targets);
    await checkFingerprint(session, plan);
  }
}

/** @throws TABLE_CHANGED. */
function checkStatement(session: Session, plan: TablePlan, ddl: SeenDdl, targets: DdlTargets): void {
  if (!ddl.sqlIsExact && mayConcern(plan, ddl.databases)) {
    throw tableChanged(session, plan, `a statement in an unusual character set, ${ddl.gtid}`);
  }
  const { verb, tables, droppedDatabase } = targets;
  const named = tables.some((target) => isSource(plan, target.database, target.table));
  if (named || (droppedDatabase !== null && isSource(plan, droppedDatabase, plan.source.table))) {
    throw tableChanged(session, plan, `${verb} in transaction ${ddl.gtid}`);
  }
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
