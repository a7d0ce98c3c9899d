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
import { lastSwitched } from './traffic/journal.js';
import { opposite, type MoveStream } from './move-stream.js';

/**
 * Makes the stream's position where it has none.
 * @param control on the stream's `to`. @throws FENCED, NOT_SWITCHED.
 */
export async function ensureStream(stream: MoveStream, control: Session, token: string): Promise<void> {
  const { plan, direction, from, tables } = stream;
  if (await hasStream(control, plan.operationId)) return;
  // Written on the side that got the traffic then, from which it is followed now.
  const entry = await withSession(from, controlVariables, (session) =>
    lastSwitched(session, plan.operationId, opposite(direction)),
  );
  if (entry === undefined) throw new SwitchyardError('NOT_SWITCHED', { direction, move: plan.name });
  await fencedTransaction(control, plan.operationId, token, async () => {
    await startStream(control, plan.operationId, entry.position);
    await ensureProgress(control, plan.operationId, tables.length);
  });
}
