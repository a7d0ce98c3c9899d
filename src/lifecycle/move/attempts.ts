/** What the word on an attempt changes, whether it is its own or that of the resolution. */
import type { SwitchResolution, Switched } from '../../domain/attempt.js';
import { resolveAgainAfterMs } from '../../limits/lifecycle.js';
import { attemptEnded } from '../operation/attempt-end.js';
import { failedAgain, isRepeated } from '../operation/retrying.js';
import { stoppedBy, type EndRules } from '../operation/ends.js';
import type { AttemptEnd, Failure } from '../operation/state.js';
import { hasReached, isoTime } from '../operation/state.js';
import { failureOf, idle, openWish, untried, withTraffic, writesOnTarget } from './facts.js';
import { move } from './kind.js';
import type { Completion, MoveState, MoveStop, Unresolved, Wish } from './state.js';
import type { MainActivity } from './activity.js';
import { comesBackOpen } from '../../domain/residual.js';
import type { Side } from '../../domain/servers.js';
import { components } from './command.js';
import { unclearWayOut } from './way-out.js';

/** What the attempt that runs was started for; null where none runs. */
export function attemptedWish({ running, wish }: MoveState): Wish | null {
  if (running.main?.kind === 'attemptSwitch') {
    const { reads, writes } = running.main;
    return { direction: 'forward', reads, writes };
  }
  if (running.main?.kind !== 'attemptReverse') return null;
  const { acceptLoss } = running.main;
  return wish?.direction === 'reverse' ? { ...wish, acceptLoss } : { direction: 'reverse', acceptLoss, reason: null };
}

/** Whether a wish moves writes, so that its attempt has a point of no return. */
export function movesWrites(wish: Wish): boolean {
  return wish.direction === 'reverse' || wish.writes;
}

/** An attempt has ended with its own word. */
export function attempted(
  state: MoveState,
  result: Switched | ({ readonly outcome: 'notSwitched' } & AttemptEnd),
  atMs: number,
): MoveState {
  const wish = attemptedWish(state);
  if (wish === null) return state;
  if (result.outcome === 'notSwitched') {
    const next = notSwitched(state, result, atMs);
    // Such an attempt says so only where the target answers: there is nothing to give up.
    const answers = wish.direction === 'reverse' && wish.acceptLoss;
    return answers ? { ...next, unreachable: { ...next.unreachable, target: null } } : next;
  }
  // Reads have no point of no return: who stopped the attempt meanwhile has stopped it.
  const stopped = state.stop !== null || state.pauseReasons.includes('operator');
  if (!movesWrites(wish) && stopped) {
    return notSwitched(state, { reason: 'stopped', detail: 'it was asked to', blockers: [] }, atMs);
  }
  return switched(state, wish, result, atMs);
}

/** Nothing has changed anywhere: the attempt counts, and the next one waits for its back-off. */
export function notSwitched(state: MoveState, end: AttemptEnd, atMs: number): MoveState {
  return { ...word(state), ...attemptEnded(state, end, atMs), backOffSinceMs: atMs };
}

/** The state in which nothing is unclear any more. */
function word(state: MoveState): MoveState {
  return { ...idle(state), retrying: null, unresolved: null, trouble: null, attemptStartedAt: null };
}

/** The only word on an attempt that had none. */
export function resolved(state: MoveState, result: SwitchResolution, atMs: number): MoveState {
  const { unresolved } = state;
  if (unresolved === null) return idle(state);
  switch (result.outcome) {
    case 'unknown':
      return unclear(state, unresolved, result, atMs);
    case 'switched': {
      const next = switched(state, unresolved.wish, result, atMs);
      return unresolved.wish.direction === 'forward' ? withoutSource(next, unresolved, result, atMs) : next;
    }
    case 'notSwitched': {
      const detail = unresolved.failure?.message ?? unresolved.problem;
      const next = notSwitched(state, { reason: 'lost', detail, blockers: [] }, atMs);
      if (unresolved.wish.direction === 'reverse' && result.lossAccepted === true) {
        return withoutSource(next, unresolved, result, atMs);
      }
      if (unresolved.wish.direction === 'forward' && result.lossAccepted === true) {
        return givenUp(next, unresolved.acceptLoss?.reason ?? '', result.lastReversedPosition ?? null, atMs);
      }
      return withFailure(next, { failure: unresolved.failure, wish: unresolved.wish, before: state.retrying }, atMs);
    }
  }
}

/** The target has the writes, and the source was given up: the move ends there. One that is back is not given up. */
function withoutSource(
  state: MoveState,
  { sourceGivenUp }: Unresolved,
  { lossAccepted }: { readonly lossAccepted?: boolean },
  atMs: number,
): MoveState {
  if (sourceGivenUp === undefined || lossAccepted !== true) return state;
  const next = forcedEnd(state, { at: isoTime(atMs), reason: sourceGivenUp.reason, wanted: components });
  return {
    ...next,
    residuals: [...new Set([...next.residuals, `at the source, which was given up: ${comesBackOpen}`])],
  };
}

/** The decision to end without the source: all traffic goes to the target. */
export function forcedEnd(
  state: MoveState,
  forced: Pick<Extract<Completion, { readonly kind: 'force' }>, 'at' | 'reason' | 'wanted'>,
): MoveState {
  const routed = withTraffic(state, { reads: 'target', writes: 'target' });
  const cleared = { ...untried, trouble: null, retrying: null, wish: null } as const;
  return { ...routed, ...cleared, completion: { kind: 'force', done: [], ...forced } };
}

/** Nobody guesses: a person is waited for, and the servers are asked again by themselves. */
export function unclear(
  state: MoveState,
  unresolved: Unresolved,
  {
    problem,
    writesRefusedSince,
    missing = [],
  }: { readonly problem: string; readonly writesRefusedSince: string | null; readonly missing?: readonly Side[] },
  atMs: number,
): MoveState {
  const { main } = state.running;
  const since = writesRefusedSince ?? unresolved.since;
  const next = { ...unresolved, since, missing, againAtMs: atMs + resolveAgainAfterMs };
  const ended: MoveState = { ...idle(state), unresolved: next };
  // A side was given up while this one ran without knowing it.
  if (main?.kind === 'resolveSwitch' && !knows(main, next)) return ended;
  const side = unresolved.wish.direction === 'forward' ? 'target' : 'source';
  return { ...ended, trouble: failureOf('SWITCH_UNCLEAR', { side, problem, since, wayOut: unclearWayOut(missing) }) };
}

function knows(
  { acceptLoss, sourceGivenUp }: Extract<MainActivity, { kind: 'resolveSwitch' }>,
  of: Unresolved,
): boolean {
  return acceptLoss === (of.acceptLoss !== null) && (sourceGivenUp === true) === (of.sourceGivenUp !== undefined);
}

/** What an error does to a move that is not to go on. */
export const failing: Pick<EndRules<MoveState, MainActivity>, 'isPrepared' | 'cannotFail' | 'stopped'> = {
  isPrepared: ({ terms }) => terms !== null,
  // Once the writes are on the target nothing fails any more.
  cannotFail: writesOnTarget,
  stopped: move.stopped,
};

/** An attempt that came to nothing, and what it was made for. */
interface Failed {
  readonly failure: Failure | null;
  readonly wish: Wish;
  /** What failed before it. */
  readonly before: MoveState['retrying'];
}

/**
 * An attempt's error, once it is clear that nothing was switched. One that passes is shown like that of any work, and the
 * next attempt waits longer each time: a server that is gone must not look like a switch that is about to happen (P11).
 */
export function withFailure(state: MoveState, { failure, wish, before }: Failed, atMs: number): MoveState {
  if (failure === null) return state;
  if (!isRepeated(failure)) return stoppedBy(failing, state, failure, atMs);
  return { ...state, retrying: failedAgain(before, attemptFor(wish), failure, atMs) };
}

function attemptFor(wish: Wish): MainActivity {
  return wish.direction === 'forward'
    ? { kind: 'attemptSwitch', reads: wish.reads, writes: wish.writes }
    : { kind: 'attemptReverse', acceptLoss: wish.acceptLoss };
}

function switched(state: MoveState, wish: Wish, result: Switched, atMs: number): MoveState {
  const next = { ...word(state), lastAttempt: null, gaveUp: null, attemptsSinceAsked: 0, backOffSinceMs: atMs };
  if (wish.direction === 'reverse') return reversed(next, wish, result, state.unresolved, atMs);
  const reads = wish.reads ? 'target' : state.traffic.reads;
  if (!wish.writes) return withOpenWish(withTraffic(next, { reads, writes: 'source' }));
  // The point of no return: whatever was decided about stopping is void, and reads asked for meanwhile follow at once.
  const asked = state.wish?.direction === 'forward' && state.wish.reads;
  const moved = withTraffic(next, { reads: asked ? 'target' : reads, writes: 'target' });
  return withOpenWish({
    ...moved,
    stop: null,
    completeAt: null,
    ...pausesLeft(state),
    verifyRequested: false,
    switchedAt: result.switchedAt,
    blockedMs: result.blockedMs,
    reverseCaughtUp: false,
    lastReversedPosition: null,
    unreachable: { source: null, target: null },
  });
}

/** A pause that waits for the word on the attempt comes too late; one that was answered before it holds (P2). */
function pausesLeft({ pending, pauseReasons, paused }: MoveState): Pick<MoveState, 'pauseReasons' | 'paused'> {
  const isOvertaken = pending.some(({ command, waitsFor }) => command.name === 'pause' && waitsFor === 'attempt');
  return isOvertaken ? { pauseReasons: [], paused: null } : { pauseReasons, paused };
}

function withOpenWish(state: MoveState): MoveState {
  return { ...state, wish: state.wish === null ? null : openWish(state, state.wish) };
}

/** The source has the traffic again. The comparison of the copy has grown old, so that it is done again (P6). */
function reversed(
  state: MoveState,
  wish: Extract<Wish, { readonly direction: 'reverse' }>,
  result: Switched,
  unresolved: Unresolved | null,
  atMs: number,
): MoveState {
  const position = result.lastReversedPosition ?? state.lastReversedPosition;
  const next: MoveState = {
    ...withTraffic(state, { reads: 'source', writes: 'source' }),
    ...{ wish: null, completion: null },
    progress: hasReached(state, 'indexed') ? 'indexed' : state.progress,
    verified: false,
    ...pausesLeft(state),
    switchedAt: null,
    reversedAt: result.switchedAt,
    blockedMs: result.blockedMs,
    reverseCaughtUp: false,
    lastReversedPosition: position,
    unreachable: { source: null, target: null },
  };
  if (result.lossAccepted !== true) return next;
  return givenUp(next, wish.reason ?? unresolved?.acceptLoss?.reason ?? '', position, atMs);
}

/** There is no target any more to move to: the move ends, and leaves it alone. */
function givenUp(state: MoveState, reason: string, lastReversedPosition: string | null, atMs: number): MoveState {
  const at = isoTime(atMs);
  const stop: MoveStop = state.stop ?? { kind: 'cancelled', by: 'operator', reason, at, skip: [] };
  const skip = [...new Set([...stop.skip, 'target' as const])];
  return { ...state, wish: null, stop: { ...stop, skip }, loss: { reason, lastReversedPosition, at } };
}
