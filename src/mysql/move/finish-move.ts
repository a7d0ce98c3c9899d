/** Closes the records of a move that is complete: the target tables are the application's, and nothing of ours is left. */
import { takeAdvisoryLockForSure } from '../cutover/advisory-lock.js';
import { isUnavailable } from '../session/server-errors.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import { closeEpoch } from '../sidecar/epoch.js';
import { closeOperation, forgetOwned } from '../sidecar/operations.js';
import { dropFences, listFences } from '../traffic/fence.js';
import type { MoveClusters } from './move-stream.js';

export interface FinishMoveOptions extends MoveClusters {
  readonly operationId: string;
  /** After a forced completion: a source that does not answer is left out. */
  readonly forced: boolean;
}

/** Repeatable. @returns what stays behind, one sentence each. @throws the driver's errors. */
export async function finishMove(options: FinishMoveOptions): Promise<readonly string[]> {
  const { source, target, operationId, forced } = options;
  await withSession(target, controlVariables, (session) => close(session, operationId, 'target'));
  try {
    await withSession(source, controlVariables, (session) => close(session, operationId, 'source'));
    return [];
  } catch (error) {
    if (!forced || !isUnavailable(error)) throw error;
    return [`the records of operation ${operationId} on cluster ${source.name}`];
  }
}

async function close(session: Session, operationId: string, side: 'source' | 'target'): Promise<void> {
  await takeAdvisoryLockForSure(session, operationId);
  await closeEpoch(session, operationId);
  // On the source a table that was kept keeps its fence.
  if (side === 'target') await dropFences(session, operationId, await listFences(session, operationId));
  for (const role of ['shadow', 'target'] as const) await forgetOwned(session, operationId, role);
  await closeOperation(session, operationId, 'completed');
}
