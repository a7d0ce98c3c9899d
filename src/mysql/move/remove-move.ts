/**
 * Removes what a move has made, before writes are switched: target tables, lock rows, streams. Repeatable at any point, and
 * it drops nothing but what the sidecar says we made (P4).
 */
import { quoteTable } from '../../schema/identifier.js';
import { takeAdvisoryLockForSure } from '../cutover/advisory-lock.js';
import { tableExists } from '../introspect/load-table.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import type { SessionPair } from '../session/session-pair.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { closeEpoch } from '../sidecar/epoch.js';
import {
  closeOperation,
  forgetOwned,
  hasOperation,
  listOwned,
  type OperationState,
  type OwnedTable,
} from '../sidecar/operations.js';
import { sidecarExists } from '../sidecar/schema.js';

type RemovedState = Exclude<OperationState, 'open' | 'completed'>;

/** Fences every worker out, drops the target tables and frees all tables, on both clusters. */
export function removeMove(
  clusters: { readonly source: ClusterSettings; readonly target: ClusterSettings },
  operationId: string,
  state: RemovedState,
): Promise<void> {
  return withSession(clusters.source, controlVariables, (source) =>
    withSession(clusters.target, controlVariables, (target) => removeMoveFrom({ source, target }, operationId, state)),
  );
}

/** The same on open sessions. */
export async function removeMoveFrom(
  { source, target }: SessionPair,
  operationId: string,
  state: RemovedState,
): Promise<void> {
  // The target first: with its epoch closed nothing writes there any more.
  for (const session of [target, source]) {
    if (!(await sidecarExists(session)) || !(await hasOperation(session, operationId))) continue;
    await takeAdvisoryLockForSure(session, operationId);
    await closeEpoch(session, operationId);
    await dropMade(session, operationId);
    await closeOperation(session, operationId, state);
  }
}

/**
 * A table that is still under its making name has not got the application's name: one that has it is somebody else's then
 * (make-target.ts).
 */
async function dropMade(session: Session, operationId: string): Promise<void> {
  const owned = await listOwned(session, operationId);
  const making = new Map<string, OwnedTable>();
  for (const table of owned) {
    if (table.role === 'shadow' && (await tableExists(session, table))) making.set(table.ofTable, table);
  }
  for (const table of owned) {
    if (table.role === 'target' && !making.has(table.ofTable)) {
      await session.run(`DROP TABLE IF EXISTS ${quoteTable(table)}`);
    }
  }
  for (const table of making.values()) await session.run(`DROP TABLE IF EXISTS ${quoteTable(table)}`);
  for (const role of ['target', 'shadow'] as const) await forgetOwned(session, operationId, role);
}
