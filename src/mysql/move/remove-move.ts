/**
 * Removes what a move has made, while the source has the writes: target tables, lock rows, streams. Repeatable at any
 * point, and it drops nothing but what the sidecar says we made (P4). Target tables that once had the writes may have
 * rows that nobody else has: they are kept under a name of ours, as the old tables of a move that is completed (P10).
 */
import type { CleanedUp, KeptTable } from '../../domain/retained.js';
import { comesBackOpen } from '../../domain/residual.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { withBriefLocks } from '../server/locks/brief-locks.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import { closeOperation, hasOperation, type OperationState } from '../server/sidecar/operations.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import { dropAllFences } from './traffic/fence.js';
import { dropGate } from './traffic/gate.js';
import { homeOf } from './home.js';
import { dropLabelTable } from './label-table.js';
import { lastSwitched } from './traffic/journal.js';
import { dropMade, listRetained, retainMade } from './made-tables.js';
import type { MoveClusters } from './move-stream.js';

type RemovedState = Exclude<OperationState, 'open' | 'completed'>;

export interface RemoveMoveOptions extends MoveClusters {
  readonly operationId: string;
  readonly state: RemovedState;
  /** Servers that do not answer: nothing is done there, and what stays behind is listed. */
  readonly skip?: readonly ('source' | 'target')[];
}

/**
 * Fences every worker out, drops or keeps the target tables, and frees all tables, on both clusters.
 * @throws WRITES_ON_TARGET where the journal has them there, the driver's errors.
 */
export async function removeMove(options: RemoveMoveOptions): Promise<CleanedUp> {
  const { source, target, operationId, state, skip = [] } = options;
  if (skip.length === 0) {
    const kept = await withSession(source, controlVariables, (there) =>
      withSession(target, controlVariables, (here) =>
        removeMoveFrom({ source: there, target: here }, operationId, state),
      ),
    );
    return { residuals: [], retained: kept };
  }
  const retained: KeptTable[] = [];
  for (const side of ['target', 'source'] as const) {
    if (skip.includes(side)) continue;
    const remove = (session: Session): Promise<readonly KeptTable[]> => removeFrom(session, operationId, state);
    retained.push(...(await withSession(options[side], controlVariables, remove)));
  }
  const left: string[] = [];
  for (const side of skip) left.push(`on cluster ${options[side].name}: ${await whatIsLeft(options, side)}`);
  return { residuals: left, retained };
}

/** A target that had the writes was given up while it did not answer: nobody could shut it. */
async function whatIsLeft(
  { source, operationId, skip = [] }: RemoveMoveOptions,
  side: 'source' | 'target',
): Promise<string> {
  const made = `what operation ${operationId} has made there`;
  if (side === 'source') return made;
  // Where the source cannot say so either, nobody knows better.
  const isOpen = skip.includes('source') || (await withSession(source, controlVariables, cameBack(operationId)));
  return isOpen ? `${made}; ${comesBackOpen}` : made;
}

/** Whether the writes were given back to this server. */
const cameBack =
  (operationId: string) =>
  async (source: Session): Promise<boolean> =>
    (await sidecarExists(source)) && (await lastSwitched(source, operationId, 'reverse')) !== undefined;

/** The same on open sessions. @returns what is kept. */
export async function removeMoveFrom(
  { source, target }: SessionPair,
  operationId: string,
  state: RemovedState,
): Promise<readonly KeptTable[]> {
  await refuseWhereWritten({ source, target }, operationId);
  // The target first: with its epoch closed nothing writes there any more.
  const kept = await removeFrom(target, operationId, state);
  await removeFrom(source, operationId, state);
  return kept;
}

/** One side of it, which does not have the writes. Repeatable. @returns what is kept there. */
export async function removeFrom(
  session: Session,
  operationId: string,
  state: RemovedState,
): Promise<readonly KeptTable[]> {
  if (!(await sidecarExists(session)) || !(await hasOperation(session, operationId))) return [];
  await takeAdvisoryLockForSure(session, operationId);
  await closeEpoch(session, operationId);
  const hadWrites = (await lastSwitched(session, operationId, 'forward')) !== undefined;
  // While they have the application's names their fences stay: what was written then would be gone with them.
  await withBriefLocks(session, {}, (run) => (hadWrites ? retainMade : dropMade)(session, operationId, run));
  await dropAllFences(session, operationId);
  await dropGate(session, operationId);
  await dropLabelTable(session, operationId);
  await closeOperation(session, operationId, state);
  return hadWrites ? listRetained(session, operationId) : [];
}

/** The last belt: a target that has the writes is the application's, whoever asks for its removal (P1). */
async function refuseWhereWritten(sessions: SessionPair, operationId: string): Promise<void> {
  if ((await homeOf(sessions, operationId)) === 'source') return;
  const since = (await lastSwitched(sessions.target, operationId, 'forward'))?.at ?? 'now';
  throw new SwitchyardError('WRITES_ON_TARGET', { command: 'Removing the target tables', since });
}
