/**
 * Makes the empty target tables with the source's definitions, in sets: what can be asked or done for many tables at once
 * is. A set is made under names of ours and renamed in one statement (made-tables.ts).
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { tablesMadeAtOnce } from '../../limits/mysql-move.js';
import { mapColumns } from '../../schema/column-mapping.js';
import { definitionFingerprintText, splitCreateStatement } from '../../schema/create-statement.js';
import { quoteTable } from '../../schema/identifier.js';
import { chooseIterationKey, type KeyChoice } from '../../schema/iteration-key.js';
import { copyName } from '../../schema/names.js';
import { retargetCreate, copyConstraintNames } from '../../schema/rewrite.js';
import { unwrittenColumns } from '../../schema/unwritten-columns.js';
import type { TableModel, TableName } from '../../schema/table-model.js';
import { inSets } from '../server/introspect/in-sets.js';
import { existingTables, loadTables } from '../server/introspect/load-table.js';
import { errorKind, errorNumbers, serverErrorNumber, serverMessage } from '../server/session/server-errors.js';
import type { Session } from '../server/session/session.js';
import type { ConversionSettings } from '../server/session/variables.js';
import { recordOwned, type OwnedRole } from '../server/sidecar/operations.js';
import { deferIndexes } from '../table/indexes/defer-indexes.js';
import { describeSource, type JsonWay, type TablePlan } from '../table/rows/table-plan.js';
import { freeCheckNames } from './free-check-names.js';
import type { ExactDefinitions } from './exact-definitions.js';
import { dropMade, renameTables } from './made-tables.js';

export interface MakeTargetsOptions {
  readonly operationId: string;
  /** What their text may not say. */
  readonly exact: ExactDefinitions;
  /** As the source server describes them. */
  readonly tables: readonly TableModel[];
  /** On the target. */
  readonly database: string;
  readonly keyChoice: KeyChoice;
  readonly conversion: ConversionSettings;
  readonly json: JsonWay;
  readonly deferSecondaryIndexes: boolean;
  /** Of the source server. */
  readonly lowerCaseTableNames: boolean;
  /** Is told after each set how many there are. */
  readonly onMade: (tables: number) => void;
  /** Ends it between two tables. */
  readonly signal: AbortSignal;
}

/** A table and the names of its copy. */
interface Target {
  readonly table: TableModel;
  readonly tableNumber: number;
  readonly name: TableName;
  /** Under which it is made. */
  readonly making: TableName;
}

/**
 * Repeatable: what an earlier run has made is made anew. @returns the plans of the tables, in their order.
 * @param session on the target, with the DDL settings; holds the operation's advisory lock.
 * @throws TARGET_TABLE_EXISTS before any is made, TARGET_DEFINITION_DIFFERS, what the schema rules refuse.
 */
export async function makeTargets(session: Session, options: MakeTargetsOptions): Promise<readonly TablePlan[]> {
  const { operationId, database, tables, onMade } = options;
  const targets = tables.map((table, tableNumber): Target => {
    const making = { database, table: copyName(operationId, tableNumber) };
    return { table, tableNumber, name: { database, table: table.table }, making };
  });
  await dropMade(session, operationId);
  await refuseExisting(session, database, targets);
  const plans: TablePlan[] = [];
  for (const set of inSets(targets, tablesMadeAtOnce)) {
    plans.push(...(await makeSet(session, options, set)));
    onMade(plans.length);
  }
  return plans;
}

async function refuseExisting(session: Session, database: string, targets: readonly Target[]): Promise<void> {
  const names = targets.map(({ name }) => name.table);
  const existing = await existingTables(session, database, names);
  const table = names.find((name) => existing.has(name));
  if (table === undefined) return;
  throw new SwitchyardError('TARGET_TABLE_EXISTS', { table: `${database}.${table}`, cluster: session.cluster.name });
}

/** That they have the application's names is recorded when all of them are there under ours, and have to lose those yet. */
async function makeSet(
  session: Session,
  options: MakeTargetsOptions,
  targets: readonly Target[],
): Promise<readonly TablePlan[]> {
  const { operationId, database } = options;
  const record = (role: OwnedRole, nameOf: (target: Target) => TableName): Promise<void> => {
    const owned = targets.map((target) => ({ ...nameOf(target), role, ofTable: target.table.table }));
    return recordOwned(session, operationId, owned);
  };
  await record('copy', ({ making }) => making);
  const created: { readonly target: Target; readonly wanted: string }[] = [];
  for (const target of targets) {
    options.signal.throwIfAborted();
    created.push({ target, wanted: await create(session, options, target) });
  }
  const models = await loadTables(
    session,
    database,
    targets.map(({ making }) => making.table),
  );
  const differences = await options.exact.differences(session, targets);
  const plans: TablePlan[] = [];
  for (const [index, made] of models.entries()) {
    const { target, wanted } = created[index] ?? {};
    if (target === undefined || wanted === undefined) continue;
    checkAsWanted(session, target, made, wanted);
    const different = differences.get(target.table.table) ?? [];
    if (different.length > 0) throw differs(session, target, `it makes another one of ${different.join('; ')}`);
    plans.push(await planOf(session, options, target, made));
  }
  await record('target', ({ name }) => name);
  await renameTables(
    session,
    targets.map(({ making: from, name: to }) => ({ from, to })),
  );
  return plans;
}

/** @returns the statement that it was made by. */
async function create(session: Session, { exact }: MakeTargetsOptions, target: Target): Promise<string> {
  const { table, making } = target;
  const constraints = copyConstraintNames(table.createStatement, making.table);
  const wanted = retargetCreate(table.createStatement, quoteTable(making), constraints);
  try {
    await createInRoom(() => exact.create(session, table, making, wanted), session, target);
    return wanted;
  } catch (error) {
    const kind = errorKind(error);
    if (kind === undefined || kind === 'passes' || kind === 'environment') throw error;
    throw differs(session, target, serverMessage(error));
  }
}

/** Once more where tables that are kept had names of its constraints. */
async function createInRoom(create: () => Promise<void>, session: Session, { table, making }: Target): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (serverErrorNumber(error) !== errorNumbers.duplicateCheckConstraint) throw error;
    if (!(await freeCheckNames(session, making.database, table))) throw error;
    await create();
  }
}

/** The table is the same on both servers, in the servers' own words: else rows would not be. */
function checkAsWanted(session: Session, target: Target, made: TableModel, wanted: string): void {
  const text = retargetCreate(made.createStatement, quoteTable(target.making));
  if (comparable(text) === comparable(wanted)) return;
  const problem = 'what it makes of the definition is another one; look at versions, defaults and SQL modes';
  throw differs(session, target, problem);
}

/** The server lists CHECK constraints by their names, of which some follow the name that the table has for now. */
function comparable(createStatement: string): string {
  const { elements, options, partitioning } = splitCreateStatement(definitionFingerprintText(createStatement));
  const texts = (isCheck: boolean): readonly string[] =>
    elements.filter(({ kind }) => (kind === 'check') === isCheck).map(({ text }) => text);
  return JSON.stringify([...texts(false), ...[...texts(true)].sort(), options, partitioning]);
}

function differs(session: Session, { table, making }: Target, problem: string): SwitchyardError {
  return new SwitchyardError('TARGET_DEFINITION_DIFFERS', {
    table: `${table.database}.${table.table}`,
    cluster: session.cluster.name,
    problem: problem.replaceAll(making.table, table.table),
  });
}

async function planOf(
  session: Session,
  options: MakeTargetsOptions,
  { table, tableNumber, name }: Target,
  made: TableModel,
): Promise<TablePlan> {
  const { operationId, conversion, json, lowerCaseTableNames } = options;
  const key = chooseIterationKey(table, options.keyChoice);
  const mapping = mapColumns(table, made, []);
  return {
    ...describeSource(table, key),
    ...{ operationId, tableNumber, conversion, json, lowerCaseTableNames },
    copy: name,
    copyKey: key.columns.map((column) => column.name),
    copyKeyIndex: key.indexName,
    helperColumns: [],
    pairs: mapping.pairs,
    unwritten: unwrittenColumns(table, made, mapping),
    implicitDefaults: [],
    deferredIndexes: options.deferSecondaryIndexes ? await deferIndexes(session, made, key.indexName) : [],
  };
}
