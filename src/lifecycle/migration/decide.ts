/**
 * What a migration should be doing now, given its state: the other half of the reconciliation loop. The workflow
 * compares it with what runs, stops what should not run, waits for its end, and starts what should.
 */
import { paced, type Decision, type WorkRules } from '../operation/work.js';
import { meaning, type Activity } from './activity.js';
import { nextAttemptAtMs } from './back-off.js';
import { needsWindow, nextGoal } from './facts.js';
import { mayBegin } from '../operation/window.js';
import * as kernel from '../operation/work.js';
import type { MigrationState } from './state.js';

export const work: WorkRules<MigrationState, Activity> = { meaning, running: ({ running }) => running };

const wait: Decision<Activity> = { main: { kind: 'wait' }, untilMs: null };
const end: Decision<Activity> = { main: { kind: 'end' }, untilMs: null };

/** Takes the state and the time (milliseconds since 1970); the rules in their order are SPEC.md's "Decision". */
export function decide(state: MigrationState, nowMs: number): Decision<Activity> {
  return paced(work, state, wanted(state, nowMs), nowMs);
}

function now(main: Activity): Decision<Activity> {
  return { main, untilMs: null };
}

function wanted(state: MigrationState, nowMs: number): Decision<Activity> {
  if (state.trouble !== null) return wait;
  if (state.unresolved !== null) return now({ kind: 'resolveCutOver' });
  if (state.swap !== null) return state.closed ? end : now({ kind: 'finish' });
  if (state.stop !== null) return state.closed || state.grant === 0 ? end : now({ kind: 'cleanUp' });
  if (state.progress === 'none') {
    const queued = state.terms?.postponeLaunch === true && !state.launchAsked;
    return queued ? wait : now({ kind: 'prepare' });
  }
  if (state.pauseReasons.length > 0) return now({ kind: 'watchPaused' });
  const goal = nextGoal(state);
  const throttleRevision = state.throttle.revision;
  if (goal !== null) return now({ kind: 'synchronise', goal, throttleRevision });
  const follow: Activity = { kind: 'synchronise', goal: 'follow', throttleRevision };
  if (state.postponed !== null) return now(follow);
  const attempt: Activity = { kind: 'attemptCutOver' };
  if (state.running?.kind === attempt.kind) return now(attempt);
  if (state.completeAt !== null || !mayBegin(state, needsWindow(state), nowMs)) return now(follow);
  const untilMs = nextAttemptAtMs(state) ?? nowMs;
  if (untilMs <= nowMs) return now(attempt);
  return { main: follow, untilMs };
}

/** Whether what failed before has run for so long now that it works again. */
export function worksAgain(state: MigrationState, nowMs: number): boolean {
  return kernel.worksAgain(work, state, nowMs);
}
