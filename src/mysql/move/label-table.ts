/**
 * The table of the sidecar by which labels are read that no text can say (exact-definitions.ts). It is there for moments only,
 * but a worker that dies then leaves it behind, and no later run need read any labels: so every end of a move drops it.
 */
import { quoteTable } from '../../schema/identifier.js';
import { labelsName, operationOfLabels } from '../../schema/names.js';
import type { TableName } from '../../schema/table-model.js';
import { tableExists } from '../server/introspect/load-table.js';
import type { Session } from '../server/session/session.js';
import { operationsWithTable } from '../server/sidecar/operation-tables.js';
import { sidecarDatabase } from '../server/sidecar/schema.js';

export function labelTable(operationId: string): TableName {
  return { database: sidecarDatabase, table: labelsName(operationId) };
}

/** Repeatable. @throws the driver's errors. */
export async function dropLabelTable(session: Session, operationId: string): Promise<void> {
  const table = labelTable(operationId);
  if (await tableExists(session, table)) await session.run(`DROP TABLE IF EXISTS ${quoteTable(table)}`);
}

/** The operations that have left one here. */
export function listLabelTables(session: Session): Promise<readonly { readonly operationId: string }[]> {
  return operationsWithTable(session, operationOfLabels);
}
