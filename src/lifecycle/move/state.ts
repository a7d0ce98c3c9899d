/**
 * Everything that is known of one move while it runs, as plain JSON: it is carried through continue-as-new. It changes
 * only by `apply` (apply.ts); what follows from it is decided by `decide` (decide.ts). See SPEC.md.
 */
import type { KeptTable } from '../../domain/retained.js';
import type { Direction, Outage, Side } from '../../domain/servers.js';
import { type OperationState, initialOperation } from '../operation/operation.js';
import type { Retrying } from '../operation/retrying.js';
import type { Failure } from '../operation/state.js';
import type { MainActivity, Probe, Route, Skipped, Traffic } from './activity.js';
import type { Component, MoveCommand } from './command.js';
import type { MoveTerms } from './event.js';

/** What traffic was asked to do and has not done yet. Attempts are made while there is one. */
export type Wish =
  | {
      readonly direction: 'forward';
      readonly reads: boolean;
      readonly writes: boolean;
      /** It does not wait for the window. */
      readonly ignoreWindow?: boolean;
    }
  | {
      readonly direction: 'reverse';
      readonly acceptLoss: boolean;
      readonly reason: string | null;
      /** The target that answers lacks the switch, so that its answer changes nothing; absent where it is gone. */
      readonly isLost?: true;
      /** The end that it takes the place of, and that goes on where nothing has to be given up after all. */
      readonly completion?: Completion;
    };

/** An attempt that ended without its own word; only `resolveSwitch` takes this away. */
export interface Unresolved {
  readonly wish: Wish;
  readonly failure: Failure | null;
  readonly problem: string;
  /** Writes may be refused since then (ISO time): the attempt's start, or what the servers say. */
  readonly since: string;
  /** A person gives the target up; with the reason. */
  readonly acceptLoss: { readonly reason: string } | null;
  /** A person gives the source up; absent, as in older runs, where nobody does. */
  readonly sourceGivenUp?: { readonly reason: string };
  /** What was missed at the last look: it does not answer, or has no records of the move; absent before that. */
  readonly missing?: readonly Side[];
  /** When it is looked into again although nobody has asked (milliseconds since 1970). */
  readonly againAtMs: number;
}

/** The decision to end a switched move; it cannot be taken back. */
export type Completion =
  | {
      readonly kind: 'complete';
      readonly by: 'operator' | 'system';
      readonly at: string;
      readonly done: boolean;
      /** The router is gone, and is not waited for; absent where it is. */
      readonly skipRouter?: true;
    }
  | {
      readonly kind: 'force';
      readonly at: string;
      readonly reason: string;
      readonly wanted: readonly Component[];
      readonly done: readonly Component[];
    };

/** The decision to end before writes are switched; only a switch that happened after all takes it back. */
export type MoveStop =
  | {
      readonly kind: 'cancelled';
      readonly by: 'operator' | 'temporal';
      readonly reason: string | null;
      readonly at: string;
      readonly skip: readonly Skipped[];
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly at: string; readonly skip: readonly Skipped[] };

/** A command whose answer depends on the attempt in flight, or on whether a server answers. */
export interface PendingCommand {
  readonly command: MoveCommand;
  readonly waitsFor: 'attempt' | 'probe';
  /** Of the attempt that was in flight. */
  readonly direction: Direction | null;
}

export interface MoveState extends OperationState<MainActivity> {
  /** Null until the preparation has succeeded once. */
  readonly terms: MoveTerms | null;
  readonly running: { readonly main: MainActivity | null; readonly route: Route | null; readonly probe: Probe | null };
  readonly traffic: Traffic;
  /** Rises with each change of `traffic`, and what the router has confirmed; 0 before there are rules. */
  readonly version: number;
  readonly routed: number;
  /** The router was told of the target, and has not confirmed yet that all goes to the source again. */
  readonly exposed: boolean;
  readonly wish: Wish | null;
  /** Switching and completing by itself are each done once; a person who takes over ends it, too. */
  readonly autoSwitchOver: boolean;
  readonly autoCompleteOver: boolean;
  readonly attemptsSinceAsked: number;
  readonly backOffSinceMs: number;
  /** The attempts were used up: what was asked for is off until it is asked for again. */
  readonly gaveUp: { readonly direction: Direction; readonly reason: string; readonly since: string } | null;
  readonly unresolved: Unresolved | null;
  /** When writes went to the target, or last came back (ISO times). */
  readonly switchedAt: string | null;
  readonly reversedAt: string | null;
  readonly blockedMs: number;
  readonly reverseCaughtUp: boolean;
  readonly lastReversedPosition: string | null;
  /** What does not answer, as far as it was seen while switched. */
  readonly unreachable: { readonly source: Outage | null; readonly target: Outage | null };
  readonly completion: Completion | null;
  /** The target was given up. */
  readonly loss: { readonly reason: string; readonly lastReversedPosition: string | null; readonly at: string } | null;
  readonly stop: MoveStop | null;
  readonly routeTrouble: Failure | null;
  /** The newest version could not be told, and is told again; a person may be waited for beside that. */
  readonly routeRetrying: Retrying<Route> | null;
  readonly residuals: readonly string[];
  /** Target tables that once had the writes, kept although the move was not completed. */
  readonly retained: readonly KeptTable[];
  /** The one of them that is about the router, after a forced completion. */
  readonly routerNotTold: string | null;
  readonly pending: readonly PendingCommand[];
}

export const initialState: MoveState = {
  ...initialOperation,
  terms: null,
  running: { main: null, route: null, probe: null },
  traffic: { reads: 'source', writes: 'source' },
  version: 0,
  routed: 0,
  exposed: false,
  wish: null,
  autoSwitchOver: false,
  autoCompleteOver: false,
  attemptsSinceAsked: 0,
  backOffSinceMs: 0,
  gaveUp: null,
  unresolved: null,
  switchedAt: null,
  reversedAt: null,
  blockedMs: 0,
  reverseCaughtUp: false,
  lastReversedPosition: null,
  unreachable: { source: null, target: null },
  completion: null,
  loss: null,
  stop: null,
  routeTrouble: null,
  routeRetrying: null,
  residuals: [],
  retained: [],
  routerNotTold: null,
  pending: [],
};
