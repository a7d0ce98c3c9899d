/**
 * Prepares a move: checks both servers and all tables, takes the lock rows on both sides, makes the empty target tables,
 * and writes the plan. After a terminal error nothing is left behind.
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { ownedNamePattern, retainedName } from '../../schema/names.js';
import type { TableModel } from '../../schema/table-model.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { executedGtids } from '../table/follow/executed.js';
import { loadTables } from '../server/introspect/load-table.js';
import type { Site } from '../preflight/check.js';
import { refuseUnknownDatabase } from '../preflight/checks/databases.js';
import { runPreflight } from '../preflight/run-preflight.js';
import { loadServerFacts } from '../preflight/server-facts.js';
import { carryHistograms, tablesWithHistograms } from '../table/indexes/histograms.js';
import { planText } from '../table/rows/stored-plan.js';
import type { JsonWay, TablePlan } from '../table/rows/table-plan.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withSession, type Session } from '../server/session/session.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { controlVariables, moveConversion } from '../server/session/variables.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { openOperation, savePlan, type AskOwner, type Owner } from '../server/sidecar/operations.js';
import { startProgress, startStream } from '../server/sidecar/progress.js';
import { freeTables, type RemoveAbandonedMigration } from '../server/sidecar/free-tables.js';
import { ensureSidecar } from '../server/sidecar/schema.js';
import { ExactDefinitions } from './exact-definitions.js';
import { makeTargets } from './make-targets.js';
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
  /** Is told now and then how many of the target tables are made. */
  readonly onMade: (made: number, of: number) => void;
  /** Ends it, between two tables at the latest; what is made until then stays, for a later run or a clean-up. */
  readonly signal: AbortSignal;
}

export interface PreparedMove {
  readonly plan: MovePlan;
  /** What the source tables are called once the move is complete; none where they are not retained. */
  readonly retainedTables: readonly string[];
  readonly warnings: readonly string[];
}

/** What a move is prepared with: both servers, with the tables as they are called there. */
interface Sites {
  readonly source: Site;
  readonly target: Site;
}

/** @throws the errors of preflight, TABLE_BUSY, TARGET_TABLE_EXISTS …, the driver's errors, the signal's reason. */
export function prepareMove(options: PrepareMoveOptions): Promise<PreparedMove> {
  return withSession(options.source, controlVariables, (source) =>
    withSession(options.target, controlVariables, async (target) => {
      const sites = await findSites({ source, target }, options);
      const warnings = await runPreflight({ sites: [sites.source, sites.target] });
      options.signal.throwIfAborted();
      await Promise.all([ensureSidecar(target), ensureSidecar(source)]);
      await takeTables(sites, options);
      try {
        const plan = await makePlan(sites, options);
        const notCarried = await carryAllHistograms(sites, plan);
        return { plan, retainedTables: retainedTables(plan), warnings: [...warnings, ...notCarried] };
      } catch (error) {
        if (error instanceof SwitchyardError && error.kind === 'terminal') {
          await removeMoveFrom({ source, target }, options.operationId, 'failed');
        }
        throw error;
      }
    }),
  );
}

async function findSites({ source, target }: SessionPair, options: PrepareMoveOptions): Promise<Sites> {
  const { sourceDatabase, targetDatabase: database } = options;
  await refuseUnknownDatabase(source, sourceDatabase);
  const tables = await findTables(source, options);
  return {
    source: { session: source, facts: await loadServerFacts(source), database: sourceDatabase, tables },
    target: {
      ...{ session: target, facts: await loadServerFacts(target), database },
      tables: tables.map((table) => ({ ...table, database })),
    },
  };
}

async function findTables(source: Session, options: PrepareMoveOptions): Promise<readonly TableModel[]> {
  const { sourceDatabase: database, tables, excludeTables = [] } = options;
  const names = tables ?? without(await allTables(source, database), await foundAs(source, database, excludeTables));
  if (names.length === 0) throw new SwitchyardError('NO_TABLES', { database, cluster: source.cluster.name });
  return loadTables(source, database, names);
}

function without(names: readonly string[], excluded: readonly string[]): readonly string[] {
  return names.filter((name) => !excluded.includes(name));
}

/**
 * Names as the server spells and compares them: one that there is not would leave out nothing, and a table would be moved
 * that was to stay. @throws UNKNOWN_TABLE.
 */
async function foundAs(source: Session, database: string, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) {
    const [row] = await source.rows<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_name = ?
          AND (@@lower_case_table_names > 0 OR CAST(table_name AS BINARY) = CAST(? AS BINARY))`,
      [database, name, name],
    );
    if (row === undefined) {
      throw new SwitchyardError('UNKNOWN_TABLE', { table: `${database}.${name}`, cluster: source.cluster.name });
    }
    found.push(row.name);
  }
  return found;
}

async function allTables(source: Session, database: string): Promise<readonly string[]> {
  const rows = await source.rows<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name`,
    [database],
  );
  return rows.map(({ name }) => name).filter((name) => !ownedNamePattern.test(name));
}

/** Plans are good from the first query after the switch. @returns what the target did not take, which is no reason to stop. */
async function carryAllHistograms({ source, target }: Sites, { tables }: MovePlan): Promise<readonly string[]> {
  const sessions = { from: source.session, to: target.session };
  const having = await tablesWithHistograms(sessions.from, source.database);
  const problems: string[] = [];
  for (const { source: table, copy } of tables) {
    if (!having.has(table.table)) continue;
    const notCarried = await carryHistograms(sessions, table, copy);
    problems.push(...notCarried.map((problem) => `${table.table}: ${problem}`));
  }
  return problems;
}

function retainedTables({ operationId, sourceTables, tables }: MovePlan): readonly string[] {
  if (sourceTables !== 'rename') return [];
  return tables.map(({ tableNumber }) => retainedName(operationId, tableNumber));
}

/** The lock rows of the source tables, and of the names that their copies will have. */
async function takeTables({ source, target }: Sites, options: PrepareMoveOptions): Promise<void> {
  const { operationId, owner } = options;
  const tables = source.tables.map(({ table }) => table);
  const operation = { ...owner, operationId, kind: 'moveTables', tables } as const;
  for (const { session, database } of [source, target]) {
    await freeTables(session, database, tables, options);
    await openOperation(session, { ...operation, database });
  }
}

async function makePlan({ source, target }: Sites, options: PrepareMoveOptions): Promise<MovePlan> {
  const { operationId, name } = options;
  // Read before any row is: what is committed later comes by the feed.
  const position = (await executedGtids(source.session)).toString();
  const plan: MovePlan = {
    ...{ version: 1, operationId, name },
    source: { cluster: options.source.name, database: source.database },
    target: { cluster: options.target.name, database: target.database },
    tables: await makeTargetTables({ source, target }, options),
    sourceTables: options.sourceTables,
    retainForMs: options.retainForMs,
  };
  await startStream(target.session, operationId, position);
  await startProgress(target.session, operationId, source.tables.length);
  for (const { session } of [source, target]) await savePlan(session, operationId, planText(plan));
  return plan;
}

function makeTargetTables({ source, target }: Sites, options: PrepareMoveOptions): Promise<readonly TablePlan[]> {
  const { operationId, token, deferSecondaryIndexes, json, signal, onMade } = options;
  const { tables, facts } = source;
  return withSession(options.target, controlVariables, async (session) => {
    // As for a shadow: DDL is no part of a fenced transaction, so a later run ends this session before it begins.
    await takeAdvisoryLockForSure(session, operationId);
    await takeOver(session, operationId, token);
    const exact = await ExactDefinitions.read(source.session, operationId, tables);
    return makeTargets(session, {
      ...{ operationId, exact, tables, database: target.database },
      ...{ conversion: moveConversion, json, deferSecondaryIndexes },
      keyChoice: { rowImage: sparestRowImage(source, target) },
      lowerCaseTableNames: facts.lowerCaseTableNames > 0,
      ...{ signal, onMade: (made) => onMade(made, tables.length) },
    });
  });
}

/** One key serves both directions. */
function sparestRowImage(...sites: readonly Site[]): string | null {
  const images = sites.map(({ facts }) => facts.binlogRowImage);
  return images.find((image) => image?.toUpperCase() === 'MINIMAL') ?? images[0] ?? null;
}
