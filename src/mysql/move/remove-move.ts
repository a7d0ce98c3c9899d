/**
 * Removes what a move has made, before writes are switched: target tables, lock rows, streams. Repeatable at any point, and
 * it drops nothing but what the sidecar says we made (P4).
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { quoteTable } from '../../schema/identifier.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { tableExists } from '../server/introspect/load-table.js';
import type { SessionPair } from '../server/session/session-pair.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import {
  closeOperation,
  forgetOwned,
  hasOperation,
  listOwned,
  type OperationState,
} from '../server/sidecar/operations.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import { dropAllFences } from './traffic/fence.js';
import { lastSwitched } from './traffic/journal.js';
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

/**
 * A table that is still under its making name has not got the application's name: one that has it is somebody else's then
 * (make-target.ts). So each gets its making name back first, and what is dropped has a name of ours.
 */
async function dropMade(session: Session, operationId: string): Promise<void> {
  const owned = await listOwned(session, operationId);
  const making = owned.filter(({ role }) => role === 'copy');
  for (const target of owned.filter(({ role }) => role === 'target')) {
    const made = making.find(({ ofTable }) => ofTable === target.ofTable);
    if (made === undefined || (await tableExists(session, made)) || !(await tableExists(session, target))) continue;
    await session.run(`RENAME TABLE ${quoteTable(target)} TO ${quoteTable(made)}`);
  }
  await forgetOwned(session, operationId, 'target');
  for (const made of making) await session.run(`DROP TABLE IF EXISTS ${quoteTable(made)}`);
  await forgetOwned(session, operationId, 'copy');
}
