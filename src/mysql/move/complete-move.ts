/**
 * The ordinary end of a move whose traffic is on the target (design 6.4): ends reverse replication, and deals with the
 * source tables. Fences go last: a table that is kept keeps its fence, or it would be open to writers that ignore the
 * router. Every step can be repeated.
 */
import { quoteTable } from '../../schema/identifier.js';
import { retainedName } from '../../schema/names.js';
import { takeAdvisoryLockForSure } from '../cutover/advisory-lock.js';
import type { TablePlan } from '../rows/table-plan.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { closeEpoch } from '../sidecar/epoch.js';
import { forgetOwned, recordOwned } from '../sidecar/operations.js';
import { removeStream } from '../sidecar/progress.js';
import { dropFences, listFences } from '../traffic/fence.js';
import { readMovePlan } from './move-plan.js';
import type { MoveClusters } from './move-stream.js';

/** @throws the driver's errors. */
export async function completeMove({ source, target }: MoveClusters, operationId: string): Promise<void> {
  const { tables, sourceTables } = await withSession(target, controlVariables, (session) =>
    readMovePlan(session, operationId),
  );
  await withSession(source, controlVariables, async (session) => {
    await takeAdvisoryLockForSure(session, operationId);
    // From here on no stream writes to the source any more, zombies included.
    await closeEpoch(session, operationId);
    await removeStream(session, operationId);
    if (sourceTables !== 'keep') await giveUpSources(session, operationId, tables, sourceTables);
  });
}

/**
 * A source table is still ours to rename as long as it has its fence: an application that makes a table of this name
 * later, before a repeated call, keeps it (P4).
 */
async function giveUpSources(
  session: Session,
  operationId: string,
  tables: readonly TablePlan[],
  sourceTables: 'rename' | 'drop',
): Promise<void> {
  const fenced = await listFences(session, operationId);
  for (const { source, tableNumber } of tables) {
    const retained = { database: source.database, table: retainedName(operationId, tableNumber) };
    const isFenced = fenced.some(({ database, table }) => database === source.database && table === source.table);
    if (isFenced) {
      await recordOwned(session, operationId, { ...retained, role: 'retained', ofTable: source.table });
      await session.run(`RENAME TABLE ${quoteTable(source)} TO ${quoteTable(retained)}`);
    }
    if (sourceTables === 'rename') await dropFences(session, operationId, [retained]);
    else await session.run(`DROP TABLE IF EXISTS ${quoteTable(retained)}`);
  }
  if (sourceTables === 'drop') await forgetOwned(session, operationId, 'retained');
}
