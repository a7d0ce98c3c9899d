/**
 * What a move should be doing now, given its state: one half of the reconciliation loop. The workflow compares it with
 * what runs in each lane, stops what should not run, waits for its end, and starts what should.
 */
import type { Side } from '../../domain/servers.js';
import { meaning } from './activity.js';
import type { Lane, MainActivity, MoveActivity, Probe, Route } from './activity.js';
import { nextAttemptAtMs } from './back-off.js';
import { components } from './command.js';
import { probeFor } from './probe.js';
import * as kernel from '../operation/work.js';
import type { MoveState } from './state.js';
import { isRouted, needsWindow, nextGoal, tellsRouter, waitsForMoment, writesOnTarget } from './facts.js';
import { mayBegin } from '../operation/window.js';
import { isPaused } from '../operation/facts.js';
import { type Decision, type Wanted, type WorkRules, paced } from '../operation/work.js';

export interface MoveWork extends Decision<MainActivity> {
  readonly route: Route | null;
  readonly probe: Probe | null;
}

type Decided = { readonly main: Wanted<MainActivity>; readonly untilMs?: number };

export const work: WorkRules<MoveState, MainActivity> = { meaning, running: ({ running }) => running.main };

const sides = ['source', 'target'] as const satisfies readonly Side[];

const wait: Decided = { main: { kind: 'wait' } };
const end: Decided = { main: { kind: 'end' } };

/** Takes the state and the time (milliseconds since 1970); the rules: SPEC.md, "Decision: the main lane". */
export function decide(state: MoveState, nowMs: number): MoveWork {
  const { main, untilMs = null } = decideMain(state, nowMs);
  const decided = paced(work, state, { main, untilMs }, nowMs);
  const route = decideRoute(state);
  const probe = probeFor(state);
  const againAtMs = route === null ? null : routeAgainAtMs(state, nowMs);
  if (againAtMs === null) return { ...decided, route, probe };
  return { ...decided, untilMs: Math.min(againAtMs, decided.untilMs ?? Infinity), route: null, probe };
}

function decideMain(state: MoveState, nowMs: number): Decided {
  if (state.unresolved !== null) return decideResolution(state, nowMs);
  if (state.trouble !== null) return wait;
  if (state.completion !== null) return decideCompletion(state);
  if (state.stop !== null) return decideStop(state);
  if (state.progress === 'none') {
    const queued = state.terms?.postponeLaunch === true && !state.launchAsked;
    return queued ? wait : { main: { kind: 'prepare' } };
  }
  const switched = writesOnTarget(state);
  if (isPaused(state)) {
    // A server that is missed has no position to look for: that it is back is what counts.
    if (switched && isMissing(state)) return { main: reverseStream(state) };
    return { main: { kind: 'watchPaused', direction: switched ? 'reverse' : 'forward' } };
  }
  return switched ? decideSwitched(state, nowMs) : decideForward(state, nowMs);
}

/** Looked into at once; where a person is waited for, again and again beside that, since writes are refused meanwhile. */
function decideResolution({ unresolved, trouble, running }: MoveState, nowMs: number): Decided {
  if (unresolved === null) return wait;
  const due = trouble === null || unresolved.againAtMs <= nowMs || running.main !== null;
  if (!due) return { ...wait, untilMs: unresolved.againAtMs };
  const { direction } = unresolved.wish;
  const { acceptLoss, sourceGivenUp } = unresolved;
  const given = sourceGivenUp === undefined ? {} : ({ sourceGivenUp: true } as const);
  return { main: { kind: 'resolveSwitch', direction, acceptLoss: acceptLoss !== null, ...given } };
}

function decideForward(state: MoveState, nowMs: number): Decided {
  const goal = nextGoal(state);
  const throttleRevision = state.throttle.revision;
  if (goal !== null) return { main: { kind: 'synchronise', goal, throttleRevision } };
  const follow: Decided = { main: { kind: 'synchronise', goal: 'follow', throttleRevision } };
  const { wish } = state;
  if (wish?.direction !== 'forward' || !isRouted(state)) return follow;
  // One that runs is let end, also when its window closes.
  if (state.running.main?.kind !== 'attemptSwitch' && !mayStart(state, nowMs)) return follow;
  return attempt(state, nowMs, { kind: 'attemptSwitch', reads: wish.reads, writes: wish.writes }, follow);
}

/** As far as time goes. */
function mayStart(state: MoveState, nowMs: number): boolean {
  return !waitsForMoment(state) && mayBegin(state, needsWindow(state), nowMs);
}

function decideSwitched(state: MoveState, nowMs: number): Decided {
  const stream: Decided = { main: reverseStream(state) };
  const { wish } = state;
  if (wish?.direction !== 'reverse') return stream;
  if (!wish.acceptLoss && stream.main.kind !== 'followReverse' && state.running.main?.kind !== 'attemptReverse') {
    return stream;
  }
  return attempt(state, nowMs, { kind: 'attemptReverse', acceptLoss: wish.acceptLoss }, stream);
}

/** The attempt when its time has come; until then `meanwhile`. One that runs is left alone. */
function attempt(state: MoveState, nowMs: number, activity: MainActivity, meanwhile: Decided): Decided {
  const untilMs = nextAttemptAtMs(state);
  const runs = state.running.main?.kind === activity.kind;
  return runs || untilMs <= nowMs ? { main: activity } : { ...meanwhile, untilMs };
}

/** What goes on while writes are on the target: the reverse stream, or only a look at the servers. */
function reverseStream(state: MoveState): MainActivity {
  const answering = sides.filter((side) => state.unreachable[side] === null);
  if (isMissing(state) || state.terms?.reverseReplication === false) {
    return { kind: 'watchServers', answering };
  }
  return { kind: state.reverseCaughtUp ? 'followReverse' : 'startReverse', throttleRevision: state.throttle.revision };
}

function isMissing({ unreachable }: MoveState): boolean {
  return unreachable.source !== null || unreachable.target !== null;
}

function decideCompletion(state: MoveState): Decided {
  const { completion, version } = state;
  if (completion === null || state.closed) return end;
  if (completion.kind === 'complete') {
    if (completion.done) return { main: { kind: 'finish' } };
    return { main: isRouted(state) || completion.skipRouter ? { kind: 'complete' } : reverseStream(state) };
  }
  const left = components.filter((part) => completion.wanted.includes(part) && !completion.done.includes(part));
  if (left.length > 0) {
    // It tells the router itself, so that nobody else may tell it at the same time.
    if (state.running.route !== null) return wait;
    return { main: { kind: 'forceComplete', components: left, version } };
  }
  return completion.done.length === components.length ? { main: { kind: 'finish' } } : wait;
}

/** The target's tables go only after the router has confirmed that nobody is sent to them. */
function decideStop({ stop, closed, grant, exposed, running, version }: MoveState): Decided {
  if (stop === null || closed || grant === 0) return end;
  if (running.route !== null || (exposed && !stop.skip.includes('router'))) return wait;
  return { main: { kind: 'cleanUp', outcome: stop.kind, skip: stop.skip, version } };
}

function decideRoute(state: MoveState): Route | null {
  const { version, routed, traffic, routeTrouble } = state;
  if (version <= routed || !tellsRouter(state)) return null;
  // What tells only of a worker is shown, and another one is tried all the same: writes may be refused meanwhile.
  if (routeTrouble !== null && routeTrouble.kind !== 'retryable') return null;
  return { kind: 'route', version, ...traffic };
}

/** When a version that could not be told is told again; null where it is told now. */
function routeAgainAtMs({ running, routeRetrying }: MoveState, nowMs: number): number | null {
  const waits = running.route === null && routeRetrying !== null && routeRetrying.nextAtMs > nowMs;
  return waits ? routeRetrying.nextAtMs : null;
}

/** Whether what failed before has run for so long now that it works again. */
export function worksAgain(state: MoveState, nowMs: number): boolean {
  return kernel.worksAgain(work, state, nowMs);
}

/** What should run in a lane; null for nothing. */
export function wantedIn({ main, route, probe }: MoveWork, lane: Lane): MoveActivity | null {
  if (lane !== 'main') return lane === 'route' ? route : probe;
  return kernel.toRun(main);
}
