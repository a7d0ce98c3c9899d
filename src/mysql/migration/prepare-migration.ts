/**
 * Prepares a migration: checks the server and the table, takes the table's lock, makes the empty shadow by the user's own
 * statement, and writes the plan. After a terminal error nothing is left behind.
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { parseAlter, type AlterStatement } from '../../schema/alter-statement.js';
import type { TableModel } from '../../schema/table-model.js';
import { loadTable } from '../server/introspect/load-table.js';
import { runPreflight } from '../preflight/run-preflight.js';
import type { ServerFacts } from '../preflight/server-facts.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { openOperation, recordOwned, savePlan, type AskOwner, type Owner } from '../server/sidecar/operations.js';
import { planText } from '../table/rows/stored-plan.js';
import { startProgress, startStream } from '../server/sidecar/progress.js';
import { ensureSidecar } from '../server/sidecar/schema.js';
import { removeAbandonedMigration, removeOperation } from './clean-up.js';
import { freeTables } from '../server/sidecar/free-tables.js';
import { makeShadow } from './make-shadow.js';
import { placeTables } from './own-database.js';
import type { MigrationPlan } from './migration-plan.js';
import { alterContext, conversionSettings, loadStatementFacts } from './statement-facts.js';

export interface PrepareOptions {
  readonly cluster: ClusterSettings;
  readonly operationId: string;
  readonly token: string;
  readonly owner: Owner;
  readonly database: string;
  readonly statement: string;
  /** The sql_mode for the statement and its rows; absent: the server's own. */
  readonly sqlMode?: string | undefined;
  /** False: what destroys or narrows something is refused. */
  readonly allowDestructive?: boolean | undefined;
  /** What became of the workflow that holds a table's lock row. */
  readonly askOwner: AskOwner;
}

export interface Prepared {
  readonly plan: MigrationPlan;
  readonly warnings: readonly string[];
}

/** @throws the errors of preflight and statement, TABLE_BUSY, the driver's errors (to be repeated). */
export function prepareMigration(options: PrepareOptions): Promise<Prepared> {
  return withSession(options.cluster, controlVariables, async (session) => {
    const facts = await loadStatementFacts(session, options.sqlMode);
    const statement = parseAlter(options.statement, alterContext(facts, options.database));
    const table = await loadTable(session, statement.table);
    const site = { session, facts, database: table.database, tables: [table] };
    const warnings = await runPreflight({ sites: [site], statement });
    await ensureSidecar(session);
    await takeTable(session, options, table);
    try {
      const { plan, notes } = await makePlan(session, options, facts, statement, table);
      return { plan, warnings: [...warnings, ...notes] };
    } catch (error) {
      if (error instanceof SwitchyardError && error.kind === 'terminal') {
        await removeOperation(session, options.operationId, 'failed');
      }
      throw error;
    }
  });
}

async function takeTable(session: Session, options: PrepareOptions, table: TableModel): Promise<void> {
  const { operationId, owner } = options;
  const { database } = table;
  await freeTables(session, database, [table.table], { ...options, removeAbandonedMigration });
  await openOperation(session, { ...owner, operationId, kind: 'onlineDdl', database, tables: [table.table] });
}

async function makePlan(
  session: Session,
  options: PrepareOptions,
  facts: ServerFacts,
  statement: AlterStatement,
  table: TableModel,
): Promise<{ plan: MigrationPlan; notes: readonly string[] }> {
  const { operationId, token, cluster, allowDestructive = true } = options;
  const { shadow, retained } = placeTables(table, operationId);
  const conversion = await conversionSettings(session, facts);
  await recordOwned(session, operationId, [
    { ...shadow, role: 'copy', ofTable: table.table },
    { ...retained, role: 'retained', ofTable: table.table },
  ]);
  const made = await makeShadow({
    ...{ operationId, token, cluster, statement, table, shadow, retained, conversion, facts, allowDestructive },
  });
  const plan: MigrationPlan = {
    ...made.plan,
    version: 1,
    signsWork: true,
    operationId,
    copy: shadow,
    retained,
    statement: options.statement,
    lowerCaseTableNames: facts.lowerCaseTableNames > 0,
  };
  await savePlan(session, operationId, planText(plan));
  const { gtids } = await session.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
  await startStream(session, operationId, gtids);
  await startProgress(session, operationId, 1);
  return { plan, notes: made.notes };
}
