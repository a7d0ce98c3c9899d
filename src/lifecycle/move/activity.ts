/**
 * The activities of a move, as data. They run in three lanes, one at a time in each: `main` touches the data and is fenced
 * by the grant; `route` tells the router, and is put in order by its version; `probe` only asks whether servers answer.
 */
import type { Direction, Side } from '../../domain/servers.js';
import type { SynchroniseGoal } from '../../domain/progress.js';
import { type Meaning, isSameWork } from '../operation/work.js';
import type { Component, MoveCommandName } from './command.js';

/** Where the reads and the writes of all tables of the move go. */
export interface Traffic {
  readonly reads: Side;
  readonly writes: Side;
}

/** What a forced clean-up does not wait for: it leaves out what does not answer, and lists what stays behind. */
export type Skipped = Side | 'router';

export type MainActivity =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'synchronise'; readonly goal: SynchroniseGoal; readonly throttleRevision: number }
  | { readonly kind: 'watchPaused'; readonly direction: Direction }
  | { readonly kind: 'attemptSwitch'; readonly reads: boolean; readonly writes: boolean }
  | {
      readonly kind: 'resolveSwitch';
      readonly direction: Direction;
      readonly acceptLoss: boolean;
      /** The source is given up instead; absent where nobody does. */
      readonly sourceGivenUp?: true;
    }
  | { readonly kind: 'startReverse'; readonly throttleRevision: number }
  | { readonly kind: 'followReverse'; readonly throttleRevision: number }
  | {
      readonly kind: 'watchServers';
      /** What is known to answer: it returns when that is otherwise. */
      readonly answering: readonly Side[];
    }
  | { readonly kind: 'attemptReverse'; readonly acceptLoss: boolean }
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'forceComplete';
      readonly components: readonly Component[];
      /** The rules that the router is told as part of `routing`. */
      readonly version: number;
    }
  | { readonly kind: 'finish' }
  | {
      readonly kind: 'cleanUp';
      readonly outcome: 'cancelled' | 'failed';
      readonly skip: readonly Skipped[];
      /** Of the rules that send all to the source: with `router` in `skip` they are tried here. */
      readonly version: number;
    };

/** Tells the router where reads and writes go. A higher version wins, whatever arrives first. */
export interface Route extends Traffic {
  readonly kind: 'route';
  readonly version: number;
}

/** Asks servers whether they answer, because a command depends on it. `thorough`: several times, over a set period. */
export interface Probe {
  readonly kind: 'probe';
  readonly for: MoveCommandName;
  readonly sides: readonly Side[];
  readonly thorough: boolean;
}

export type MoveActivity = MainActivity | Route | Probe;
export type Lane = 'main' | 'route' | 'probe';

/** The lane that an activity runs in. */
export function laneOf(activity: MoveActivity): Lane {
  return activity.kind === 'route' || activity.kind === 'probe' ? activity.kind : 'main';
}

export const meaning: Readonly<Record<MainActivity['kind'], Meaning>> = {
  prepare: 'preparation',
  synchronise: 'lasting',
  watchPaused: 'lasting',
  attemptSwitch: 'attempt',
  attemptReverse: 'attempt',
  resolveSwitch: 'resolution',
  startReverse: 'lasting',
  followReverse: 'lasting',
  watchServers: 'lasting',
  complete: 'ending',
  forceComplete: 'ending',
  finish: 'ending',
  cleanUp: 'ending',
};

/** Whether it is one of the main lane. */
export function isMain(activity: MoveActivity): activity is MainActivity {
  return laneOf(activity) === 'main';
}

/** Whether two are the same, in whichever lane. */
export function isSameActivity(one: MoveActivity, other: MoveActivity): boolean {
  if (one.kind === 'route' || one.kind === 'probe') return JSON.stringify(one) === JSON.stringify(other);
  return other.kind !== 'route' && other.kind !== 'probe' && isSameWork({ meaning }, one, other);
}

/** Whether an activity may be cancelled when something else is wanted; the others are waited for. */
export function isStoppable(activity: MoveActivity): boolean {
  switch (activity.kind) {
    case 'resolveSwitch':
    case 'forceComplete':
    case 'finish':
      return false;
    default:
      // `complete` is stopped only by a forced completion, `cleanUp` only by one that leaves a server out.
      return true;
  }
}
