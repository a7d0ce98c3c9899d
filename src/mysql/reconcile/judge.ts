/**
 * What is to become of what an operation has left on a cluster (docs/design/moves.md, "What is left: reconcile and
 * doctor", P4): of one whose workflow is gone, or of a move that was ended on the other cluster while this one did not
 * answer, or answered just before it was closed. Only what is certain is removed.
 */
import { ownName } from '../../schema/names.js';
import { loadMovePlan } from '../move/move-plan.js';
import type { Session } from '../server/session/session.js';
import { describeElsewhere, ownerOf, type OperationRow } from '../server/sidecar/operations.js';
import type { Left } from './findings.js';
import { judgeMove } from './judge-move.js';
import type { Cleanups, Judgement, ReconcileOptions } from './judgement.js';

const otherTemporal =
  'reconcile there, or, where that Temporal is gone for good, here with its operationId and ownerIsGone';

/** @param session on the cluster. @throws the driver's errors, what `askOwner` throws. */
export async function judge(
  session: Session,
  left: Left,
  operation: OperationRow | undefined,
  options: ReconcileOptions,
): Promise<Judgement> {
  if (operation === undefined) {
    return { action: 'refuse', why: 'this cluster has no record of the operation, so it cannot be told whose it is' };
  }
  const { operationId, workflowId, kind, state } = operation;
  const owner = await ownerOf(session, operation);
  const ownerState = await options.askOwner(owner);
  if (ownerState === 'open') return { action: 'inUse', why: `workflow ${workflowId} is open` };
  if (ownerState === 'elsewhere' && options.ownerIsGone !== true) {
    return { action: 'refuse', why: `it belongs to workflow ${describeElsewhere(owner)}: ${otherTemporal}` };
  }
  if (left.unrecorded.length > 0) {
    const names = left.unrecorded.map(({ database, table }) => `${database}.${table}`).join(', ');
    return { action: 'refuse', why: `${names}: the name is one of ours, but no record says that we made it` };
  }
  if (state !== 'open' && isOnlyRetained(left)) return judgeRetained(left, operation, options.cleanups);
  const gone = `workflow ${workflowId} is gone`;
  if (kind === 'onlineDdl') return ofMigration(left, state, gone);
  const plan = await loadMovePlan(session, operationId);
  if (plan !== null) return judgeMove(session, { left, state, plan }, options);
  if (state !== 'open' && left.fences.length === 0) return { action: 'removeMoveHere', why: `the move is ${state}` };
  return { action: 'refuse', why: `${gone}, and the move has no plan: its preparation broke off` };
}

function ofMigration({ owned }: Left, state: OperationRow['state'], gone: string): Judgement {
  if (state === 'open') return { action: 'removeMigration', why: gone };
  if (state === 'completed' && owned.some(({ role, exists }) => role === 'copy' && exists)) {
    return { action: 'refuse', why: 'the migration is completed, and yet its shadow table is there' };
  }
  return { action: 'removeRemains', why: `the migration is ${state}` };
}

/** What an operation in good order leaves: tables that are kept for a while. */
function isOnlyRetained({ locks, hasStream, owned, fences, hasGate, hasLabels }: Left): boolean {
  const others = locks.length > 0 || hasStream || fences.length > 0 || hasGate || hasLabels;
  return !others && owned.every(({ role }) => role === 'retained');
}

async function judgeRetained(
  { owned }: Left,
  { operationId, database }: OperationRow,
  cleanups: Cleanups,
): Promise<Judgement> {
  if (owned.some(({ exists }) => !exists)) return { action: 'removeRemains', why: 'the retained table is gone' };
  for (const retained of owned) {
    if (await cleanups.isOpen(retained, operationId)) continue;
    // One in a database of its own is called by that name, as if it were a table beside the application's.
    const called = { database, table: ownName(retained) ?? retained.table };
    if (await cleanups.isOpen(called, operationId)) continue;
    const why = `no workflow is to drop ${retained.database}.${retained.table}: drop it yourself once you do not need it`;
    return { action: 'keep', why };
  }
  return { action: 'inUse', why: 'its tableCleanup drops it when its time has come' };
}
