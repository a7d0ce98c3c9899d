/** What a move is given, and how its activities end when all is well. */
import type { Outage, Sight } from '../../../src/domain/servers.js';
import type { MoveActivity } from '../../../src/lifecycle/move/activity.js';
import { laneOf } from '../../../src/lifecycle/move/activity.js';
import type { MoveHappening, MoveTerms } from '../../../src/lifecycle/move/event.js';
import type { Failure } from '../../../src/lifecycle/operation/state.js';

export const terms: MoveTerms = {
  tables: ['customer', 'orders'],
  postponeLaunch: false,
  verifyBeforeSwitch: true,
  reverseReplication: true,
  autoSwitch: false,
  autoComplete: false,
  switch: { lockTimeoutMs: 1_000, drainTimeoutMs: 5_000, maxAttempts: 3, backoffMs: [0, 10_000, 30_000] },
  throttle: {},
};

export const outage: Outage = { since: '2026-11-21T02:00:00.000Z', problem: 'connection refused' };
/** What is found out of an attempt to reverse while its source does not answer. */
export const sourceSilent = {
  outcome: 'unknown',
  problem: 'no answer',
  writesRefusedSince: null,
  missing: ['source'],
} as const;

export const answers = { source: null, target: null } as const;
export const switched = { outcome: 'switched', switchedAt: '2026-11-21T01:00:00.000Z', blockedMs: 5 } as const;
export const blocked = {
  outcome: 'notSwitched',
  reason: 'blocked',
  detail: 'no lock within 1000 ms',
  blockers: [
    { id: 12, user: 'app', host: '10.0.0.5', ageSeconds: 3, statement: '', holds: 'SHARED_READ on shop.orders' },
  ],
} as const;
const stopped = { outcome: 'notSwitched', reason: 'stopped', detail: 'asked to', blockers: [] } as const;

export function failure(kind: Failure['kind']): Failure {
  return { code: `SOME_${kind}`, kind, message: `Something ${kind}.`, remedy: 'Do something.', facts: {} };
}

export function probed(sight: Sight) {
  return { kind: 'probed', ...sight } as const;
}

/** How an activity ends when all is well. */
export function wellEnded(activity: MoveActivity, stopping: boolean, given: MoveTerms): MoveHappening {
  const silent = ['prepare', 'watchServers', 'complete', 'cleanUp', 'route', 'probe'];
  if (stopping && silent.includes(activity.kind)) {
    return { kind: 'activityLost', lane: laneOf(activity), cancelled: true, problem: 'it was stopped' };
  }
  switch (activity.kind) {
    case 'prepare':
      return { kind: 'prepared', terms: given };
    case 'synchronise': {
      const outcome = stopping || activity.goal === 'follow' ? 'stopped' : 'reached';
      return { kind: 'synchronised', outcome, rowsCopied: 10, verified: true, notCompared: [] };
    }
    case 'watchPaused':
      return { kind: 'watchedPaused' };
    case 'attemptSwitch':
      return { kind: 'attempted', result: stopping ? stopped : switched };
    case 'attemptReverse':
      return { kind: 'attempted', result: stopping ? stopped : { ...switched, lossAccepted: activity.acceptLoss } };
    case 'resolveSwitch': {
      const { direction, acceptLoss, sourceGivenUp = false } = activity;
      const lossAccepted = acceptLoss || sourceGivenUp;
      // Who is given up gets nothing.
      const moved = acceptLoss ? direction === 'reverse' : sourceGivenUp && direction === 'forward';
      const result = moved ? { ...switched, lossAccepted } : ({ outcome: 'notSwitched', lossAccepted } as const);
      return { kind: 'resolved', result };
    }
    case 'startReverse':
      return { kind: 'reverseFollowed', outcome: stopping ? 'stopped' : 'caughtUp', position: 'gtid:1', ...answers };
    case 'followReverse':
      return { kind: 'reverseFollowed', outcome: 'stopped', position: 'gtid:2', ...answers };
    case 'watchServers':
      return { kind: 'watchedServers', ...answers };
    case 'complete':
      return { kind: 'completed' };
    case 'forceComplete':
      return { kind: 'forceCompleted', components: activity.components, routed: true, residuals: ['source: fences'] };
    case 'finish':
      return { kind: 'finished', residuals: [] };
    case 'cleanUp':
      return { kind: 'cleanedUp', residuals: [] };
    case 'route':
      return { kind: 'routed' };
    case 'probe':
      return probed(answers);
  }
}
