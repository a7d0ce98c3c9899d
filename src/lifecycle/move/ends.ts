/** Ends of activities of a move without a result; operation/ends.ts has the table of the main lane. */
import { refused } from '../operation/answers.js';
import type { EndRules } from '../operation/ends.js';
import * as kernel from '../operation/ends.js';
import { asTrouble, failedAgain, isHopeless, isRepeated, lostFailure, remedyOf } from '../operation/retrying.js';
import type { Failure } from '../operation/state.js';
import { isoTime } from '../operation/state.js';
import { routerFailsForMs } from '../../limits/lifecycle.js';
import type { MainActivity, Route } from './activity.js';
import { attemptedWish, failing, movesWrites, notSwitched, unclear, withFailure } from './attempts.js';
import { work, decide } from './decide.js';
import type { MoveEvent } from './event.js';
import { idle, tellsRouter, untried } from './facts.js';
import { answered } from '../operation/outbox.js';
import type { MoveState } from './state.js';

const ends: EndRules<MoveState, MainActivity> = {
  ...work,
  ...failing,
  decide,
  idle,
  withoutWord,
  // A person is told, and it is asked again by itself: writes are refused meanwhile.
  resolutionFailed: (state, { message }, atMs) =>
    state.unresolved === null
      ? idle(state)
      : unclear(state, state.unresolved, { problem: message, writesRefusedSince: null }, atMs),
};

/** It has ended because it was asked to, which alone does not show that it works. */
export function stoppedWell(state: MoveState, atMs: number): MoveState {
  return kernel.idleAfter(ends, state, atMs);
}

/** An activity has ended with an error. */
export function activityFailed(
  state: MoveState,
  { lane, failure, again, paced }: Extract<MoveEvent, { readonly kind: 'activityFailed' }>,
  atMs: number,
): MoveState {
  switch (lane) {
    case 'probe':
      return probeFailed(state, failure.message, atMs);
    case 'route': {
      // The failure of an older version does not matter: the newer one is tried.
      const newest = state.running.route?.version === state.version;
      const running = { ...state.running, route: null };
      if (paced) return newest ? routeFailed({ ...state, running }, failure, atMs) : { ...state, running };
      const trouble: Failure = again
        ? { ...failure, kind: 'retryable', remedy: remedyOf(failure) }
        : { ...failure, kind: 'needsOperator' };
      return { ...state, running, routeTrouble: newest ? trouble : state.routeTrouble };
    }
    case 'main':
      return kernel.activityFailed(ends, state, failure, atMs);
  }
}

/** An activity has ended without a word. */
export function activityLost(
  state: MoveState,
  end: Extract<MoveEvent, { readonly kind: 'activityLost' }>,
  atMs: number,
): MoveState {
  switch (end.lane) {
    case 'probe':
      return probeFailed(state, end.problem, atMs);
    case 'route': {
      const newest = state.running.route?.version === state.version;
      const next = { ...state, running: { ...state.running, route: null } };
      const failed = end.paced && newest && !end.cancelled;
      return failed ? routeFailed(next, lostFailure('Telling the router', end.problem), atMs) : next;
    }
    case 'main':
      if (end.notTaken === true && attemptedWish(state) !== null) {
        return notSwitched(state, { reason: 'notTaken', detail: end.problem, blockers: [] }, atMs);
      }
      return kernel.activityLost(ends, state, end, atMs);
  }
}

/** Whether an attempt with writes switched is found out by the resolution, and by nothing else. */
function withoutWord(state: MoveState, failure: Failure | null, problem: string, atMs: number): MoveState {
  const wish = attemptedWish(state);
  if (wish === null) return idle(state);
  if (!movesWrites(wish)) {
    const next = notSwitched(state, { reason: 'lost', detail: problem, blockers: [] }, atMs);
    return withFailure(next, { failure, wish, before: state.retrying }, atMs);
  }
  const since = state.attemptStartedAt ?? isoTime(atMs);
  // Who gave the target up has said so for what becomes of the attempt, too.
  const acceptLoss = wish.direction === 'reverse' && wish.acceptLoss ? { reason: wish.reason ?? '' } : null;
  return { ...idle(state), unresolved: { wish, failure, problem, since, acceptLoss, againAtMs: atMs } };
}

/** The newest version could not be told: as whatever else fails, and of what lasts a person hears, too. */
function routeFailed(state: MoveState, failure: Failure, atMs: number): MoveState {
  if (!tellsRouter(state)) return state;
  const trouble: Failure = { ...failure, kind: 'needsOperator' };
  if (!isRepeated(failure)) return { ...state, ...untried, routeTrouble: trouble };
  const route: Route = { kind: 'route', version: state.version, ...state.traffic };
  const routeRetrying = failedAgain(state.routeRetrying, route, failure, atMs);
  if (isHopeless(routeRetrying)) return { ...state, ...untried, routeTrouble: asTrouble(routeRetrying) };
  const lasts = atMs - Date.parse(routeRetrying.since) >= routerFailsForMs;
  const routeTrouble: Failure | null = lasts ? { ...failure, kind: 'retryable', remedy: remedyOf(failure) } : null;
  return { ...state, routeRetrying, routeTrouble };
}

/** Who waits for the probe hears that nothing was changed; the command can be sent again. */
function probeFailed(state: MoveState, problem: string, atMs: number): MoveState {
  const { probe } = state.running;
  const waits = ({ waitsFor, command }: MoveState['pending'][number]) =>
    waitsFor === 'probe' && command.name === probe?.for;
  let next: MoveState = {
    ...state,
    running: { ...state.running, probe: null },
    pending: state.pending.filter((entry) => !waits(entry)),
  };
  for (const { command } of state.pending.filter(waits)) {
    next = answered(next, command, refused(atMs, 'WORK_LOST', { work: `The probe for ${command.name}`, problem }));
  }
  return next;
}
