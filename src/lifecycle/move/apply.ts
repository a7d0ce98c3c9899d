/**
 * How an event changes the state of a move: one half of the reconciliation loop (decide.ts is the other). Every event is
 * taken in every state, since commands and the ends of activities cross on their way; SPEC.md has the invariants.
 */
import { synchronised } from '../operation/synchronised.js';
import type { Sight } from '../../domain/servers.js';
import { throttledFromTheStart } from '../../throttle/limits.js';
import { done, refused } from '../operation/answers.js';
import { cancelRequested } from '../operation/cancel.js';
import { attemptStarted } from '../operation/attempt-end.js';
import { answered, notUnderstood, recorded } from '../operation/outbox.js';
import { hasReached } from '../operation/state.js';
import { waitsTold } from '../operation/waits.js';
import { laneOf } from './activity.js';
import type { MoveActivity } from './activity.js';
import { attempted, resolved } from './attempts.js';
import { react } from './commands.js';
import { activityFailed, activityLost, stoppedWell } from './ends.js';
import type { MoveEvent } from './event.js';
import { attemptInFlight, idle, withdrawn, writesOnTarget } from './facts.js';
import { move } from './kind.js';
import { probed, routed, seen } from './lanes.js';
import { momentOf } from '../operation/complete-at.js';
import { windowSeen } from '../operation/window.js';
import { settle } from './settle.js';
import type { MoveState } from './state.js';

/** The state after `event`. Pure; never throws. */
export function apply(state: MoveState, event: MoveEvent): MoveState {
  return settle(change(state, event), event.atMs);
}

function change(state: MoveState, event: MoveEvent): MoveState {
  const { atMs } = event;
  switch (event.kind) {
    case 'started':
      return started(state, event.activity, atMs);
    case 'prepared':
    case 'synchronised':
    case 'watchedPaused':
      return forwardEnded(state, event);
    case 'reverseFollowed': {
      const position = event.position ?? state.lastReversedPosition;
      const caughtUp = state.reverseCaughtUp || event.outcome === 'caughtUp';
      const ended = event.outcome === 'caughtUp' ? worked(state) : stoppedWell(state, atMs);
      return { ...seen(ended, sightOf(state, event)), lastReversedPosition: position, reverseCaughtUp: caughtUp };
    }
    case 'watchedServers':
      return seen(stoppedWell(state, atMs), event);
    case 'attempted':
      return attempted(state, event.result, atMs);
    case 'resolved':
      return resolved(state, event.result, atMs);
    case 'completed': {
      const { completion } = state;
      return completion?.kind === 'complete'
        ? { ...worked(state), completion: { ...completion, done: true } }
        : worked(state);
    }
    case 'forceCompleted':
      return forceCompleted(state, event, atMs);
    case 'finished': {
      const { residuals, settled = [] } = event;
      const left = state.residuals.filter((residual) => !settled.includes(residual));
      // A target that was given up meanwhile has answered: nothing is left to give up.
      return { ...worked(withdrawn(state)), closed: true, residuals: [...left, ...residuals] };
    }
    case 'cleanedUp': {
      const { residuals, retained = [] } = event;
      return { ...worked(state), closed: true, residuals: [...state.residuals, ...residuals], retained };
    }
    case 'routed':
      return routed(state);
    case 'probed':
      return probed(state, event, atMs);
    case 'workedAgain':
      return { ...state, retrying: null };
    case 'waitsTold':
      return waitsTold(state, event);
    case 'activityFailed':
      return activityFailed(state, event, atMs);
    case 'activityLost':
      return activityLost(state, event, atMs);
    default:
      return fromOutside(state, event);
  }
}

/** A stream that was stopped may know less than the probe for which it was: it takes no outage back. */
function sightOf(
  { unreachable }: MoveState,
  { outcome, source, target }: Extract<MoveEvent, { readonly kind: 'reverseFollowed' }>,
): Sight {
  if (outcome !== 'stopped') return { source, target };
  return { source: source ?? unreachable.source, target: target ?? unreachable.target };
}

type Outside = Extract<
  MoveEvent,
  {
    readonly kind: 'command' | 'commandNotUnderstood' | 'momentCame' | 'windowSeen' | 'cancelRequested' | 'outboxTaken';
  }
>;

function fromOutside(state: MoveState, event: Outside): MoveState {
  const { atMs } = event;
  switch (event.kind) {
    case 'command': {
      const { command } = event;
      const reacted = react(state, command, { atMs, sight: null });
      if ('answer' in reacted) return answered(reacted.state, command, reacted.answer);
      const direction = attemptInFlight(reacted.state);
      const waiting = { command, waitsFor: reacted.waitsFor, direction };
      return { ...reacted.state, pending: [...reacted.state.pending, waiting] };
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

/** Nothing runs in the main lane any more, and what ran has worked: whatever failed before is over. */
function worked(state: MoveState): MoveState {
  return { ...idle(state), retrying: null };
}

function started(state: MoveState, activity: MoveActivity, atMs: number): MoveState {
  const next = { ...state, running: { ...state.running, [laneOf(activity)]: activity } };
  if (activity.kind === 'probe') return next;
  if (activity.kind === 'route') {
    return { ...next, exposed: state.exposed || activity.reads === 'target' || activity.writes === 'target' };
  }
  const granted = { ...next, grant: state.grant + 1, runningSinceMs: atMs };
  if (activity.kind !== 'attemptSwitch' && activity.kind !== 'attemptReverse') return granted;
  return { ...granted, ...attemptStarted(state, atMs), attemptsSinceAsked: state.attemptsSinceAsked + 1 };
}

function forwardEnded(
  state: MoveState,
  event: Extract<MoveEvent, { readonly kind: 'prepared' | 'synchronised' | 'watchedPaused' }>,
): MoveState {
  const { atMs } = event;
  const ran = state.running.main;
  switch (event.kind) {
    case 'prepared': {
      const { terms } = event;
      const throttle = throttledFromTheStart(state.throttle, terms.throttle);
      const next = { ...worked(state), terms, throttle, completeAt: momentOf(terms.completeAt) };
      const queued = terms.postponeLaunch && !state.launchAsked;
      if (queued || hasReached(state, 'prepared')) return next;
      // The rules exist from here on: everything goes to the source.
      return waived({ ...next, progress: 'prepared', version: 1 }, atMs);
    }
    case 'synchronised':
      return synchronised(stoppedWell(state, atMs), event, ran?.kind === 'synchronise' ? ran.goal : 'follow');
    case 'watchedPaused':
      return stoppedWell(state, atMs);
  }
}

/** Moving traffic to rows that were never compared is somebody's decision, and on record as such (P6, P9). */
function waived(state: MoveState, atMs: number): MoveState {
  if (state.terms?.verifyBeforeSwitch !== false) return state;
  const answer = done(atMs, 'Traffic may be switched without a verification.');
  return recorded(state, 'waiveVerification', 'started with verifyBeforeSwitch: false', answer);
}

function forceCompleted(
  state: MoveState,
  event: Extract<MoveEvent, { readonly kind: 'forceCompleted' }>,
  atMs: number,
): MoveState {
  const { routerNotTold, completion } = state;
  const told = event.routed && event.components.includes('routing');
  // A later try may have told what an earlier one has not.
  const before = state.residuals.filter((residual) => !told || residual !== routerNotTold);
  const notRouted = event.notRouted === undefined ? [] : [event.notRouted];
  const residuals = [...new Set([...before, ...event.residuals, ...notRouted])];
  const next = { ...worked(state), residuals, routerNotTold: told ? null : (event.notRouted ?? routerNotTold) };
  if (completion?.kind !== 'force') return next;
  const parts = [...new Set([...completion.done, ...event.components])];
  const ended = { ...next, completion: { ...completion, done: parts }, routed: told ? state.version : state.routed };
  return event.notRouted === undefined ? ended : onRecord(ended, event.notRouted, completion.reason, atMs);
}

/** The move ends although the router does not know it: somebody has to correct its rules (P9). */
function onRecord(state: MoveState, residual: string, reason: string, atMs: number): MoveState {
  return recorded(state, 'forceComplete', reason, done(atMs, `Left behind: ${residual}`));
}

/** Once the writes are on the target only a reverse or the end of the move is possible. */
function cancelledByTemporal(state: MoveState, atMs: number): MoveState {
  const isLate = state.completion !== null || writesOnTarget(state);
  const facts = { command: 'cancel', since: state.switchedAt ?? 'now' };
  return cancelRequested(move, state, isLate ? refused(atMs, 'WRITES_ON_TARGET', facts) : null, atMs);
}
