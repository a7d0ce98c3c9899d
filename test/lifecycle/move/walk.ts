/** States that a move can come to (../operation/walk.ts). */
import type { Lane, MoveActivity } from '../../../src/lifecycle/move/activity.js';
import type { MoveHappening } from '../../../src/lifecycle/move/event.js';
import type { MoveCommandName } from '../../../src/lifecycle/move/command.js';
import { decide } from '../../../src/lifecycle/move/decide.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { walk, Walker, type Moment } from '../operation/walk.js';
import { command, Driver, lifecycleOf, type Given } from './driver.js';
import { endOf, type End } from './ends.js';
import { at, inFollowing, inSwitched, reversing, switching } from './histories.js';
import { outage, terms } from './outcomes.js';

export type MoveMoment = Moment<MoveState>;
export const lanes = ['main', 'route', 'probe'] as const;

export const walker = new Walker<MoveState, Lane, MoveActivity, MoveHappening>(lifecycleOf(terms));

/** In the ways that matter to what comes after. */
export const commands: readonly (readonly [MoveCommandName, Given])[] = [
  ...(['launch', 'pause', 'unpause', 'retry', 'verify', 'cancel', 'switchTraffic', 'reverseTraffic'] as const).map(
    (name) => [name, {}] as const,
  ),
  ['cancel', { force: true }],
  ['switchTraffic', { reads: true }],
  ['reverseTraffic', { acceptLoss: true }],
  ['complete', {}],
  ['forceComplete', {}],
  ['forceComplete', { components: ['streams'] }],
];

const ends: Readonly<Record<Lane, readonly End[]>> = {
  main: ['usual', 'switched', 'retryable', 'terminal', 'needsOperator', 'lost', 'sourceGone', 'targetGone'],
  route: ['usual', 'needsOperator', 'retryable'],
  probe: ['usual', 'sourceGone', 'targetGone', 'lost'],
};

/** What tells states apart, as far as decisions depend on it; times and words do not. */
function keyOf({ state, atMs }: MoveMoment): string {
  const { running, wish, unresolved, stop, completion, unreachable, retrying, terms: known } = state;
  const { traffic, trouble, exposed, version, routed, progress, closed } = state;
  const { main, untilMs } = decide(state, atMs);
  return JSON.stringify([
    [progress, running.main?.kind, running.route?.reads, running.probe?.for, main.kind, untilMs === null],
    [traffic, exposed, version === routed, wish?.direction, wish?.direction === 'reverse' && wish.acceptLoss],
    [
      state.pauseReasons.length,
      trouble !== null,
      state.routeTrouble !== null,
      state.routeRetrying !== null,
      state.gaveUp !== null,
      closed,
    ],
    [unresolved?.wish.direction, unresolved?.acceptLoss !== null, stop?.kind, stop?.skip],
    [completion?.kind, completion?.kind === 'force' ? completion.done.length : completion?.done],
    [unreachable.source !== null, unreachable.target !== null, state.reverseCaughtUp],
    [retrying?.work.kind, state.pending.map(({ waitsFor }) => waitsFor), known?.reverseReplication],
  ]);
}

/** Bounded, since there are tens of thousands: those that are near to where a move comes when all goes well. */
const momentsMax = 1_500;

/** The course of a move, from which the walk begins. */
function seeds(): readonly MoveMoment[] {
  const forced = inSwitched();
  forced.ask('forceComplete', {}, 'it burned', { source: outage, target: null });
  const completing = inSwitched();
  completing.ask('complete');
  const queued = new Driver({ ...terms, postponeLaunch: true });
  queued.endWell();
  const drivers = [
    ...[at('synchronise', 'copied'), at('synchronise', 'indexed'), inFollowing(), switching(), inSwitched()],
    ...[queued, reversing(), completing, forced, inSwitched({ reverseReplication: false })],
  ];
  return drivers.map(({ state, nowMs: atMs }) => ({ state, atMs }));
}

/** States that can be reached, as far as the key tells them apart. */
export function nearMoments(): readonly MoveMoment[] {
  const endsIn = (moment: MoveMoment, lane: Lane): readonly MoveMoment[] => {
    const running = walker.running(moment, lane);
    if (running === null) return [];
    const stopping = walker.isStopping(moment, lane);
    return ends[lane].map((how) => walker.after(moment, endOf(running, how, stopping, terms)));
  };
  const next = (moment: MoveMoment): readonly MoveMoment[] => [
    ...lanes.flatMap((lane) => endsIn(moment, lane)),
    ...commands.map(([name, options]) =>
      walker.after(moment, { kind: 'command', command: command(1, name, options, 'because') }),
    ),
    ...[2_000, 60_000, 300_000].map((ms) => walker.later(moment, ms)),
    walker.after(moment, { kind: 'cancelRequested' }),
  ];
  return [...walk([walker.first, ...seeds()], keyOf, next, momentsMax).values()];
}
