/**
 * How an event changes the state of a migration: one half of the reconciliation loop (decide.ts is the other). Every
 * event is taken in every state, since commands and the ends of activities cross on their way; SPEC.md has the
 * invariants that this keeps.
 */
import { copiedIn } from '../../domain/progress.js';
import { synchronised } from '../operation/synchronised.js';
import { answerAfterAttempt } from './answers.js';
import { done, lastAttemptSentence, tooLate } from '../operation/answers.js';
import { cancelRequested } from '../operation/cancel.js';
import { attemptsUsedUp } from './back-off.js';
import { react } from './commands.js';
import type { MigrationEvent } from './event.js';
import { throttledFromTheStart } from '../../throttle/limits.js';
import { activityFailed, activityLost, stoppedBy, stoppedWell } from './ends.js';
import { attemptEnded, attemptStarted } from '../operation/attempt-end.js';
import { answered, notUnderstood, recorded } from '../operation/outbox.js';
import { momentOf, withoutPast } from '../operation/complete-at.js';
import { windowSeen } from '../operation/window.js';
import { isRepeated, workLost } from '../operation/retrying.js';
import { waitsTold } from '../operation/waits.js';
import { migration } from './kind.js';
import type { MigrationState, Postponement } from './state.js';
import type { AttemptEnd } from '../operation/state.js';
import { attemptInFlight, isReady } from './facts.js';
import { hasReached, isoTime } from '../operation/state.js';
import type { Activity } from './activity.js';

/** The state after `event`. Pure; never throws. */
export function apply(state: MigrationState, event: MigrationEvent): MigrationState {
  return settle(change(state, event), event.atMs);
}

/** Nothing runs any more, and what ran has worked: whatever failed before is over. */
const idle = { running: null, runningSinceMs: null, retrying: null } as const;

function change(state: MigrationState, event: MigrationEvent): MigrationState {
  const { atMs } = event;
  switch (event.kind) {
    case 'started':
      return started(state, event.activity, event.atMs);
    case 'prepared': {
      const queued = event.terms.postponeLaunch && !state.launchAsked;
      const held = state.postponed ?? heldFromTheStart(event.terms.postponeCompletion && !state.resumeAsked, atMs);
      const throttle = throttledFromTheStart(state.throttle, event.terms.throttle);
      const completeAt = state.resumeAsked ? null : momentOf(event.terms.completeAt);
      const next = { ...state, ...idle, terms: event.terms, postponed: held, completeAt, throttle };
      return queued || hasReached(state, 'prepared') ? next : { ...next, progress: 'prepared' };
    }
    case 'synchronised':
      return synchronised(
        stoppedWell(state, atMs),
        event,
        state.running?.kind === 'synchronise' ? state.running.goal : 'follow',
      );
    case 'watchedPaused':
      return stoppedWell(state, atMs);
    case 'attempted':
      return event.result.outcome === 'swapped' ? swapped(state, event.result) : notSwapped(state, event.result, atMs);
    case 'resolved':
      return event.result.outcome === 'swapped' ? swapped(state, event.result) : notSwappedAfterAll(state, atMs);
    case 'finished': {
      const copied = copiedIn({ notCompared: state.notCompared, ...event });
      return { ...state, ...idle, closed: true, leftBehind: [], ...copied };
    }
    case 'cleanedUp':
      return { ...state, ...idle, closed: true, leftBehind: event.leftBehind ?? [] };
    case 'workedAgain':
      return { ...state, retrying: null };
    case 'waitsTold':
      return waitsTold(state, event);
    case 'activityFailed':
      return activityFailed(state, event.failure, atMs);
    case 'activityLost':
      return event.notTaken === true && state.running?.kind === 'attemptCutOver'
        ? notSwapped(state, { reason: 'notTaken', detail: event.problem, blockers: [] }, atMs)
        : activityLost(state, event, atMs);
    case 'command': {
      const reacted = react(state, event.command, { atMs });
      return 'answer' in reacted
        ? answered(reacted.state, event.command, reacted.answer)
        : { ...reacted.state, pending: [...state.pending, event.command] };
    }
    case 'commandNotUnderstood':
      return notUnderstood(state, event, atMs);
    case 'momentCame':
      return state;
    case 'windowSeen':
      return windowSeen(state, event);
    case 'cancelRequested':
      return cancelledByTemporal(state, atMs);
    case 'outboxTaken':
      return { ...state, outbox: [] };
  }
}

function started(state: MigrationState, activity: Activity, atMs: number): MigrationState {
  const next = { ...state, running: activity, runningSinceMs: atMs, grant: state.grant + 1 };
  if (activity.kind !== 'attemptCutOver') return next;
  return { ...next, ...attemptStarted(state, atMs), attemptsSinceResume: state.attemptsSinceResume + 1 };
}

function heldFromTheStart(asked: boolean, atMs: number): Postponement | null {
  return asked ? { by: 'operator', reason: 'started with postponeCompletion', since: isoTime(atMs) } : null;
}

/** The point of no return: whatever was decided about stopping is void. */
function swapped(
  state: MigrationState,
  { completedAt, blockedMs }: { readonly completedAt: string; readonly blockedMs: number },
): MigrationState {
  const swap = { completedAt, blockedMs };
  const voided = {
    unresolved: null,
    unclear: null,
    stop: null,
    trouble: null,
    attemptStartedAt: null,
    lastAttempt: null,
    closed: false,
    leftBehind: [],
  };
  return { ...state, ...idle, ...voided, swap };
}

function notSwapped(state: MigrationState, end: AttemptEnd, atMs: number): MigrationState {
  return { ...state, ...idle, ...attemptEnded(state, end, atMs), backOffSinceMs: atMs };
}

function notSwappedAfterAll(state: MigrationState, atMs: number): MigrationState {
  const failure = state.unresolved?.failure ?? null;
  const detail = failure?.message ?? state.unresolved?.problem ?? 'the attempt was lost';
  const next = { ...notSwapped(state, { reason: 'lost', detail, blockers: [] }, atMs), unresolved: null };
  return failure === null || isRepeated(failure) ? next : stoppedBy(next, failure, atMs);
}

/** After the swap there is nothing to cancel. */
function cancelledByTemporal(state: MigrationState, atMs: number): MigrationState {
  const late = state.swap === null ? null : (tooLate(migration, state, 'cancel', atMs) ?? null);
  return cancelRequested(migration, state, late, atMs);
}

/** What follows from a state whatever led to it. */
function settle(state: MigrationState, atMs: number): MigrationState {
  let next = withoutPast(state, atMs);
  if (isReady(next)) {
    next = { ...next, readyAt: next.readyAt ?? isoTime(atMs), backOffSinceMs: next.backOffSinceMs ?? atMs };
    next = postponedBySystem(next, atMs);
  }
  // No word comes soon where finding out fails: what is recorded is answered so.
  // A worker that died says nothing of the attempt, and the next one may be asked at once; a failure that is told may last.
  const isTold = next.retrying !== null && next.retrying.last.code !== workLost;
  const waits = attemptInFlight(next) && (next.unresolved === null || !isTold);
  if (next.pending.length === 0 || waits) return next;
  const { pending } = next;
  next = { ...next, pending: [] };
  for (const command of pending) next = answered(next, command, answerAfterAttempt(next, command, atMs));
  return next;
}

/** Attempts are used up: held back, with the last reason and the blockers named, until somebody says `resume` (P3). */
function postponedBySystem(state: MigrationState, atMs: number): MigrationState {
  const over = state.swap !== null || state.stop !== null || state.trouble !== null;
  if (over || state.postponed !== null || attemptInFlight(state) || !attemptsUsedUp(state)) return state;
  const reason = `${state.attemptsSinceResume} attempts are used up; ${lastAttemptSentence(state)}`;
  const postponed = { by: 'system', reason, since: isoTime(atMs) } as const;
  return recorded({ ...state, postponed, ignoreWindow: false }, 'postpone', reason, done(atMs, `Postponed: ${reason}`));
}
