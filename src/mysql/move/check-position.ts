/** Whether a stream of a move can still go on from its position: asked now and then while it is paused. */
import type { Direction } from '../../domain/servers.js';
import { GtidSet } from '../../binlog/gtid-set.js';
import { checkPosition } from '../table/follow/position.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { hasStream, loadPosition } from '../server/sidecar/progress.js';
import type { MoveClusters } from './move-stream.js';

/** @throws POSITION_PURGED, POSITION_UNKNOWN, the driver's errors. */
export async function checkStreamPosition(
  options: MoveClusters & { readonly operationId: string; readonly direction: Direction },
): Promise<void> {
  const { source, target, operationId, direction } = options;
  const [from, to] = direction === 'forward' ? [source, target] : [target, source];
  const position = await withSession(to, controlVariables, async (session) =>
    (await hasStream(session, operationId)) ? loadPosition(session, operationId) : undefined,
  );
  if (position === undefined) return;
  await withSession(from, controlVariables, (session) => checkPosition(session, GtidSet.parse(position)));
}
