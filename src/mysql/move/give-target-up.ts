/**
 * The source gets the writes although the target does not answer: somebody has decided that what was not reversed is
 * lost (docs/design/moves.md, "The ends of a move"). The journal on the source says so before its fences go.
 */
import type { LossAccepted, Switched } from '../../domain/attempt.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import type { Session } from '../server/session/session.js';
import { takeOver } from '../server/sidecar/epoch.js';
import { hasStream, loadPosition } from '../server/sidecar/progress.js';
import { dropAllFences } from './traffic/fence.js';
import { Journal } from './traffic/journal.js';

export interface GiveUpOptions {
  readonly source: ClusterSettings;
  readonly operationId: string;
  readonly token: string;
  readonly attempt: number;
}

/** Repeatable. @param session on the source. @throws FENCED, the driver's errors. */
export async function giveTargetUp(session: Session, options: GiveUpOptions): Promise<Switched & LossAccepted> {
  const { source, operationId, token, attempt } = options;
  await takeAdvisoryLockForSure(session, operationId);
  await takeOver(session, operationId, token);
  const lastReversedPosition = (await hasStream(session, operationId))
    ? await loadPosition(session, operationId)
    : null;
  const journal = await Journal.open(source, { operationId, direction: 'reverse', attempt });
  const entry = await journal.commitSwitched(token).finally(() => journal.close());
  await dropAllFences(session, operationId);
  return { outcome: 'switched', switchedAt: entry.at, blockedMs: 0, lossAccepted: true, lastReversedPosition };
}
