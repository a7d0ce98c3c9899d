/**
 * The source gets the writes although the target does not answer: somebody has decided that what was not reversed is
 * lost (docs/design/moves.md, "The ends of a move"). The journal on the source says so before its fences go.
 */
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

export interface GivenUp {
  readonly outcome: 'switched';
  readonly switchedAt: string;
  readonly blockedMs: number;
  readonly lossAccepted: true;
  /** Up to here the target's writes are on the source, as a GTID set; null where nothing was ever reversed. */
  readonly lastReversedPosition: string | null;
}

/** Repeatable. @param session on the source. @throws FENCED, the driver's errors. */
export async function giveTargetUp(session: Session, options: GiveUpOptions): Promise<GivenUp> {
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
