/** Retained tables that some workflow was to drop, where nobody has said that they are to stay. */
import { ownName } from '../../schema/names.js';
import { tableExists } from '../server/introspect/load-table.js';
import { wasCommanded } from '../server/sidecar/audit.js';
import { findOperation, listOwned } from '../server/sidecar/operations.js';
import type { Session } from '../server/session/session.js';
import type { RetainedTable } from './judgement.js';

/**
 * The retained table of a migration that was completed; undefined where there is none, or somebody has kept it. What moves
 * retain may have had the writes once: a person drops it. @throws the driver's errors.
 */
export async function orphanedRetained(session: Session, operationId: string): Promise<RetainedTable | undefined> {
  const operation = await findOperation(session, operationId);
  if (operation?.kind !== 'onlineDdl' || operation.state !== 'completed') return undefined;
  if (await wasCommanded(session, operationId, 'keepRetained')) return undefined;
  for (const owned of await listOwned(session, operationId)) {
    if (owned.role !== 'retained' || !(await tableExists(session, owned))) continue;
    return { operationId, database: operation.database, retainedTable: ownName(owned) ?? owned.table };
  }
  return undefined;
}
