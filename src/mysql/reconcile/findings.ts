/**
 * What operations have left on a cluster, whether their records are open, closed or gone: rows of the sidecar, and tables
 * and triggers with names of ours.
 */
import { sameName } from '../../schema/identifier.js';
import { ownedNamePattern, ownName } from '../../schema/names.js';
import type { TableName } from '../../schema/table-model.js';
import { tableExists } from '../server/introspect/load-table.js';
import type { Session } from '../server/session/session.js';
import {
  findOperation,
  openOperations,
  roleColumn,
  type OperationRow,
  type OwnedRole,
  type OwnedTable,
} from '../server/sidecar/operations.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import { listAllFences, type FenceTrigger } from '../move/traffic/fence.js';
import { labelTable, listLabelTables } from '../move/label-table.js';
import { gateTable, listGates } from '../move/traffic/gate.js';

/** What one operation has left. */
export interface Left {
  readonly operationId: string;
  readonly locks: readonly TableName[];
  readonly hasStream: boolean;
  readonly owned: readonly (OwnedTable & { readonly exists: boolean })[];
  /** They have names of ours, and no record says who made them. */
  readonly unrecorded: readonly TableName[];
  readonly fences: readonly FenceTrigger[];
  readonly hasGate: boolean;
  /** A table by which labels were read. */
  readonly hasLabels: boolean;
}

/** The record of an operation; undefined where this cluster has none. */
export async function findRecord(session: Session, operationId: string): Promise<OperationRow | undefined> {
  return (await sidecarExists(session)) ? findOperation(session, operationId) : undefined;
}

interface Rows {
  readonly locks: readonly (TableName & OfOperation)[];
  readonly streams: readonly OfOperation[];
  readonly owned: readonly (OwnedTable & OfOperation)[];
}

interface OfOperation {
  readonly operationId: string;
}

/** Open operations first, in the order in which they began; then what is left of others. @throws the driver's errors. */
export async function findLeft(session: Session): Promise<readonly Left[]> {
  const hasSidecar = await sidecarExists(session);
  const rows = hasSidecar ? await readRows(session) : { locks: [], streams: [], owned: [] };
  const tables = await listOwnNames(session);
  const unrecorded = tables.filter((table) => !rows.owned.some((owned) => isSameTable(owned, table)));
  const fences = await listAllFences(session);
  const gates = await listGates(session);
  const labels = await listLabelTables(session);
  const open = hasSidecar ? await openOperations(session) : [];
  const others = [...rows.locks, ...rows.streams, ...rows.owned, ...unrecorded, ...fences, ...gates, ...labels];
  const ids = new Set([...open, ...others].map(({ operationId }) => operationId));
  const left: Left[] = [];
  for (const operationId of ids) {
    const isOf = (one: OfOperation): boolean => one.operationId === operationId;
    left.push({
      operationId,
      locks: rows.locks.filter(isOf),
      hasStream: rows.streams.some(isOf),
      owned: await withExistence(session, rows.owned.filter(isOf)),
      unrecorded: unrecorded.filter(isOf),
      fences: fences.filter(isOf),
      hasGate: gates.some(isOf),
      hasLabels: labels.some(isOf),
    });
  }
  return left;
}

async function readRows(session: Session): Promise<Rows> {
  const name = 'database_name AS `database`, table_name AS `table`, operation_id AS operationId';
  return {
    locks: await session.rows(`SELECT ${name} FROM _switchyard.table_locks ORDER BY database_name, table_name`),
    streams: await session.rows('SELECT operation_id AS operationId FROM _switchyard.streams ORDER BY operation_id'),
    owned: await session.rows(
      `SELECT ${name}, ${roleColumn}, of_table AS ofTable FROM _switchyard.owned_tables
        ORDER BY recorded_at, database_name, table_name`,
    ),
  };
}

async function listOwnNames(session: Session): Promise<readonly (TableName & OfOperation)[]> {
  const rows = await session.rows<TableName>(
    `SELECT table_schema AS \`database\`, table_name AS \`table\` FROM information_schema.tables
      WHERE (LEFT(table_name, 4) = '_sw_' OR LEFT(table_schema, 4) = '_sw_') AND table_type = 'BASE TABLE' ORDER BY table_schema, table_name`,
  );
  return rows.flatMap((row) => {
    const operationId = ownedNamePattern.exec(ownName(row) ?? '')?.[1];
    return operationId === undefined ? [] : [{ ...row, operationId }];
  });
}

function isSameTable(one: TableName, other: TableName): boolean {
  return one.table === other.table && sameName(one.database, other.database);
}

async function withExistence(session: Session, owned: readonly OwnedTable[]): Promise<Left['owned']> {
  const found: (OwnedTable & { exists: boolean })[] = [];
  for (const one of owned) found.push({ ...one, exists: await tableExists(session, one) });
  return found;
}

const nounOf: Readonly<Record<OwnedRole, string>> = {
  copy: 'copy',
  retained: 'retained table',
  target: 'target table',
};

/** One part for each thing, in words. */
export function describeLeft({
  operationId,
  locks,
  hasStream,
  owned,
  unrecorded,
  fences,
  hasGate,
  hasLabels,
}: Left): readonly string[] {
  const name = ({ database, table }: TableName): string => `${database}.${table}`;
  return [
    ...(locks.length > 0 ? [`locks of ${locks.map(name).join(', ')}`] : []),
    ...(hasStream ? ['a stream'] : []),
    ...owned.map((one) => `${one.exists ? '' : 'the record of '}${nounOf[one.role]} ${name(one)}`),
    ...unrecorded.map((one) => `table ${name(one)}, without a record`),
    ...fences.map((fence) => `fence ${fence.name} on ${name(fence)}`),
    ...(hasGate ? [`gate ${name(gateTable(operationId))}`] : []),
    ...(hasLabels ? [`table ${name(labelTable(operationId))}`] : []),
  ];
}
