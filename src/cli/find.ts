/** The workflow that somebody means. */
import type { MigrationHandle, MoveHandle, TableCleanupHandle } from '../client/operations.js';
import type { SwitchyardClient } from '../client/switchyard-client.js';
import { tableCleanupWorkflowId, tablesCleanupWorkflowId } from '../contract/names.js';
import { hasCode } from '../errors/switchyard-error.js';
import { UsageProblem } from './ends.js';

export type OperationHandle = MigrationHandle | MoveHandle;
export type AnyHandle = OperationHandle | TableCleanupHandle;

/** By the convention of the contract. */
const cleanupPrefix = 'table-cleanup/';
const prefixes = ['online-ddl/', 'move-tables/'];

/** The operation of this id, or of what follows the kind in it. @throws UNKNOWN_WORKFLOW, NOT_AN_OPERATION and others. */
export async function findOperation(client: SwitchyardClient, id: string): Promise<OperationHandle> {
  try {
    return await client.operation(id);
  } catch (error) {
    if (!hasCode(error, 'UNKNOWN_WORKFLOW')) throw error;
    for (const prefix of prefixes.filter((one) => !id.startsWith(one))) {
      const found = await client.operation(`${prefix}${id}`).catch((other: unknown) => {
        if (hasCode(other, 'UNKNOWN_WORKFLOW')) return undefined;
        throw other;
      });
      if (found !== undefined) return found;
    }
    throw error;
  }
}

/** The same, or the clean-up of retained tables. */
export function findWorkflow(client: SwitchyardClient, id: string): Promise<AnyHandle> {
  return id.startsWith(cleanupPrefix) ? Promise.resolve(client.tableCleanup(id)) : findOperation(client, id);
}

/** The clean-up of what an operation has kept. @throws UsageProblem where that is nothing, or several things. */
export async function findCleanup(client: SwitchyardClient, id: string): Promise<TableCleanupHandle> {
  const found = await findWorkflow(client, id);
  if (found.kind === 'tableCleanup') return found;
  const ids = found.kind === 'onlineDdl' ? await keptByMigration(found) : await keptByMove(found);
  const [only, ...more] = ids;
  if (only === undefined) throw new UsageProblem(`${found.workflowId} keeps no table.`);
  if (more.length > 0)
    throw new UsageProblem(`${found.workflowId} keeps tables at several places: name one of ${ids.join(', ')}.`);
  return client.tableCleanup(only);
}

async function keptByMigration(migration: MigrationHandle): Promise<readonly string[]> {
  const { cluster, database, retainedTable, completedAt } = await migration.status();
  const isKept = retainedTable !== null && completedAt !== null;
  return isKept ? [tableCleanupWorkflowId(cluster, database, retainedTable)] : [];
}

async function keptByMove(move: MoveHandle): Promise<readonly string[]> {
  const { retained, operationId } = await move.status();
  const ids = retained.map(({ cluster, database }) => tablesCleanupWorkflowId(cluster, database, operationId ?? ''));
  return [...new Set(ids)];
}
