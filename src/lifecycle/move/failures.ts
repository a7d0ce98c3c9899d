/** Ends of activities without a result. */
import { refused } from '../operation/answers.js';
import type { Failure } from '../operation/state.js';
import { isoTime } from '../operation/state.js';
import { attemptedWish, failed, movesWrites, notSwitched, unclear, withFailure } from './attempts.js';
import type { MoveEvent } from './event.js';
import { failureOf } from './facts.js';
import { commandAnswered } from './outbox.js';
import type { MoveState } from './state.js';

/** An activity has ended with an error. */
export function activityFailed(
  state: MoveState,
  { lane, failure }: Extract<MoveEvent, { readonly kind: 'activityFailed' }>,
  atMs: number,
): MoveState {
  switch (lane) {
    case 'probe':
      return probeFailed(state, failure.message, atMs);
    case 'route': {
      // The failure of an older version does not matter: the newer one is tried.
      const newest = state.running.route?.version === state.version;
      const running = { ...state.running, route: null };
      return { ...state, running, routeTrouble: newest ? { ...failure, kind: 'needsOperator' } : state.routeTrouble };
    }
    case 'main':
      return mainFailed(state, failure, atMs);
  }
}

function mainFailed(state: MoveState, failure: Failure, atMs: number): MoveState {
  const { main } = state.running;
  const idle: MoveState = { ...state, running: { ...state.running, main: null } };
  const trouble: Failure = { ...failure, kind: 'needsOperator' };
  switch (main?.kind) {
    case 'prepare': {
      // A terminal error of the first preparation says that nothing was left behind.
      const nothingMade = state.terms === null && failure.kind === 'terminal';
      return { ...failed(idle, failure, atMs), closed: nothingMade };
    }
    case 'attemptSwitch':
    case 'attemptReverse':
      return withoutWord(state, failure, failure.message, atMs);
    case 'resolveSwitch': {
      const outcome = { problem: failure.message, writesRefusedSince: null };
      return state.unresolved === null ? idle : unclear(state, state.unresolved, outcome, atMs);
    }
    case 'complete':
    case 'forceComplete':
    case 'finish':
      return { ...idle, trouble };
    case 'cleanUp':
      // Where the preparation told us nothing, the next operation on the tables finds and removes what there may be.
      return state.terms === null ? { ...idle, closed: true } : { ...idle, trouble };
    default:
      // What lasts is tried again without limit: an error that passes is told only where it met a request to stop.
      return failure.kind === 'retryable' ? idle : failed(idle, failure, atMs);
  }
}

/** An activity has ended without a word. */
export function activityLost(
  state: MoveState,
  { lane, cancelled, problem }: Extract<MoveEvent, { readonly kind: 'activityLost' }>,
  atMs: number,
): MoveState {
  if (lane === 'probe') return probeFailed(state, problem, atMs);
  if (lane === 'route') return { ...state, running: { ...state.running, route: null } };
  const idle: MoveState = { ...state, running: { ...state.running, main: null } };
  switch (state.running.main?.kind) {
    case 'attemptSwitch':
    case 'attemptReverse':
      return withoutWord(state, null, problem, atMs);
    case 'prepare':
      return cancelled ? idle : failed(idle, failureOf('WORK_LOST', { work: 'prepareMove', problem }), atMs);
    case 'cleanUp':
      return state.terms === null ? { ...idle, closed: true } : idle;
    default:
      // Everything is at a checkpoint, or is asked again: `decide` says what goes on.
      return idle;
  }
}

/** Whether an attempt with writes switched is found out by the resolution, and by nothing else. */
function withoutWord(state: MoveState, failure: Failure | null, problem: string, atMs: number): MoveState {
  const wish = attemptedWish(state);
  if (wish === null) return state;
  if (!movesWrites(wish)) {
    return withFailure(notSwitched(state, { reason: 'lost', detail: problem, blockers: [] }, atMs), failure, atMs);
  }
  const since = state.attemptStartedAt ?? isoTime(atMs);
  const unresolved = { wish, failure, problem, since, acceptLoss: null, againAtMs: atMs };
  return { ...state, running: { ...state.running, main: null }, unresolved };
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
    next = commandAnswered(
      next,
      command,
      refused(atMs, 'WORK_LOST', { work: `The probe for ${command.name}`, problem }),
    );
  }
  return next;
}
