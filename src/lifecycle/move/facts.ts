/** What can be read off the state of a move: worked out here and never stored, so that the two cannot disagree. */
import type { Direction, Side } from '../../domain/servers.js';
import type { SynchroniseGoal } from '../../domain/progress.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { ErrorCode, FactsOf } from '../../errors/switchyard-error.js';
import type { Failing, Retrying } from '../operation/retrying.js';
import type { Failure } from '../operation/state.js';
import { isReadyOf, nextGoalOf } from '../operation/facts.js';
import { meaning, type Route, type Traffic } from './activity.js';
import type { SwitchSettings } from './event.js';
import { limitsNow } from '../operation/limits.js';
import { hasWindow } from '../operation/window.js';
import { fitting } from './remedies.js';
import type { MoveState, Wish } from './state.js';

/** An error of the catalogue as data. */
export function failureOf<Code extends ErrorCode>(code: Code, facts: FactsOf<Code>): Failure {
  const { kind, message, remedy } = new SwitchyardError(code, facts);
  return { code, kind, message, remedy, facts };
}

/** What `synchronise` has to reach next; null once traffic may be switched. */
export function nextGoal(state: MoveState): Exclude<SynchroniseGoal, 'follow'> | null {
  return nextGoalOf(state, state.terms?.verifyBeforeSwitch !== false);
}

/** Whether copy, indexes and verification are done, or the verification is waived (P6). */
export function isReady(state: MoveState): boolean {
  return isReadyOf(state, state.terms?.verifyBeforeSwitch !== false);
}

/** What the next attempt gets, in either direction; null before the preparation. */
export function limitsOf(state: MoveState): SwitchSettings | null {
  return state.terms === null ? null : limitsNow(state.terms.switch, state.limitsChange);
}

/** Whether a switch was asked for that may only begin in its window. A reverse is never held back: somebody needs it. */
export function needsWindow(state: MoveState): boolean {
  const { wish, stop, completion } = state;
  const over = stop !== null || completion !== null;
  const isWanted = wish?.direction === 'forward' && wish.ignoreWindow !== true && state.completeAt === null;
  return hasWindow(limitsOf(state)) && isWanted && !over;
}

/** Whether a switch was asked for that waits for the moment of `completeAt`. */
export function waitsForMoment({ wish, completeAt }: MoveState): boolean {
  return completeAt !== null && wish?.direction === 'forward' && wish.ignoreWindow !== true;
}

export function writesOnTarget({ traffic }: MoveState): boolean {
  return traffic.writes === 'target';
}

/** Whether the way back has caught up, and still goes on: one that fails, or misses a server, may be behind by any time. */
export function isReverseCaughtUp({ reverseCaughtUp, retrying, trouble, unreachable }: MoveState): boolean {
  const fails = retrying !== null || trouble !== null || unreachable.source !== null || unreachable.target !== null;
  return reverseCaughtUp && !fails;
}

/** The direction of the attempt that runs, or that ended without a word and is being looked into; null for neither. */
export function attemptInFlight({ running, unresolved, trouble }: MoveState): Direction | null {
  if (unresolved !== null) return trouble === null ? unresolved.wish.direction : null;
  if (running.main?.kind === 'attemptSwitch') return 'forward';
  return running.main?.kind === 'attemptReverse' ? 'reverse' : null;
}

/** Whether it is an attempt that failed last, and is made again. */
export function isAttemptRetried({ retrying }: MoveState): boolean {
  return retrying !== null && meaning[retrying.work.kind] === 'attempt';
}

/** The state in which nothing runs in the main lane. */
export function idle(state: MoveState): MoveState {
  return { ...state, runningSinceMs: null, running: { ...state.running, main: null } };
}

/** Whether the router has confirmed where traffic goes now. */
export function isRouted({ version, routed }: MoveState): boolean {
  return routed === version;
}

/** Nothing that failed is known of the newest version. */
export const untried = { routeTrouble: null, routeRetrying: null } as const;

/** The state with other rules for the router: the version rises only where something changes. */
export function withTraffic(state: MoveState, traffic: Traffic): MoveState {
  const same = state.traffic.reads === traffic.reads && state.traffic.writes === traffic.writes;
  // A router that refused an older version may take this one.
  return same ? state : { ...state, traffic, version: state.version + 1, ...untried };
}

/** What of a wish is still to be done, as things are; null for nothing. */
export function openWish({ traffic }: MoveState, wish: Wish): Wish | null {
  if (wish.direction === 'reverse') return traffic.writes === 'target' ? wish : null;
  const reads = wish.reads && traffic.reads === 'source';
  const writes = wish.writes && traffic.writes === 'source';
  return reads || writes ? { ...wish, reads, writes } : null;
}

/** The state without what traffic was asked to do; the end that was to give way to it goes on. */
export function withdrawn(state: MoveState): MoveState {
  const { wish } = state;
  const completion = wish?.direction === 'reverse' ? wish.completion : undefined;
  return { ...state, wish: null, completion: completion ?? state.completion };
}

/** The target, which has the writes, does not answer: what is known of it, for its error; null where it does. */
export function targetOutage(state: MoveState): FactsOf<'TARGET_UNREACHABLE'> | null {
  const { target } = state.unreachable;
  if (target === null || !writesOnTarget(state)) return null;
  return { ...target, position: state.lastReversedPosition ?? 'none is known' };
}

/** Whether something looks at the servers while the target has the writes, so that what is known of them is fresh. */
export function isLookedAt({ trouble, unresolved, completion }: MoveState): boolean {
  return trouble === null && unresolved === null && completion === null;
}

/** A person may have to decide about it; it ends by itself. */
function targetTrouble(state: MoveState): Failure | null {
  const outage = state.completion === null ? targetOutage(state) : null;
  return outage === null ? null : failureOf('TARGET_UNREACHABLE', outage);
}

/** Whether anything still depends on the router: not at the end of a move that it was never told of. */
function needsRouter({ closed, stop, exposed }: MoveState): boolean {
  return !closed && (stop === null || exposed);
}

/** Whether the router is told by an activity of its own: ends that leave it out, or tell it themselves, do not wait for that. */
export function tellsRouter({ closed, stop, exposed, completion }: MoveState): boolean {
  if (closed || completion?.kind === 'force' || completion?.skipRouter === true) return false;
  return stop === null || (exposed && !stop.skip.includes('router'));
}

/** A router that failed, and for which a person is waited for. */
export function routerTrouble(state: MoveState): Failure | null {
  return needsRouter(state) ? state.routeTrouble : null;
}

/** A router that could not be told, and is told again. */
function routerRetrying(state: MoveState): Retrying<Route> | null {
  return tellsRouter(state) ? state.routeRetrying : null;
}

/** Whether it can be left out. */
export function routerFails(state: MoveState): boolean {
  return routerTrouble(state) !== null || routerRetrying(state) !== null;
}

/** What fails and is tried again: the work on the data comes first. */
export function failing(state: MoveState): Failing | null {
  const { retrying, running } = state;
  if (retrying !== null) {
    return { retrying: { ...retrying, last: fitting(state, retrying.last) }, isIdle: running.main === null };
  }
  const route = routerRetrying(state);
  return route === null ? null : { retrying: route, isIdle: running.route === null };
}

/**
 * Which side has the writes by what we know, and answers as a server that does not have the last switch: it came back
 * without it (a failover, a backup). Null for neither.
 */
export function lostSwitch({ trouble, traffic, unresolved }: MoveState): Side | null {
  if (trouble === null || unresolved !== null) return null;
  const isLost = trouble.code === 'SWITCH_LOST' || (trouble.code === 'POSITION_UNKNOWN' && traffic.writes === 'target');
  return isLost ? traffic.writes : null;
}

/** What a person is waited for, whatever it is; null for nothing. */
export function anyTrouble(state: MoveState): Failure | null {
  const { trouble } = state;
  if (trouble !== null) return fitting(state, trouble);
  return routerTrouble(state) ?? targetTrouble(state);
}

/** Since when no side takes the writes, as far as anybody can tell; null while one does. */
export function writesRefusedSince(state: MoveState): string | null {
  const { unresolved, trouble } = state;
  if (unresolved !== null) return unresolved.since;
  if (trouble?.code === 'SWITCH_LOST') return String((trouble.facts as FactsOf<'SWITCH_LOST'>).since) || null;
  return writesOnTarget(state) && isLookedAt(state) ? (state.unreachable.target?.since ?? null) : null;
}

/** One row per table for the status: where its reads and its writes go. */
export function tableRoutes({
  terms,
  traffic,
}: MoveState): readonly { readonly table: string; readonly reads: Side; readonly writes: Side }[] {
  return (terms?.tables ?? []).map((table) => ({ table, ...traffic }));
}
