/**
 * Where a stream begins. The first one forward has its position from the preparation; every later one begins where the
 * switch before it ended, as the journal has it. A switch closes the stream that it ends, so there is a position only for
 * a stream that goes on.
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { fencedTransaction } from '../server/sidecar/epoch.js';
import { ensureProgress, hasStream, startStream } from '../server/sidecar/progress.js';
import { updateSidecar } from '../server/sidecar/schema.js';
import { carryOver, loadAllVerification } from '../server/sidecar/verification.js';
import { addLatencies, loadLatencies, type StoredLatencies } from '../server/sidecar/write-latencies.js';
import { lastSwitched } from './traffic/journal.js';
import { opposite, type MoveStream } from './move-stream.js';

/**
 * Makes the stream's position where it has none, with what the stream before it has compared: it ended with equal tables;
 * and with what writes took before anything was copied, by which the comparison is throttled on the way back, too.
 * @param control on the stream's `to`. @throws FENCED, NOT_SWITCHED.
 */
export async function ensureStream(stream: MoveStream, control: Session, token: string): Promise<void> {
  const { plan, direction, from, tables } = stream;
  const { operationId } = plan;
  await updateSidecar(control);
  if (await hasStream(control, operationId)) return;
  // Written on the side that got the traffic then, from which it is followed now.
  const { entry, compared, before } = await withSession(from, controlVariables, async (session) => {
    await updateSidecar(session);
    const switched = await lastSwitched(session, operationId, opposite(direction));
    if (switched === undefined) throw new SwitchyardError('NOT_SWITCHED', { direction, move: plan.name });
    return {
      entry: switched,
      compared: await loadAllVerification(session, operationId),
      before: await loadBefore(session, operationId),
    };
  });
  await fencedTransaction(control, operationId, token, async () => {
    await startStream(control, operationId, entry.position);
    await ensureProgress(control, operationId, tables.length);
    for (const [tableNumber, row] of compared) await carryOver(control, { operationId, tableNumber }, row);
    const known = await loadBefore(control, operationId);
    for (const one of before) {
      if (!known.some(({ cluster }) => cluster === one.cluster)) await addLatencies(control, operationId, one);
    }
  });
}

async function loadBefore(session: Session, operationId: string): Promise<readonly StoredLatencies[]> {
  return (await loadLatencies(session, operationId)).filter(({ span }) => span === 'before');
}
