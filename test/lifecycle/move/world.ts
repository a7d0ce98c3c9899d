/**
 * Two servers and a router, as far as a move is concerned: which tables take writes, what the journals say, who answers.
 * `ends` plays what an activity does to them and what it says then, as the contract of the activities has it (event.ts).
 */
import type { Direction, Outage, Side, Sight } from '../../../src/domain/servers.js';
import type { MainActivity, MoveActivity } from '../../../src/lifecycle/move/activity.js';
import { laneOf } from '../../../src/lifecycle/move/activity.js';
import type { MoveHappening, MoveTerms } from '../../../src/lifecycle/move/event.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { failureOf } from '../../../src/lifecycle/move/facts.js';
import { failure, outage, switched, wellEnded } from './outcomes.js';

/** Whether the tables of the move refuse the application's writes on a server, or were taken away there. */
type Tables = 'open' | 'partly' | 'shut' | 'away';

interface Server {
  readonly answers: boolean;
  readonly tables: Tables;
  /** The number of the last attempt that gave it the writes, by its own journal; 0 for none. */
  readonly got: number;
  /** What it was before the last attempt, which a failover may bring back. */
  readonly before: { readonly tables: Tables; readonly got: number };
}

export interface World {
  readonly source: Server;
  readonly target: Server;
  readonly router: boolean;
}

const fresh = { answers: true, got: 0 } as const;

export const firstWorld: World = {
  source: { ...fresh, tables: 'open', before: { tables: 'open', got: 0 } },
  target: { ...fresh, tables: 'shut', before: { tables: 'shut', got: 0 } },
  router: true,
};

const other = (side: Side): Side => (side === 'source' ? 'target' : 'source');
/** Who gives the writes and who gets them. */
const giving = (direction: Direction): Side => (direction === 'forward' ? 'source' : 'target');

function changed(world: World, side: Side, change: Partial<Server>): World {
  return { ...world, [side]: { ...world[side], ...change } };
}

/** Another server answers for it, which lacks the last attempt. */
export function failedOver(world: World, side: Side): World {
  return changed(world, side, world[side].before);
}

export function gone(world: World, side: Side): World {
  return changed(world, side, { answers: false });
}

/** Everybody answers again. */
export function allBack(world: World): World {
  return changed(changed(world, 'source', { answers: true }), 'target', { answers: true });
}

/** Where an attempt can break off; `journaled`: it has switched, and the receiver is not open yet. */
export const breaks = ['before', 'partly', 'shut', 'journaled', 'open'] as const;
export type Break = (typeof breaks)[number];

/** The world after an attempt with this number that has come so far. */
export function attempted(world: World, direction: Direction, attempt: number, until: Break): World {
  const from = giving(direction);
  const to = other(from);
  const remember = (side: Side): Server['before'] => ({ tables: world[side].tables, got: world[side].got });
  const begun = changed(changed(world, from, { before: remember(from) }), to, { before: remember(to) });
  switch (until) {
    case 'before':
      return begun;
    case 'partly':
      return changed(begun, from, { tables: 'partly' });
    case 'shut':
      return changed(begun, from, { tables: 'shut' });
    case 'journaled':
      return changed(changed(begun, from, { tables: 'shut' }), to, { got: attempt });
    case 'open':
      return changed(changed(begun, from, { tables: 'shut' }), to, { got: attempt, tables: 'open' });
  }
}

/** The side that answers gets the writes, whatever the other one has: a person has decided so. */
function seized(world: World, kept: Side, attempt: number): World {
  const given = world[other(kept)];
  const shut = given.answers && given.tables !== 'away' ? changed(world, other(kept), { tables: 'shut' }) : world;
  // A number that no attempt has: the move ends with it.
  return changed(shut, kept, { got: attempt + 1, tables: 'open' });
}

/** Who has the writes, by the journals. */
export function home({ source, target }: World): Side {
  return target.got > source.got ? 'target' : 'source';
}

const unavailable = (lane: 'main' | 'route' | 'probe'): MoveHappening => ({
  kind: 'activityFailed',
  lane,
  failure: { ...failure('retryable'), code: 'SERVER_UNAVAILABLE' },
});

/** It says since when writes are refused, where neither side takes them. */
function lostSwitch({ source, target }: World, side: Side): MoveHappening {
  const since = source.tables === 'open' || target.tables === 'open' ? '' : outage.since;
  return { kind: 'activityFailed', lane: 'main', failure: failureOf('SWITCH_LOST', { cluster: side, side, since }) };
}

const sightOf = ({ source, target }: World): Sight => {
  const seen = ({ answers }: Server): Outage | null => (answers ? null : outage);
  return { source: seen(source), target: seen(target) };
};

export interface End {
  readonly world: World;
  readonly happening: MoveHappening;
}

/** How an activity ends in this world, where nothing else goes wrong. */
export function ends(world: World, activity: MoveActivity, state: MoveState, stopping: boolean, given: MoveTerms): End {
  const as = (happening: MoveHappening, then: World = world): End => ({ world: then, happening });
  const well = as(wellEnded(activity, stopping, given));
  switch (activity.kind) {
    case 'route':
      return world.router || stopping
        ? well
        : as({ kind: 'activityFailed', lane: 'route', failure: failure('retryable'), paced: true });
    case 'probe':
      return as({ kind: 'probed', ...sightOf(world) });
    default:
      return mainEnds(world, activity, state, { stopping, well });
  }
}

interface Told {
  readonly stopping: boolean;
  readonly well: End;
}

function mainEnds(world: World, activity: MainActivity, state: MoveState, { stopping, well }: Told): End {
  const { source, target } = world;
  const both = source.answers && target.answers;
  const away: End = { world, happening: unavailable(laneOf(activity)) };
  const as = (happening: MoveHappening, then: World = world): End => ({ world: then, happening });
  switch (activity.kind) {
    case 'prepare':
      return both ? well : away;
    case 'synchronise':
      if (stopping) return both ? well : away;
      if (!both) return away;
      return home(world) === 'source' && !lacksSwitch(world, state, 'source') ? well : as(lostSwitch(world, 'source'));
    case 'watchPaused': {
      const side = giving(activity.direction);
      if (!both) return stopping ? well : away;
      return lacksSwitch(world, state, side) ? as(lostSwitch(world, side)) : well;
    }
    case 'attemptSwitch':
      return attemptEnds(world, 'forward', state, { stopping, well, away }, activity.writes);
    case 'attemptReverse':
      if (!activity.acceptLoss) return attemptEnds(world, 'reverse', state, { stopping, well, away }, true);
      if (!source.answers) return away;
      if (target.answers && !lacksSwitch(world, state, 'target')) {
        return attemptEnds(world, 'reverse', state, { stopping, well, away }, true);
      }
      return as(
        { kind: 'attempted', result: { ...switched, lossAccepted: true } },
        seized(world, 'source', state.attempts),
      );
    case 'resolveSwitch':
      return resolutionEnds(world, activity, state);
    case 'startReverse':
    case 'followReverse':
      if (!both) return as({ kind: 'reverseFollowed', outcome: 'unreachable', position: null, ...sightOf(world) });
      if (lacksSwitch(world, state, 'target')) return as(lostSwitch(world, 'target'));
      // The receiver of a stream is shut before it writes there.
      return { ...well, world: changed(world, 'source', { tables: 'shut' }) };
    case 'watchServers':
      return stopping ? well : as({ kind: 'watchedServers', ...sightOf(world) });
    case 'complete':
      if (stopping || !both) return away;
      if (lacksSwitch(world, state, 'target')) return as(lostSwitch(world, 'target'));
      return { ...well, world: changed(world, 'source', { tables: 'away', before: source }) };
    case 'forceComplete':
      return target.answers ? { ...well, world: changed(world, 'target', { tables: 'open' }) } : away;
    case 'finish': {
      const isForced = state.completion?.kind === 'force';
      if (!target.answers || (!source.answers && !isForced)) return away;
      if (!isForced && lacksSwitch(world, state, 'target')) return as(lostSwitch(world, 'target'));
      return { ...well, world: changed(world, 'target', { tables: 'open' }) };
    }
    case 'cleanUp':
      return cleanedUp(world, activity, well, away);
  }
}

/** Whether a server that has the writes by what the move knows does not know of it. */
function lacksSwitch(world: World, { traffic, switchedAt, reversedAt }: MoveState, side: Side): boolean {
  if (traffic.writes !== side) return false;
  const moved = side === 'target' ? switchedAt !== null : reversedAt !== null;
  return moved && home(world) !== side;
}

interface AttemptTold extends Told {
  readonly away: End;
}

function attemptEnds(
  world: World,
  direction: Direction,
  state: MoveState,
  { stopping, well, away }: AttemptTold,
  writes: boolean,
): End {
  if (!world.source.answers || !world.target.answers) return away;
  const lost = lacksSwitch(world, state, giving(direction));
  if (lost) return { world, happening: lostSwitch(world, giving(direction)) };
  if (!writes || stopping) return well;
  return { ...well, world: attempted(world, direction, state.attempts, 'open') };
}

/** As docs/design/moves.md has it, "Resolving a switch". */
function resolutionEnds(
  world: World,
  { direction, acceptLoss, sourceGivenUp }: Extract<MainActivity, { readonly kind: 'resolveSwitch' }>,
  state: MoveState,
): End {
  const from = giving(direction);
  const to = other(from);
  const { attempts } = state;
  const journaled = world[to].answers && world[to].got === attempts;
  // What answers and lacks the switch before is no better than what does not answer.
  const isMissed = (side: Side): boolean =>
    !world[side].answers || (side === from && !journaled && lacksSwitch(world, state, side));
  const missing = (['source', 'target'] as const).filter(isMissed);
  const word = (moved: boolean, lossAccepted: boolean, then: World): End => {
    const result = moved ? { ...switched, lossAccepted } : ({ outcome: 'notSwitched', lossAccepted } as const);
    return { world: then, happening: { kind: 'resolved', result } };
  };
  const givenUp = acceptLoss ? 'target' : sourceGivenUp === true ? 'source' : null;
  if (givenUp !== null && missing.includes(givenUp) && world[other(givenUp)].answers) {
    return word(other(givenUp) === to, true, seized(world, other(givenUp), attempts));
  }
  if (journaled) return word(true, false, changed(world, to, { tables: 'open' }));
  if (missing.includes(from)) return unknownEnd(world, missing);
  // Who has not refused everything has not given anything.
  if (missing.includes(to) && world[from].tables === 'shut') return unknownEnd(world, missing);
  return word(false, false, changed(world, from, { tables: 'open' }));
}

function unknownEnd(world: World, missing: readonly Side[]): End {
  const result = { outcome: 'unknown', problem: 'no answer', writesRefusedSince: null, missing } as const;
  return { world, happening: { kind: 'resolved', result } };
}

function cleanedUp(
  world: World,
  { skip }: Extract<MainActivity, { readonly kind: 'cleanUp' }>,
  well: End,
  away: End,
): End {
  const asked = (['source', 'target'] as const).filter((side) => !skip.includes(side));
  if (asked.some((side) => !world[side].answers)) return away;
  let then = world;
  if (asked.includes('source')) then = changed(then, 'source', { tables: 'open' });
  if (asked.includes('target')) then = changed(then, 'target', { tables: 'away' });
  const left = skip.map((side) => `on ${side}: what it has`);
  return { world: then, happening: { ...well.happening, residuals: left } as MoveHappening };
}
