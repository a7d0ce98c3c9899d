/**
 * The marker column of a shadow: an invisible column that an attempt drops under the lock, INSTANT, so that the table's
 * definition is newer than every open snapshot. An attempt that dropped it and then did not swap needs a new one.
 */
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import { tableExists } from '../server/introspect/load-table.js';
import type { Session } from '../server/session/session.js';
import { signStatement } from '../server/sidecar/own-work.js';
import type { MigrationPlan } from './migration-plan.js';

/** Adds the marker column where it is missing; needs nobody else's lock, since the table is ours. */
export async function ensureMarker(session: Session, plan: MigrationPlan): Promise<void> {
  if (plan.markerColumn === null || !(await tableExists(session, plan.copy))) return;
  const present = await session.rows(
    `SELECT 1 FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_name = ?`,
    [plan.copy.database, plan.copy.table, plan.markerColumn],
  );
  if (present.length > 0) return;
  await session.run(signStatement(plan.operationId, addMarker(plan.copy, plan.markerColumn)));
}

/** The statement that adds the marker to a table. */
export function addMarker(
  table: MigrationPlan['copy'],
  column: string,
  algorithm: 'INSTANT' | 'COPY' = 'INSTANT',
): string {
  return `ALTER TABLE ${quoteTable(table)} ADD COLUMN ${quoteIdentifier(column)} TINYINT NULL INVISIBLE, ALGORITHM=${algorithm}`;
}

/** The statement that drops it; under the table lock. */
export function dropMarker(table: MigrationPlan['copy'], column: string): string {
  return `ALTER TABLE ${quoteTable(table)} DROP COLUMN ${quoteIdentifier(column)}, ALGORITHM=INSTANT`;
}
