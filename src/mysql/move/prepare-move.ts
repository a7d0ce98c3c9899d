/**
 * Prepares a move: checks both servers and all tables, takes the lock rows on both sides, makes the empty target tables,
 * and writes the plan. After a terminal error nothing is left behind.
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { chooseIterationKey } from '../../schema/iteration-key.js';
import { ownedNamePattern, retainedName } from '../../schema/names.js';
import type { TableModel } from '../../schema/table-model.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { executedGtids } from '../table/follow/follower.js';
import { loadTable } from '../server/introspect/load-table.js';
import { runPreflight } from '../preflight/run-preflight.js';
import type { ServerFacts } from '../preflight/server-facts.js';
import { planText } from '../table/rows/stored-plan.js';
import type { JsonWay, TablePlan } from '../table/rows/table-plan.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withSession, type Session } from '../server/session/session.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { controlVariables, moveConversion } from '../server/session/variables.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { openOperation, savePlan, type AskOwner, type Owner } from '../server/sidecar/operations.js';
import { startProgress, startStream } from '../server/sidecar/progress.js';
import { freeTable, type RemoveAbandonedMigration } from '../server/sidecar/free-table.js';
import { ensureSidecar } from '../server/sidecar/schema.js';
import { checkServers } from './check-servers.js';
import { makeTarget } from './make-target.js';
import type { MovePlan, SourceTables } from './move-plan.js';
import { removeMoveFrom } from './remove-move.js';

export interface PrepareMoveOptions {
  readonly source: ClusterSettings;
  readonly target: ClusterSettings;
  readonly sourceDatabase: string;
  readonly targetDatabase: string;
  /** All of the database's own tables where it is absent. */
  readonly tables?: readonly string[];
  /** Of all tables. */
  readonly excludeTables?: readonly string[];
  readonly name: string;
  readonly operationId: string;
  readonly token: string;
  readonly owner: Owner;
  readonly json: JsonWay;
  readonly sourceTables: SourceTables;
  /** How long a source table is kept that was renamed. */
  readonly retainForMs: number;
  /** What became of the workflow that holds a table's lock row. */
  readonly askOwner: AskOwner;
  readonly removeAbandonedMigration: RemoveAbandonedMigration;
  readonly deferSecondaryIndexes: boolean;
}

export interface PreparedMove {
  readonly plan: MovePlan;
  /** What the source tables are called once the move is complete; none where they are not retained. */
  readonly retainedTables: readonly string[];
  readonly warnings: readonly string[];
}

/** @throws the errors of preflight, TABLE_BUSY, TARGET_TABLE_EXISTS …, the driver's errors (to be repeated). */
export function prepareMove(options: PrepareMoveOptions): Promise<PreparedMove> {
  return withSession(options.source, controlVariables, (source) =>
    withSession(options.target, controlVariables, async (target) => {
      const sessions = { source, target };
      const databases = { source: options.sourceDatabase, target: options.targetDatabase };
      const facts = await checkServers(sessions, databases);
      const tables = await findTables(source, options);
      const warnings = await checkTables(sessions, options, tables);
      await Promise.all([ensureSidecar(target), ensureSidecar(source)]);
      await takeTables(sessions, options, tables);
      try {
        const plan = await makePlan(sessions, options, facts, tables);
        return { plan, retainedTables: retainedTables(plan), warnings };
      } catch (error) {
        if (error instanceof SwitchyardError && error.kind === 'terminal') {
          await removeMoveFrom(sessions, options.operationId, 'failed');
        }
        throw error;
      }
    }),
  );
}

async function findTables(source: Session, options: PrepareMoveOptions): Promise<readonly TableModel[]> {
  const { sourceDatabase: database, tables, excludeTables = [] } = options;
  const names = tables ?? (await allTables(source, database)).filter((name) => !excludeTables.includes(name));
  if (names.length === 0) throw new SwitchyardError('NO_TABLES', { database, cluster: source.cluster.name });
  const models: TableModel[] = [];
  for (const table of names) models.push(await loadTable(source, { database, table }));
  return models;
}

async function allTables(source: Session, database: string): Promise<readonly string[]> {
  const rows = await source.rows<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name`,
    [database],
  );
  return rows.map(({ name }) => name).filter((name) => !ownedNamePattern.test(name));
}

/** Both servers, for both directions: what is needed to move a table is needed to move it back. */
async function checkTables(
  sessions: SessionPair,
  options: PrepareMoveOptions,
  tables: readonly TableModel[],
): Promise<readonly string[]> {
  const warnings = new Set<string>();
  for (const table of tables) {
    chooseIterationKey(table);
    for (const { session, database } of [
      { session: sessions.source, database: options.sourceDatabase },
      { session: sessions.target, database: options.targetDatabase },
    ]) {
      const { warnings: some } = await runPreflight(session, { ...table, database });
      for (const warning of some) warnings.add(warning);
    }
  }
  return [...warnings];
}

function retainedTables({ operationId, sourceTables, tables }: MovePlan): readonly string[] {
  if (sourceTables !== 'rename') return [];
  return tables.map(({ tableNumber }) => retainedName(operationId, tableNumber));
}

/** The lock rows of the source tables, and of the names that their copies will have. */
async function takeTables(
  { source, target }: SessionPair,
  options: PrepareMoveOptions,
  tables: readonly TableModel[],
): Promise<void> {
  const { operationId, owner } = options;
  const operation = { ...owner, operationId, kind: 'moveTables', tables: tables.map(({ table }) => table) } as const;
  for (const [session, database] of [
    [source, options.sourceDatabase],
    [target, options.targetDatabase],
  ] as const) {
    for (const { table } of tables) await freeTable(session, { database, table }, options);
    await openOperation(session, { ...operation, database });
  }
}

async function makePlan(
  { source, target }: SessionPair,
  options: PrepareMoveOptions,
  facts: ServerFacts,
  tables: readonly TableModel[],
): Promise<MovePlan> {
  const { operationId, name, sourceDatabase, targetDatabase } = options;
  // Read before any row is: what is committed later comes by the feed.
  const position = (await executedGtids(source)).toString();
  const plan: MovePlan = {
    ...{ version: 1, operationId, name },
    source: { cluster: options.source.name, database: sourceDatabase },
    target: { cluster: options.target.name, database: targetDatabase },
    tables: await makeTargets(options, facts, tables),
    sourceTables: options.sourceTables,
    retainForMs: options.retainForMs,
  };
  await startStream(target, operationId, position);
  await startProgress(target, operationId, tables.length);
  for (const session of [source, target]) await savePlan(session, operationId, planText(plan));
  return plan;
}

async function makeTargets(
  options: PrepareMoveOptions,
  facts: ServerFacts,
  tables: readonly TableModel[],
): Promise<readonly TablePlan[]> {
  const { operationId, token, target, targetDatabase: database, deferSecondaryIndexes, json } = options;
  const conversion = moveConversion;
  return withSession(target, controlVariables, async (session) => {
    // As for a shadow: DDL is no part of a fenced transaction, so a later run ends this session before it begins.
    await takeAdvisoryLockForSure(session, operationId);
    await takeOver(session, operationId, token);
    const plans: TablePlan[] = [];
    for (const [tableNumber, table] of tables.entries()) {
      const lowerCaseTableNames = facts.lowerCaseTableNames > 0;
      const name = { database, table: table.table };
      plans.push(
        await makeTarget(session, {
          ...{ operationId, tableNumber, table, target: name },
          ...{ conversion, json, deferSecondaryIndexes, lowerCaseTableNames },
        }),
      );
    }
    return plans;
  });
}
