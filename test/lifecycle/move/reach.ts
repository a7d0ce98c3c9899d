/** All states that a move can come to, each with what its servers are like then: all ends of activities, all commands, time. */
import { laneOf, type MainActivity, type MoveActivity } from '../../../src/lifecycle/move/activity.js';
import { apply } from '../../../src/lifecycle/move/apply.js';
import type { CommandOptions, MoveCommandName } from '../../../src/lifecycle/move/command.js';
import { decide, wantedIn, worksAgain } from '../../../src/lifecycle/move/decide.js';
import type { Sight } from '../../../src/domain/servers.js';
import type { MoveHappening } from '../../../src/lifecycle/move/event.js';
import { isReady, isRouted } from '../../../src/lifecycle/move/facts.js';
import { isPaused } from '../../../src/lifecycle/operation/facts.js';
import { initialState } from '../../../src/lifecycle/move/state.js';
import { answers, blocked, failure, outage, probed, terms } from './outcomes.js';
import { startMs } from '../operation/driver.js';
import { walk } from '../operation/walk.js';
import { lanes, walker, type MoveMoment } from './walk.js';
import { attempted, breaks, ends, firstWorld, home, type End, type World } from './world.js';

/** A state at a time, and the servers; whether what runs was asked to stop follows from the state. */
export interface Moment extends MoveMoment {
  readonly world: World;
}

function after({ state, atMs, world }: Moment, happening: MoveHappening): Moment {
  return { state: apply(apply(state, { ...happening, atMs }), { kind: 'outboxTaken', atMs }), atMs, world };
}

/** Starts what is wanted, as the workflow does. */
function reconciled(moment: Moment): Moment {
  let now = moment;
  if (worksAgain(now.state, now.atMs)) now = after(now, { kind: 'workedAgain' });
  for (const lane of lanes) {
    const wanted = wantedIn(decide(now.state, now.atMs), lane);
    if (wanted === null || now.state.running[lane] !== null) continue;
    now = after(now, { kind: 'started', activity: wanted });
    // The router answers at once: that it is slow is the model's to test.
    if (lane === 'route') return reconciled(after(now, usualEnd(now, wanted).happening));
  }
  return now;
}

export const later = (moment: Moment, ms: number): Moment => reconciled({ ...moment, atMs: moment.atMs + ms });

/** Whether what runs was asked to stop. */
export function isStopping(moment: Moment, activity: MoveActivity): boolean {
  return walker.isStopping(moment, laneOf(activity));
}

/** A command, with a reason. */
export function sent(moment: Moment, [name, options]: Sent): Moment {
  const said = { via: 'update', by: null, reason: 'because', dryRun: false, limits: {}, throttle: {} } as const;
  const command = { id: 1, name, options, ...said };
  return reconciled(after(moment, { kind: 'command', command }));
}

/** A probe for it ends at once: that commands and ends cross is the model's to test. */
function answered(moment: Moment, command: Sent): readonly Moment[] {
  const next = sent(moment, command);
  if (next.state.running.probe === null) return [next];
  return sights.map((sight) => reconciled(after(next, probed(sight))));
}

/** What ran has ended so, and the servers are like that now. */
export function ended(moment: Moment, { world, happening }: End): Moment {
  return reconciled(after({ ...moment, world }, happening));
}

/** How it ends where all are as they are in the world. */
export function usualEnd(moment: Moment, activity: MoveActivity): End {
  return ends(moment.world, activity, moment.state, isStopping(moment, activity), terms);
}

const failed = (code: string, kind: 'terminal' | 'retryable' | 'needsOperator'): MoveHappening => {
  return { kind: 'activityFailed', lane: 'main', failure: { ...failure(kind), code } };
};
const lost: MoveHappening = { kind: 'activityLost', lane: 'main', cancelled: false, problem: 'it timed out' };
const away = failed('SERVER_UNAVAILABLE', 'retryable');
const unknown = failed('UNEXPECTED', 'retryable');
const changed = failed('TABLE_CHANGED', 'terminal');

const sights: readonly Sight[] = [answers, { source: outage, target: null }, { source: null, target: outage }];

/** Every end that what runs can have while all servers are there, but for a moment. */
function* endsOf(moment: Moment): Generator<End> {
  const { running } = moment.state;
  const { world } = moment;
  for (const lane of lanes) {
    const activity = running[lane];
    if (activity === null) continue;
    yield usualEnd(moment, activity);
    if (activity.kind === 'probe') continue;
    if (activity.kind === 'route') {
      for (const kind of ['needsOperator', 'retryable'] as const) {
        yield { world, happening: { kind: 'activityFailed', lane: 'route', failure: failure(kind), paced: true } };
      }
    } else yield* mainEnds(moment, activity);
  }
}

function* mainEnds({ state, world }: Moment, activity: MainActivity): Generator<End> {
  const plain = (happening: MoveHappening): End => ({ world, happening });
  switch (activity.kind) {
    case 'attemptSwitch':
    case 'attemptReverse': {
      const direction = activity.kind === 'attemptSwitch' ? 'forward' : 'reverse';
      yield plain({ kind: 'attempted', result: blocked });
      for (const until of breaks) yield { world: attempted(world, direction, state.attempts, until), happening: lost };
      yield plain(changed);
      return;
    }
    case 'resolveSwitch':
      for (const side of ['source', 'target'] as const) {
        const result = { outcome: 'unknown', problem: 'no answer', writesRefusedSince: null, missing: [side] } as const;
        yield plain({ kind: 'resolved', result });
      }
      yield plain(unknown);
      return;
    case 'startReverse':
    case 'followReverse':
      for (const sight of sights.slice(1)) {
        yield plain({ kind: 'reverseFollowed', outcome: 'unreachable', position: 'gtid:9', ...sight });
      }
      break;
    case 'watchServers':
      for (const sight of sights) yield plain({ kind: 'watchedServers', ...sight });
      return;
    default:
  }
  for (const end of [away, changed]) yield plain(end);
}

export type Sent = readonly [MoveCommandName, CommandOptions];

/** What people send, each with a reason. */
const commands: readonly Sent[] = [
  ['pause', {}],
  ['unpause', {}],
  ['retry', {}],
  ['switchTraffic', {}],
  ['reverseTraffic', {}],
  ['reverseTraffic', { acceptLoss: true }],
  ['complete', {}],
  ['complete', { force: true }],
  ['forceComplete', {}],
  ['forceComplete', { acceptLoss: true }],
  ['cancel', {}],
  ['cancel', { force: true }],
];

/** What tells moments apart, as far as decisions depend on it; times, numbers and words do not. */
export function keyOf(moment: Moment): string {
  const { state, atMs, world } = moment;
  const { running, unresolved, completion, stop, retrying, unreachable, trouble, wish } = state;
  const { main } = running;
  const givenUp = unresolved?.acceptLoss ? 'target' : unresolved?.sourceGivenUp ? 'source' : null;
  const always = [
    [isReady(state), state.terms !== null, state.traffic.writes, isRouted(state), state.closed],
    [main?.kind, main && isStopping(moment, main), decide(state, atMs).main.kind],
    unresolved && [unresolved.wish.direction, givenUp, unresolved.missing, trouble?.code],
    [world.source.tables, world.target.tables, home(world)],
    stop?.skip,
  ];
  // What is found out about an attempt depends on nothing else.
  if (unresolved !== null) return JSON.stringify(always);
  return JSON.stringify([
    ...always,
    [isPaused(state), wish && [wish.direction, wish.direction === 'reverse' && wish.acceptLoss]],
    [state.reverseCaughtUp, unreachable.source !== null, unreachable.target !== null],
    completion && (completion.kind === 'force' ? 'force' : [completion.done, completion.skipRouter]),
    [trouble && (trouble.code.startsWith('SWITCH') ? trouble.code : ''), state.routeTrouble !== null],
    state.routeRetrying !== null,
    retrying?.work.kind,
  ]);
}

/** From where a move begins, and from where it is ready; what is before that is walked as one. */
function seeds(): readonly Moment[] {
  const first = reconciled({ state: initialState, atMs: startMs, world: firstWorld });
  let ready = first;
  for (let { main } = ready.state.running; main !== null && !isReady(ready.state); { main } = ready.state.running) {
    ready = ended(ready, usualEnd(ready, main));
  }
  return [first, ready];
}

function* next(moment: Moment): Generator<Moment> {
  for (const end of endsOf(moment)) yield ended(moment, end);
  for (const command of commands) yield* answered(moment, command);
  for (const ms of [10_000, 300_000]) yield later(moment, ms);
}

/** Walks until nothing new is found. */
export function reachable(): readonly Moment[] {
  return [...walk(seeds(), keyOf, next).values()];
}
