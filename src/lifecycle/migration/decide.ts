/**
 * What a migration should be doing now, given its state: the other half of the reconciliation loop. The workflow
 * compares it with what runs, stops what should not run, waits for its end, and starts what should.
 */
import { worksAgainAfterMs } from '../../limits/lifecycle.js';
import { nextAttemptAtMs } from './back-off.js';
import type { Activity, MigrationState } from './state.js';
import { nextGoal } from './facts.js';

/**
 * `wait`: nothing, until an event. `end`: the workflow is over. `untilMs` (milliseconds since 1970): when to decide
 * again although nothing has happened.
 */
export type Work = ({ readonly kind: 'wait' } | { readonly kind: 'end' } | Activity) & { readonly untilMs?: number };

/** Whether `activity` is what `work` asks for. */
export function isSameWork(activity: Activity, work: Work): boolean {
  if (activity.kind === 'synchronise' && work.kind === 'synchronise') return activity.goal === work.goal;
  return activity.kind === work.kind;
}

/** Whether an activity may be cancelled when something else is wanted; the others are waited for. */
export function isStoppable(activity: Activity): boolean {
  switch (activity.kind) {
    case 'prepare':
    case 'synchronise':
    case 'watchPaused':
    case 'attemptCutOver':
      return true;
    case 'resolveCutOver':
    case 'finish':
    case 'cleanUp':
      return false;
  }
}

/** Takes the state and the time (milliseconds since 1970); the rules in their order are SPEC.md's "Decision". */
export function decide(state: MigrationState, nowMs: number): Work {
  const work = wanted(state, nowMs);
  const { retrying, running } = state;
  if (retrying === null) return work;
  if (running === null) {
    const waits = retrying.nextAtMs > nowMs && isSameWork(retrying.work, work);
    return waits ? { kind: 'wait', untilMs: Math.min(retrying.nextAtMs, work.untilMs ?? Infinity) } : work;
  }
  const atMs = worksAgainAtMs(state);
  if (atMs === null || !isSameWork(running, work)) return work;
  return { ...work, untilMs: Math.min(atMs, work.untilMs ?? Infinity) };
}

/** Whether what failed before has run for so long now that it works again. */
export function worksAgain(state: MigrationState, nowMs: number): boolean {
  const atMs = worksAgainAtMs(state);
  return state.retrying !== null && atMs !== null && nowMs >= atMs;
}

/** Null where only its result shows whether what runs works. */
function worksAgainAtMs({ running, runningSinceMs }: MigrationState): number | null {
  if (running === null || runningSinceMs === null) return null;
  const { kind } = running;
  const lasts = kind === 'watchPaused' || (kind === 'synchronise' && ['copied', 'follow'].includes(running.goal));
  return lasts ? runningSinceMs + worksAgainAfterMs : null;
}

function wanted(state: MigrationState, nowMs: number): Work {
  if (state.trouble !== null) return { kind: 'wait' };
  if (state.unresolved !== null) return { kind: 'resolveCutOver' };
  if (state.swap !== null) return state.closed ? { kind: 'end' } : { kind: 'finish' };
  if (state.stop !== null) return state.closed || state.grant === 0 ? { kind: 'end' } : { kind: 'cleanUp' };
  if (state.progress === 'none') {
    const queued = state.terms?.postponeLaunch === true && !state.launchAsked;
    return queued ? { kind: 'wait' } : { kind: 'prepare' };
  }
  if (state.pauseReasons.length > 0) return { kind: 'watchPaused' };
  const goal = nextGoal(state);
  if (goal !== null) return { kind: 'synchronise', goal };
  if (state.postponed !== null) return { kind: 'synchronise', goal: 'follow' };
  if (state.running?.kind === 'attemptCutOver') return { kind: 'attemptCutOver' };
  const untilMs = nextAttemptAtMs(state) ?? nowMs;
  return untilMs > nowMs ? { kind: 'synchronise', goal: 'follow', untilMs } : { kind: 'attemptCutOver' };
}
