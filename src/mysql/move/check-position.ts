/** Whether a stream of a move can still go on from its position: asked now and then while it is paused. */
import type { Direction } from '../../domain/servers.js';
import { GtidSet } from '../../binlog/gtid-set.js';
import { checkPosition } from '../table/follow/position.js';
import { withSession } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { hasStream, loadPosition } from '../server/sidecar/progress.js';
import { checkHome } from './home.js';
import { readMovePlan, type MoveClusters } from './move-plan.js';

/** Takes the stream over, so that nobody else goes on, and looks. @throws FENCED, as `checkStreamPosition`. */
export async function holdStreamPosition(
  options: MoveClusters & { readonly operationId: string; readonly direction: Direction; readonly token: string },
): Promise<void> {
  const { operationId, token } = options;
  const to = options.direction === 'forward' ? options.target : options.source;
  await withSession(to, controlVariables, (session) => takeOver(session, operationId, token));
  await checkStreamPosition(options);
}

/** @throws SWITCH_LOST, POSITION_PURGED, POSITION_UNKNOWN, the driver's errors. */
export async function checkStreamPosition(
  options: MoveClusters & { readonly operationId: string; readonly direction: Direction },
): Promise<void> {
  const { source, target, operationId, direction } = options;
  await withSession(source, controlVariables, (onSource) =>
    withSession(target, controlVariables, async (onTarget) => {
      const sessions = { source: onSource, target: onTarget };
      const [from, to] = direction === 'forward' ? [onSource, onTarget] : [onTarget, onSource];
      // On the side that is written to, which has not lost anything of this direction.
      await checkHome(sessions, await readMovePlan(to, operationId), direction === 'forward' ? 'source' : 'target');
      if (!(await hasStream(to, operationId))) return;
      await checkPosition(from, GtidSet.parse(await loadPosition(to, operationId)));
    }),
  );
}
