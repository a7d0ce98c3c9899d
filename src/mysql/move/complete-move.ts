/**
 * The ordinary end of a move whose traffic is on the target (docs/design/moves.md, "The ends of a move"): ends reverse
 * replication, and deals with the source tables. Fences go last: a table that is kept keeps its fence, or it would be
 * open to writers that ignore the router. Tables that are to be dropped are taken out of the way here, and dropped by
 * `finishMove`: until the target has its end they are what a target that dies is given up for. Every step can be repeated.
 */
import { quoteTable } from '../../schema/identifier.js';
import { retainedName } from '../../schema/names.js';
import type { TableName } from '../../schema/table-model.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import { recordOwned } from '../server/sidecar/operations.js';
import { removeStream } from '../server/sidecar/progress.js';
import { dropAllFences, dropFences, listFences } from './traffic/fence.js';
import { checkStreamPosition } from './check-position.js';
import { dropGate } from './traffic/gate.js';
import { withBriefLocks } from '../server/locks/brief-locks.js';
import { readMovePlan, type MovePlan } from './move-plan.js';
import type { MoveClusters } from './move-stream.js';

/** Source tables that were renamed, and still have their fences: one of them at least. */
export type OnRetained = (retained: readonly TableName[], plan: MovePlan) => Promise<void>;

/**
 * @param onRetained is called once for all that are renamed before anything forgets that they were, also when the call is
 * repeated after a crash. @throws the driver's errors, what `onRetained` throws.
 */
export async function completeMove(
  { source, target }: MoveClusters,
  operationId: string,
  onRetained: OnRetained = () => Promise.resolve(),
): Promise<void> {
  // What the target does not have may be on the source alone, which is to be given up.
  await checkStreamPosition({ source, target, operationId, direction: 'reverse' });
  const plan = await withSession(target, controlVariables, (session) => readMovePlan(session, operationId));
  await withSession(source, controlVariables, async (session) => {
    await takeAdvisoryLockForSure(session, operationId);
    // From here on no stream writes to the source any more, zombies included.
    await closeEpoch(session, operationId);
    await removeStream(session, operationId);
    if (plan.sourceTables !== 'keep') await giveUpSources(session, plan, onRetained);
  });
}

/**
 * A source table is still ours to rename as long as it has its fence: an application that makes a table of this name
 * later, before a repeated call, keeps it (P4).
 */
async function giveUpSources(session: Session, plan: MovePlan, onRetained: OnRetained): Promise<void> {
  const { operationId, tables, sourceTables } = plan;
  const fenced = await listFences(session, operationId);
  const isFenced = (name: TableName): boolean =>
    fenced.some(({ database, table }) => database === name.database && table === name.table);
  const given = tables.map(({ source, tableNumber }) => {
    return { source, retained: { database: source.database, table: retainedName(operationId, tableNumber) } };
  });
  await withBriefLocks(session, {}, async (run) => {
    for (const { source, retained } of given.filter((one) => isFenced(one.source))) {
      await recordOwned(session, operationId, [{ ...retained, role: 'retained', ofTable: source.table }]);
      await run([source], () => session.run(`RENAME TABLE ${quoteTable(source)} TO ${quoteTable(retained)}`));
    }
    const kept = given.filter(({ source, retained }) => isFenced(source) || isFenced(retained));
    if (sourceTables === 'rename' && kept.length > 0) {
      await onRetained(
        kept.map(({ retained }) => retained),
        plan,
      );
    }
    for (const { retained } of given) await dropFences(session, operationId, [retained], run);
  });
  // Of tables that somebody has renamed: no application knows them by those names.
  await dropAllFences(session, operationId);
  await dropGate(session, operationId);
}
