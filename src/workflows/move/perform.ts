/** Runs one activity of a move, with the time-outs and retries that its kind needs, and tells its end as an event. */
import type { ActivityOptions } from '@temporalio/workflow';
import { proxyActivities } from '@temporalio/workflow';
import type { MoveActivities, MoveRef } from '../../contract/move/activities.js';
import {
  probeAttemptsMax,
  probeHeartbeatTimeoutMs,
  probeTimeoutMs,
  routeHeartbeatTimeoutMs,
  routeTimeoutMs,
  synchroniseHeartbeatTimeoutMs,
} from '../../limits/workflows.js';
import { verifyAgainOf } from '../../lifecycle/operation/facts.js';
import type { MainActivity, MoveActivity, Probe, Route } from '../../lifecycle/move/activity.js';
import { limitsOf, needsWindow } from '../../lifecycle/move/facts.js';
import { endOfAttemptMs } from '../../lifecycle/operation/window.js';
import type { MoveHappening, SwitchSettings } from '../../lifecycle/move/event.js';
import {
  attempting,
  closing,
  closingUnprepared,
  following,
  goalSummaries,
  preparing,
  resolving,
  retry,
  shownAs,
  synchronising,
} from '../operation/activity-options.js';
import { preparedFor } from '../operation/outside.js';
import type { Move } from './move.js';

const routing: ActivityOptions = {
  startToCloseTimeout: routeTimeoutMs,
  heartbeatTimeout: routeHeartbeatTimeoutMs,
  retry: { maximumAttempts: 1 },
};

const probing: ActivityOptions = {
  startToCloseTimeout: probeTimeoutMs,
  heartbeatTimeout: probeHeartbeatTimeoutMs,
  retry: { ...retry, maximumAttempts: probeAttemptsMax },
};

/** The end of an activity that was recorded as started; rejects where it has no result. */
export function performed(move: Move, activity: MoveActivity): Promise<MoveHappening> {
  switch (activity.kind) {
    case 'prepare':
      return prepare(move);
    case 'attemptSwitch':
    case 'attemptReverse':
    case 'resolveSwitch':
      return moveTraffic(move, activity);
    case 'complete':
    case 'forceComplete':
    case 'finish':
    case 'cleanUp':
      return end(move, activity);
    case 'route':
      return route(move, activity);
    case 'probe':
      return probe(move, activity);
    default:
      return follow(move, activity);
  }
}

function activities(summary: string, options: ActivityOptions): MoveActivities {
  return proxyActivities<MoveActivities>(shownAs(summary, options));
}

function reference({ operation, state }: Move): MoveRef {
  return { ...operation, grant: state.grant };
}

async function prepare(move: Move): Promise<MoveHappening> {
  const { input, request, state } = move;
  const summary = `check and prepare ${request.name}`;
  const prepared = await preparedFor(move, activities(summary, preparing).prepareMove({ input, grant: state.grant }));
  move.isPreparedAs(prepared);
  return { kind: 'prepared', terms: prepared.terms };
}

type Follows = Extract<
  MainActivity,
  { readonly kind: 'synchronise' | 'watchPaused' | 'startReverse' | 'followReverse' | 'watchServers' }
>;

async function follow(move: Move, activity: Follows): Promise<MoveHappening> {
  const { name } = move.request;
  const ref = reference(move);
  const { throttle, terms } = move.state;
  const throttled = { ...ref, throttle: throttle.limits, ...verifyAgainOf(terms) };
  switch (activity.kind) {
    case 'synchronise': {
      const { goal } = activity;
      const { synchroniseMove } = activities(`${goalSummaries[goal]} ${name}`, synchronising(goal));
      const verifiesNext = terms?.verifyBeforeSwitch === true;
      return { kind: 'synchronised', ...(await synchroniseMove({ ...throttled, goal, verifiesNext })) };
    }
    case 'watchPaused': {
      const { direction } = activity;
      await activities(`paused: watch the position of ${name}`, following()).watchPausedMove({ ...ref, direction });
      return { kind: 'watchedPaused' };
    }
    case 'startReverse': {
      const { startReverse } = activities(
        `start the reverse replication of ${name}`,
        following(synchroniseHeartbeatTimeoutMs),
      );
      return { kind: 'reverseFollowed', ...(await startReverse(throttled)) };
    }
    case 'followReverse': {
      const { followReverse } = activities(`follow ${name} from target to source`, following());
      return { kind: 'reverseFollowed', ...(await followReverse(throttled)) };
    }
    case 'watchServers': {
      const { answering } = activity;
      const { watchServers } = activities(`watch the servers of ${name}`, following());
      return { kind: 'watchedServers', ...(await watchServers({ ...ref, answering })) };
    }
  }
}

type MovesTraffic = Extract<MainActivity, { readonly kind: 'attemptSwitch' | 'attemptReverse' | 'resolveSwitch' }>;

async function moveTraffic(move: Move, activity: MovesTraffic): Promise<MoveHappening> {
  const { name } = move.request;
  const ref = reference(move);
  if (activity.kind === 'resolveSwitch') {
    const { kind: _kind, ...asked } = activity;
    const { resolveSwitch } = activities(`find out whether the last attempt moved ${name}`, resolving);
    return {
      kind: 'resolved',
      result: await resolveSwitch({ ...ref, attempt: move.state.attempts, ...asked }),
    };
  }
  const { attempts, attemptsSinceAsked } = move.state;
  const limits = attemptLimits(move);
  const which = `attempt ${attemptsSinceAsked} of ${limits.maxAttempts}`;
  if (activity.kind === 'attemptSwitch') {
    const { reads, writes } = activity;
    const what = [reads ? 'reads' : '', writes ? 'writes' : ''].filter(Boolean).join(' and ');
    const { attemptSwitch } = activities(`${which} to switch ${what} of ${name}`, attempting(limits));
    const endsAtMs = endOfAttemptMs(move.state, needsWindow(move.state));
    const request = { ...ref, attempt: attempts, reads, writes, limits };
    const ends = endsAtMs === undefined ? {} : { endsAtMs };
    return { kind: 'attempted', result: await attemptSwitch({ ...request, ...ends }) };
  }
  const { acceptLoss } = activity;
  const { attemptReverse } = activities(`${which} to reverse ${name}`, attempting(limits));
  return { kind: 'attempted', result: await attemptReverse({ ...ref, attempt: attempts, acceptLoss, limits }) };
}

function attemptLimits({ state }: Move): SwitchSettings {
  const limits = limitsOf(state);
  if (limits === null) throw new TypeError('no attempt before the preparation');
  return limits;
}

type Ends = Extract<MainActivity, { readonly kind: 'complete' | 'forceComplete' | 'finish' | 'cleanUp' }>;

async function end(move: Move, activity: Ends): Promise<MoveHappening> {
  const { name } = move.request;
  switch (activity.kind) {
    case 'complete':
      await activities(`complete ${name}`, closing).completeMove(reference(move));
      return { kind: 'completed' };
    case 'forceComplete': {
      const { components, version } = activity;
      const { forceCompleteMove } = activities(
        `complete ${name} without its source: ${components.join(', ')}`,
        closing,
      );
      return {
        kind: 'forceCompleted',
        ...(await forceCompleteMove({ ...reference(move), components, version })),
      };
    }
    case 'finish':
      return {
        kind: 'finished',
        ...(await activities(`close the records of ${name}`, closing).finishMove({
          ...reference(move),
          forced: move.state.completion?.kind === 'force',
        })),
      };
    case 'cleanUp': {
      const { outcome, skip, version } = activity;
      const { prepared, request, state } = move;
      // Where the preparation told us nothing, the input says where there may be something.
      const unprepared = { sourceCluster: request.source.cluster, targetCluster: request.target.cluster };
      const where = prepared === null ? { ...unprepared, grant: state.grant } : reference(move);
      const { cleanUpMove } = activities(
        `remove what was made for ${name}`,
        prepared === null ? closingUnprepared : closing,
      );
      return { kind: 'cleanedUp', ...(await cleanUpMove({ ...where, outcome, skip, version })) };
    }
  }
}

async function route(move: Move, { version, reads, writes }: Route): Promise<MoveHappening> {
  const { routeTraffic } = activities(
    `tell the router version ${version}: reads to the ${reads}, writes to the ${writes}`,
    routing,
  );
  await routeTraffic({ ...move.operation, version, reads, writes });
  return { kind: 'routed' };
}

async function probe(move: Move, { sides, thorough, for: command }: Probe): Promise<MoveHappening> {
  const answer = sides.length === 1 ? 'answers' : 'answer';
  const { probeServers } = activities(`${command}: ask whether ${sides.join(' and ')} ${answer}`, probing);
  return { kind: 'probed', ...(await probeServers({ ...move.operation, sides, thorough })) };
}
