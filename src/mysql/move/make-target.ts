/**
 * Makes one empty target table with the source's definition. It is made under a name of ours and renamed, so that at any
 * moment it can be told whether a table with the application's name is one that we made (P4).
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { mapColumns } from '../../schema/column-mapping.js';
import { definitionFingerprintText } from '../../schema/create-statement.js';
import { quoteTable } from '../../schema/identifier.js';
import { chooseIterationKey } from '../../schema/iteration-key.js';
import { copyName } from '../../schema/names.js';
import { retargetCreate, copyConstraintNames } from '../../schema/rewrite.js';
import type { TableModel, TableName } from '../../schema/table-model.js';
import { loadTable, tableExists } from '../server/introspect/load-table.js';
import { describeSource, type JsonWay, type TablePlan } from '../table/rows/table-plan.js';
import { errorKind, serverMessage } from '../server/session/server-errors.js';
import type { Session } from '../server/session/session.js';
import type { ConversionSettings } from '../server/session/variables.js';
import { deferIndexes } from '../table/indexes/defer-indexes.js';
import { isOwned, recordOwned } from '../server/sidecar/operations.js';

export interface MakeTargetOptions {
  readonly operationId: string;
  readonly tableNumber: number;
  /** As the source server describes it. */
  readonly table: TableModel;
  readonly target: TableName;
  readonly conversion: ConversionSettings;
  readonly json: JsonWay;
  readonly deferSecondaryIndexes: boolean;
  /** Of the source server. */
  readonly lowerCaseTableNames: boolean;
}

/** Where the table is made before it gets its name. */
function makingName({ database }: TableName, operationId: string, tableNumber: number): TableName {
  return { database, table: copyName(operationId, tableNumber) };
}

/**
 * Repeatable: what an earlier run has made is taken or made anew.
 * @param session on the target, with the DDL settings; holds the operation's advisory lock.
 * @throws TARGET_TABLE_EXISTS, TARGET_DEFINITION_DIFFERS, what the schema rules refuse.
 */
export async function makeTarget(session: Session, options: MakeTargetOptions): Promise<TablePlan> {
  const { operationId, tableNumber, target, table } = options;
  const making = makingName(target, operationId, tableNumber);
  const isMade = (await isOwned(session, operationId, target)) && !(await tableExists(session, making));
  if (isMade) await session.run(`RENAME TABLE ${quoteTable(target)} TO ${quoteTable(making)}`);
  else if (await tableExists(session, target)) {
    throw new SwitchyardError('TARGET_TABLE_EXISTS', {
      table: `${target.database}.${target.table}`,
      cluster: session.cluster.name,
    });
  }
  await recordOwned(session, operationId, { ...making, role: 'copy', ofTable: table.table });
  await session.run(`DROP TABLE IF EXISTS ${quoteTable(making)}`);
  const plan = await create(session, options, making);
  await recordOwned(session, operationId, { ...target, role: 'target', ofTable: table.table });
  await session.run(`RENAME TABLE ${quoteTable(making)} TO ${quoteTable(target)}`);
  return plan;
}

async function create(session: Session, options: MakeTargetOptions, making: TableName): Promise<TablePlan> {
  const { operationId, tableNumber, table, target, conversion, json, lowerCaseTableNames } = options;
  const wanted = retargetCreate(
    table.createStatement,
    quoteTable(making),
    copyConstraintNames(table.createStatement, making.table),
  );
  const made = await createAsWanted(session, table, making, wanted);
  const key = chooseIterationKey(table);
  return {
    ...describeSource(table, key),
    ...{ operationId, tableNumber, conversion, json, lowerCaseTableNames },
    copy: target,
    copyKey: key.columns.map(({ name }) => name),
    copyKeyIndex: key.indexName,
    helperColumns: [],
    pairs: mapColumns(table, made, []).pairs,
    implicitDefaults: [],
    deferredIndexes: options.deferSecondaryIndexes ? await deferIndexes(session, making, key.indexName) : [],
  };
}

/** The table is the same on both servers, in the servers' own words: else rows would not be. */
async function createAsWanted(
  session: Session,
  table: TableModel,
  making: TableName,
  wanted: string,
): Promise<TableModel> {
  const differs = (problem: string): SwitchyardError =>
    new SwitchyardError('TARGET_DEFINITION_DIFFERS', {
      table: `${table.database}.${table.table}`,
      cluster: session.cluster.name,
      problem: problem.replaceAll(making.table, table.table),
    });
  try {
    await session.run(wanted);
  } catch (error) {
    const kind = errorKind(error);
    if (kind === undefined || kind === 'passes' || kind === 'environment') throw error;
    throw differs(serverMessage(error));
  }
  const made = await loadTable(session, making);
  const text = retargetCreate(made.createStatement, quoteTable(making));
  if (definitionFingerprintText(text) !== definitionFingerprintText(wanted)) {
    throw differs('what it makes of the definition is another one; look at versions, defaults and SQL modes');
  }
  return made;
}
