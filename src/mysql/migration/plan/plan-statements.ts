/**
 * Plans statements before anything runs: each is checked as its migration would be, its shadow is made and dropped again,
 * and the server is asked for the cheapest algorithm. The tables of it are empty and owned; they are recorded before they
 * exist and gone afterwards, with the record. Where the worker is killed, the next try removes what is there, and after
 * the last one `reconcile` does (P4): while it lasts a planning is an operation, which locks no table.
 */
import type { StatementPlan } from '../../../domain/statement-plan.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { parseAlter, type AlterStatement } from '../../../schema/alter-statement.js';
import { checkNames } from '../../../schema/create-statement.js';
import { quoteIdentifier } from '../../../schema/identifier.js';
import { copyName } from '../../../schema/names.js';
import type { TableModel, TableName } from '../../../schema/table-model.js';
import { runPreflight } from '../../preflight/run-preflight.js';
import type { ServerFacts } from '../../preflight/server-facts.js';
import { loadTable } from '../../server/introspect/load-table.js';
import { takeAdvisoryLockForSure } from '../../server/locks/advisory-lock.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import { withSession, type Session } from '../../server/session/session.js';
import { controlVariables } from '../../server/session/variables.js';
import { takeOver } from '../../server/sidecar/epoch.js';
import {
  forgetOperation,
  lockHolder,
  openOperation,
  recordOwned,
  type Owner,
} from '../../server/sidecar/operations.js';
import { ensureSidecar } from '../../server/sidecar/schema.js';
import { makeOwnDatabase } from '../../server/sidecar/table-database.js';
import { dropCopies } from '../clean-up.js';
import { shadowOn } from '../make-shadow.js';
import { placeCopy } from '../own-database.js';
import { alterContext, conversionSettings, loadStatementFacts } from '../statement-facts.js';
import { describePlan, describeRefusal, type PlanTerms } from './describe-plan.js';
import { tryAlgorithms } from './try-algorithms.js';

export interface PlanStatementsOptions {
  readonly cluster: ClusterSettings;
  /** Of the planning. */
  readonly operationId: string;
  readonly token: string;
  readonly owner: Owner;
  readonly database: string;
  readonly statements: readonly string[];
  /** As for a migration. */
  readonly sqlMode?: string | undefined;
  readonly terms: PlanTerms;
}

/**
 * One plan for each statement, in their order.
 * @throws SQL_MODE_REFUSED, what is tried again, the driver's errors; what a statement is refused for is in its plan.
 */
export function planStatements(options: PlanStatementsOptions): Promise<readonly StatementPlan[]> {
  return withSession(options.cluster, controlVariables, async (session) => {
    const facts = await loadStatementFacts(session, options.sqlMode);
    const planning: Planning = { ...options, session, facts, results: [], isOpen: false, copies: 0 };
    const plans: StatementPlan[] = [];
    for (const [index, statement] of options.statements.entries()) {
      plans.push(await planOne(planning, statement, index + 1));
    }
    if (planning.isOpen) {
      await dropCopies(session, options.operationId);
      await forgetOperation(session, options.operationId);
    }
    return plans;
  });
}

interface Planning extends PlanStatementsOptions {
  readonly session: Session;
  readonly facts: ServerFacts;
  readonly results: Result[];
  isOpen: boolean;
  copies: number;
}

/** What the table is after a statement. */
interface Result {
  /** Of the statement. */
  readonly number: number;
  readonly of: TableName;
  /** Empty, under a name of ours; null where the statement is refused, or such a copy cannot stand for the table. */
  readonly table: TableModel | null;
}

async function planOne(planning: Planning, text: string, number: number): Promise<StatementPlan> {
  const { session, facts, database, results } = planning;
  let table: TableName | null = null;
  let earlier: Result | undefined;
  try {
    const statement = parseAlter(text, alterContext(facts, database));
    const real = await loadTable(session, statement.table);
    table = { database: real.database, table: real.table };
    earlier = results.findLast(({ of }) => of.database === real.database && of.table === real.table);
    return await planOn(planning, { statement, real, earlier, number });
  } catch (error) {
    if (!(error instanceof SwitchyardError) || error.kind !== 'terminal') throw error;
    await session.set(controlVariables);
    if (table !== null) results.push({ number, of: table, table: null });
    const place = { statement: text, database, table: table?.table ?? null };
    return describeRefusal(place, error, earlier?.table?.table);
  }
}

interface Planned {
  readonly statement: AlterStatement;
  readonly real: TableModel;
  readonly earlier: Result | undefined;
  readonly number: number;
}

async function planOn(planning: Planning, planned: Planned): Promise<StatementPlan> {
  const { session, facts, results, terms } = planning;
  const { statement, real, earlier, number } = planned;
  const before = earlier?.table ?? real;
  // The checks are about the application's table, in the form that it has then.
  const named = { ...before, database: real.database, table: real.table };
  const site = { session, facts, database: real.database, tables: [named] };
  const warnings = await runPreflight({ sites: [site], statement });
  await openPlanning(planning);
  await session.run(`USE ${quoteIdentifier(real.database)}`);
  const conversion = await conversionSettings(session, facts);
  const shadow = await nextCopy(planning, before);
  const made = await shadowOn(session, {
    ...{ statement, table: before, shadow, conversion, facts, allowDestructive: true },
  });
  const copy = await nextCopy(planning, before);
  await makeOwnDatabase(session, copy, before.database);
  const algorithms = await tryAlgorithms(session, { statement, table: before, copy, conversion });
  const after = await loadTable(session, copy);
  results.push({ number, of: real, table: canStandFor(after) ? after : null });
  const holder = await lockHolder(session, real);
  return describePlan(session, {
    ...{ statement: statement.text, table: real, plannedOn: earlier?.table == null ? null : earlier.number },
    ...{ algorithms, losses: made.losses, terms },
    warnings: [...warnings, ...made.notes, ...busy(holder?.workflowId, planning.owner), ...notPlannedOn(earlier)],
  });
}

/** The record of the planning, where there is none yet; a table of an earlier try is ours, and empty. */
async function openPlanning(planning: Planning): Promise<void> {
  const { session, operationId, token, owner, database } = planning;
  if (planning.isOpen) return;
  await ensureSidecar(session);
  await openOperation(session, { ...owner, operationId, kind: 'onlineDdl', database, tables: [] });
  // An earlier try that still runs ends here, with its session (make-shadow.ts).
  await takeAdvisoryLockForSure(session, operationId);
  await takeOver(session, operationId, token);
  await dropCopies(session, operationId);
  planning.isOpen = true;
}

/** Where the next empty table is made, recorded as ours. */
async function nextCopy(planning: Planning, like: TableModel): Promise<TableName> {
  const { session, operationId } = planning;
  planning.copies += 1;
  const copy = placeCopy(like, copyName(operationId, planning.copies));
  await recordOwned(session, operationId, [{ ...copy, role: 'copy', ofTable: like.table }]);
  return copy;
}

/** The names of CHECK constraints are not the table's own on a copy, and the next statement may name them. */
function canStandFor({ createStatement }: TableModel): boolean {
  const { explicit, automatic } = checkNames(createStatement);
  return explicit.length + automatic.length === 0;
}

function busy(workflowId: string | undefined, owner: Owner): readonly string[] {
  // A migration that is prepared again has the table itself.
  if (workflowId === undefined || workflowId === owner.workflowId) return [];
  return [`The table has an operation now, ${workflowId}: this one can start after it.`];
}

function notPlannedOn(earlier: Result | undefined): readonly string[] {
  if (earlier === undefined || earlier.table !== null) return [];
  return [
    `Statement ${earlier.number} is about the same table, and this one is planned without it: it is refused, or the table has CHECK constraints.`,
  ];
}
