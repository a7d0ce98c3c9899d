/**
 * Removes what a move has made, before writes are switched: target tables, lock rows, streams. Repeatable at any point, and
 * it drops nothing but what the sidecar says we made (P4).
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import { closeOperation, hasOperation, type OperationState } from '../server/sidecar/operations.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import { dropAllFences } from './traffic/fence.js';
import { lastSwitched } from './traffic/journal.js';
import { dropMade } from './made-tables.js';
import type { MoveClusters } from './move-stream.js';

type RemovedState = Exclude<OperationState, 'open' | 'completed'>;

export interface RemoveMoveOptions extends MoveClusters {
  readonly operationId: string;
  readonly state: RemovedState;
  /** Servers that do not answer: nothing is done there, and what stays behind is listed. */
  readonly skip?: readonly ('source' | 'target')[];
}

/**
 * Fences every worker out, drops the target tables and frees all tables, on both clusters. @returns what stays behind.
 * @throws WRITES_ON_TARGET where the journal has them there, the driver's errors.
 */
export async function removeMove(options: RemoveMoveOptions): Promise<readonly string[]> {
  const { source, target, operationId, state, skip = [] } = options;
  if (skip.length === 0) {
    await withSession(source, controlVariables, (there) =>
      withSession(target, controlVariables, (here) =>
        removeMoveFrom({ source: there, target: here }, operationId, state),
      ),
    );
    return [];
  }
  for (const side of ['target', 'source'] as const) {
    if (skip.includes(side)) continue;
    await withSession(options[side], controlVariables, (session) => removeFrom(session, operationId, state));
  }
  return skip.map((side) => `on cluster ${options[side].name}: what operation ${operationId} has made there`);
}

/** The same on open sessions. */
export async function removeMoveFrom(
  { source, target }: SessionPair,
  operationId: string,
  state: RemovedState,
): Promise<void> {
  await refuseWhereWritten({ source, target }, operationId);
  // The target first: with its epoch closed nothing writes there any more.
  for (const session of [target, source]) await removeFrom(session, operationId, state);
}

/** One side of it, where nobody can have written. Repeatable. */
export async function removeFrom(session: Session, operationId: string, state: RemovedState): Promise<void> {
  if (!(await sidecarExists(session)) || !(await hasOperation(session, operationId))) return;
  await takeAdvisoryLockForSure(session, operationId);
  await closeEpoch(session, operationId);
  await dropAllFences(session, operationId);
  await dropMade(session, operationId);
  await closeOperation(session, operationId, state);
}

/** The last belt: a target that has the writes is the application's, whoever asks for its removal (P1). */
async function refuseWhereWritten({ source, target }: SessionPair, operationId: string): Promise<void> {
  if (!(await sidecarExists(source)) || !(await sidecarExists(target))) return;
  const forward = await lastSwitched(target, operationId, 'forward');
  const reverse = await lastSwitched(source, operationId, 'reverse');
  if (forward === undefined || forward.attempt < (reverse?.attempt ?? 0)) return;
  throw new SwitchyardError('WRITES_ON_TARGET', { command: 'Removing the target tables', since: forward.at });
}
