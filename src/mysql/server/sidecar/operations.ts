/** The rows that say which operation works on which table, and what it owns (P4). */
import type { OperationKind } from '../../../domain/residual.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { TableName } from '../../../schema/table-model.js';
import { inSets, placeholders, rowsOf } from '../introspect/in-sets.js';
import type { Session } from '../session/session.js';

export type OperationState = 'open' | 'completed' | 'cancelled' | 'failed' | 'abandoned';

export interface OperationRow {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly workflowId: string;
  /** The first run of the workflow: stays the same over continue-as-new. */
  readonly runId: string;
  readonly database: string;
  /** The first one, where there are several. */
  readonly table: string;
  readonly state: OperationState;
}

/** Where a workflow runs; null where that is not known, as of operations that earlier versions began. */
export interface TemporalPlace {
  readonly namespace: string | null;
  /** The id of the Temporal cluster. */
  readonly temporalCluster: string | null;
}

/** The workflow that an operation belongs to. */
export interface Owner extends TemporalPlace, Pick<OperationRow, 'workflowId' | 'runId'> {}

/** `elsewhere`: the Temporal that was asked does not know it, and it was begun in another namespace or cluster. */
export type OwnerState = 'open' | 'gone' | 'elsewhere';
export type AskOwner = (owner: Owner) => Promise<OwnerState>;

/** An operation that begins. */
export interface NewOperation extends Omit<OperationRow, 'state' | 'table'>, TemporalPlace {
  /** Their locks are taken. */
  readonly tables: readonly string[];
}

/**
 * `copy`: the shadow of a migration, or a table of a move that is being made. `target`: a target table of a move, which
 * has the application's name.
 */
export type OwnedRole = 'copy' | 'retained' | 'target';

/** A copy is kept under the name that it had when migrations were all there was. */
function storedRole(role: OwnedRole): string {
  return role === 'copy' ? 'shadow' : role;
}

/** SQL for the role as it is called here, in a list of columns of `owned_tables`. */
export const roleColumn = "IF(role = 'shadow', 'copy', role) AS role";

export interface OwnedTable extends TableName {
  readonly role: OwnedRole;
  /** The application's table that it is for. */
  readonly ofTable: string;
}

const operationColumns = `o.operation_id AS operationId, o.kind, o.workflow_id AS workflowId, o.run_id AS runId,
  o.database_name AS \`database\`, o.table_name AS \`table\`, o.state`;

/** The operation that holds the lock of this table, if any. */
export async function lockHolder(session: Session, { database, table }: TableName): Promise<TableHolder | undefined> {
  const [holder] = await lockHolders(session, database, [table]);
  return holder;
}

export interface TableHolder extends OperationRow {
  /** The table whose lock it holds. */
  readonly lockedTable: string;
}

/** The operations that hold the locks of these tables: a row for each table that is locked. */
export async function lockHolders(
  session: Session,
  database: string,
  tables: readonly string[],
): Promise<readonly TableHolder[]> {
  const holders: TableHolder[] = [];
  for (const set of inSets(tables)) {
    const rows = await session.rows<TableHolder>(
      `SELECT ${operationColumns}, l.table_name AS lockedTable
         FROM _switchyard.operations o JOIN _switchyard.table_locks l USING (operation_id)
        WHERE l.database_name = ? AND l.table_name IN ${placeholders(set)} ORDER BY l.table_name`,
      [database, ...set],
    );
    holders.push(...rows);
  }
  return holders;
}

export async function loadOperation(session: Session, operationId: string): Promise<OperationRow> {
  const row = await findOperation(session, operationId);
  if (row === undefined) throw new SwitchyardError('UNKNOWN_OPERATION', { operation: operationId });
  return row;
}

/** The same; undefined where this sidecar does not know it. */
export async function findOperation(session: Session, operationId: string): Promise<OperationRow | undefined> {
  const rows = await session.rows<OperationRow>(
    `SELECT ${operationColumns} FROM _switchyard.operations o WHERE o.operation_id = ?`,
    [operationId],
  );
  return rows[0];
}

/** Whose an operation is. Without naming columns: a sidecar on which only earlier versions have begun something lacks some. */
export async function ownerOf(session: Session, operation: OperationRow): Promise<Owner> {
  const { operationId, workflowId, runId } = operation;
  const row = await session.row<{ namespace?: string | null; temporal_cluster?: string | null }>(
    'SELECT * FROM _switchyard.operations WHERE operation_id = ?',
    [operationId],
  );
  return { workflowId, runId, namespace: row.namespace ?? null, temporalCluster: row.temporal_cluster ?? null };
}

/** An owner that is elsewhere, in words. */
export function describeElsewhere({ workflowId, namespace, temporalCluster }: Owner): string {
  return `${workflowId} in namespace ${namespace} of the Temporal cluster ${temporalCluster}, which is not this one`;
}

/**
 * Takes the lock rows of the tables and writes the operation, in one transaction. Repeating it for the same operation
 * changes nothing. @throws TABLE_BUSY when another operation has one of the locks.
 */
export async function openOperation(session: Session, operation: NewOperation): Promise<void> {
  const { operationId, kind, workflowId, runId, namespace, temporalCluster, database, tables } = operation;
  await session.run('START TRANSACTION');
  try {
    await session.run(
      `INSERT INTO _switchyard.operations
         (operation_id, kind, workflow_id, run_id, namespace, temporal_cluster, database_name, table_name, epoch, state,
          created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 'open', UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE operation_id = operation_id`,
      [operationId, kind, workflowId, runId, namespace, temporalCluster, database, tables[0] ?? ''],
    );
    await lockRows(session, operationId, database, tables);
    await session.run('COMMIT');
  } catch (error) {
    await session.run('ROLLBACK');
    throw error;
  }
}

async function lockRows(
  session: Session,
  operationId: string,
  database: string,
  tables: readonly string[],
): Promise<void> {
  // In one order, so that two moves of the same tables do not wait for each other.
  for (const set of inSets([...tables].sort())) {
    await session.run(
      `INSERT INTO _switchyard.table_locks (database_name, table_name, operation_id)
       VALUES ${rowsOf(set, '(?, ?, ?)')} ON DUPLICATE KEY UPDATE operation_id = table_locks.operation_id`,
      set.flatMap((table) => [database, table, operationId]),
    );
  }
  const other = (await lockHolders(session, database, tables)).find((holder) => holder.operationId !== operationId);
  if (other === undefined) return;
  throw new SwitchyardError('TABLE_BUSY', { table: `${database}.${other.lockedTable}`, owner: other.workflowId });
}

export async function hasOperation(session: Session, operationId: string): Promise<boolean> {
  const rows = await session.rows('SELECT 1 FROM _switchyard.operations WHERE operation_id = ?', [operationId]);
  return rows.length > 0;
}

/** All operations that are not closed on this server. */
export function openOperations(session: Session): Promise<readonly OperationRow[]> {
  return session.rows<OperationRow>(
    `SELECT ${operationColumns} FROM _switchyard.operations o WHERE o.state = 'open' ORDER BY o.created_at, o.operation_id`,
  );
}

/** Keeps the plan of an operation, as JSON text. */
export async function savePlan(session: Session, operationId: string, plan: string): Promise<void> {
  await session.run('UPDATE _switchyard.operations SET plan = ? WHERE operation_id = ?', [plan, operationId]);
}

/** The plan as JSON text, or null where the preparation did not come that far. */
export async function loadPlan(session: Session, operationId: string): Promise<string | null> {
  const { plan } = await session.row<{ plan: string | null }>(
    'SELECT plan FROM _switchyard.operations WHERE operation_id = ?',
    [operationId],
  );
  return plan;
}

/** Ends the operation: its state, its lock row, its stream. What it did stays as a record. Repeatable. */
export async function closeOperation(session: Session, operationId: string, state: OperationState): Promise<void> {
  await session.run('START TRANSACTION');
  await session.run(
    `UPDATE _switchyard.operations SET state = ?, closed_at = UTC_TIMESTAMP(6)
      WHERE operation_id = ? AND state = 'open'`,
    [state, operationId],
  );
  for (const table of ['table_locks', 'streams']) {
    await session.run(`DELETE FROM _switchyard.${table} WHERE operation_id = ?`, [operationId]);
  }
  await session.run('COMMIT');
}

/** Removes the record of an operation that has done nothing, and owns nothing any more. */
export async function forgetOperation(session: Session, operationId: string): Promise<void> {
  await session.run('DELETE FROM _switchyard.operations WHERE operation_id = ?', [operationId]);
}

/** Records that we are about to make tables: written before they exist, so that nothing we made is ever unknown. */
export async function recordOwned(session: Session, operationId: string, owned: readonly OwnedTable[]): Promise<void> {
  for (const set of inSets(owned)) {
    await session.run(
      `INSERT INTO _switchyard.owned_tables (database_name, table_name, operation_id, role, of_table, recorded_at)
       VALUES ${rowsOf(set, '(?, ?, ?, ?, ?, UTC_TIMESTAMP(6))')}
       ON DUPLICATE KEY UPDATE operation_id = VALUES(operation_id)`,
      set.flatMap(({ database, table, role, ofTable }) => [database, table, operationId, storedRole(role), ofTable]),
    );
  }
}

export async function listOwned(session: Session, operationId: string): Promise<readonly OwnedTable[]> {
  return session.rows<OwnedTable>(
    `SELECT database_name AS \`database\`, table_name AS \`table\`, ${roleColumn}, of_table AS ofTable FROM _switchyard.owned_tables
      WHERE operation_id = ?`,
    [operationId],
  );
}

/** Forgets one table. */
export async function forgetTable(
  session: Session,
  operationId: string,
  { database, table }: TableName,
): Promise<void> {
  await session.run(
    'DELETE FROM _switchyard.owned_tables WHERE operation_id = ? AND database_name = ? AND table_name = ?',
    [operationId, database, table],
  );
}

export async function forgetOwned(session: Session, operationId: string, role: OwnedRole): Promise<void> {
  await session.run('DELETE FROM _switchyard.owned_tables WHERE operation_id = ? AND role = ?', [
    operationId,
    storedRole(role),
  ]);
}
