/** How activities end in random histories. */
import type { MoveActivity } from '../../../src/lifecycle/move/activity.js';
import type { MoveHappening, MoveTerms } from '../../../src/lifecycle/move/event.js';
import { blocked, failure, outage, probed, switched, wellEnded } from './outcomes.js';

/**
 * `usual`: as most often, an attempt is blocked then. `switched`: an attempt switches, also when it was asked to stop.
 * `sourceGone`, `targetGone`: a server does not answer, for what can see that.
 */
export type End =
  'usual' | 'switched' | 'terminal' | 'retryable' | 'needsOperator' | 'lost' | 'sourceGone' | 'targetGone';

export function endOf(activity: MoveActivity, how: End, stopping: boolean, given: MoveTerms): MoveHappening {
  const lane = activity.kind === 'route' || activity.kind === 'probe' ? activity.kind : 'main';
  const paced = lane === 'route' ? ({ paced: true } as const) : {};
  switch (how) {
    case 'lost':
      return { kind: 'activityLost', lane, cancelled: stopping, problem: 'it was lost', ...paced };
    case 'terminal':
    case 'retryable':
    case 'needsOperator':
      return { kind: 'activityFailed', lane, failure: failure(how), ...paced };
    case 'switched':
      return hasSwitched(activity) ?? wellEnded(activity, stopping, given);
    case 'sourceGone':
      return withOutage(activity, { source: outage, target: null }) ?? wellEnded(activity, stopping, given);
    case 'targetGone':
      return withOutage(activity, { source: null, target: outage }) ?? wellEnded(activity, stopping, given);
    case 'usual': {
      const attempt = activity.kind === 'attemptSwitch' || activity.kind === 'attemptReverse';
      return attempt && !stopping ? { kind: 'attempted', result: blocked } : wellEnded(activity, stopping, given);
    }
  }
}

function hasSwitched(activity: MoveActivity): MoveHappening | null {
  switch (activity.kind) {
    case 'attemptSwitch':
      return { kind: 'attempted', result: switched };
    case 'attemptReverse':
      return { kind: 'attempted', result: { ...switched, lossAccepted: activity.acceptLoss } };
    case 'resolveSwitch':
      return { kind: 'resolved', result: switched };
    default:
      return null;
  }
}

function withOutage(
  activity: MoveActivity,
  sight: { readonly source: typeof outage | null; readonly target: typeof outage | null },
): MoveHappening | null {
  switch (activity.kind) {
    case 'startReverse':
    case 'followReverse':
      return { kind: 'reverseFollowed', outcome: 'unreachable', position: 'gtid:9', ...sight };
    case 'watchServers':
      return { kind: 'watchedServers', ...sight };
    case 'probe':
      return probed(sight);
    case 'resolveSwitch':
      return {
        kind: 'resolved',
        result: { outcome: 'unknown', problem: 'a server does not answer', writesRefusedSince: null },
      };
    default:
      return null;
  }
}
