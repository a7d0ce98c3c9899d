/**
 * What the workflow `moveTables` asks of activities, one name each. What each of them promises is at the top of
 * src/lifecycle/move/event.ts: their results are the events there.
 *
 * Requests of the main lane carry a `grant` (activities.ts): an activity is refused by the databases once a later one was
 * started. What tells the router and what asks servers carries none: the one is put in order by its version, the other
 * changes nothing.
 */
import type { Finished } from '../../domain/finished.js';
import type { CleanedUp } from '../../domain/retained.js';
import type { Place } from '../../domain/routing.js';
import type { SwitchAttempt, SwitchResolution } from '../../domain/attempt.js';
import type { Direction, ReverseFollowed, Side, Sight } from '../../domain/servers.js';
import type { SynchroniseGoal, Synchronised, VerifyAgain } from '../../domain/progress.js';
import type { Probe, Route, Skipped } from '../../lifecycle/move/activity.js';
import type { Component } from '../../lifecycle/move/command.js';
import type { ThrottleLimits } from '../../throttle/limits.js';
import type { MoveHappening, MoveTerms, SwitchSettings } from '../../lifecycle/move/event.js';
import type { Outside } from '../operation/outside.js';
import type { OperationActivities, PrepareRequest } from '../operation/activities.js';
import type { MoveTablesOptions } from './input.js';

/** What an event of the lifecycle tells beside its kind. */
type Told<Kind extends MoveHappening['kind']> = Omit<Extract<MoveHappening, { readonly kind: Kind }>, 'kind'>;

/** Which move, and between which clusters. */
export interface MoveOperation {
  readonly operationId: string;
  readonly sourceCluster: string;
  readonly targetCluster: string;
}

/** The same, and by which right. */
export interface MoveRef extends MoveOperation {
  readonly grant: number;
}

/** What the workflow needs to know of a prepared move; the plan itself stays in the sidecar. */
export interface PreparedMove {
  readonly operationId: string;
  readonly source: Place;
  readonly target: Place;
  readonly sourceTables: NonNullable<MoveTablesOptions['sourceTables']>;
  /** What the source tables are called once the move is complete; absent where none is retained. */
  readonly retainedTables?: readonly string[];
  readonly retainForMs?: number;
  readonly terms: MoveTerms;
  /** What the operator should know although it stops nothing, one sentence each. */
  readonly warnings: readonly string[];
  /** Absent where nobody looks, and in older runs. */
  readonly outside?: Outside;
}

interface MoveSynchroniseRequest extends MoveRef {
  readonly goal: SynchroniseGoal;
  /** As in SynchroniseRequest. */
  readonly verifiesNext?: boolean;
  readonly throttle: ThrottleLimits;
  /** As in SynchroniseRequest. */
  readonly verifyAgain?: VerifyAgain | null;
}

interface MoveWatchPausedRequest extends MoveRef {
  readonly direction: Direction;
}

interface AttemptSwitchRequest extends MoveRef {
  readonly attempt: number;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly limits: SwitchSettings;
  /** As in AttemptCutOverRequest. */
  readonly endsAtMs?: number;
}
interface AttemptReverseRequest extends MoveRef {
  readonly attempt: number;
  /** The target is not asked where it does not answer. */
  readonly acceptLoss: boolean;
  readonly limits: SwitchSettings;
}
interface ResolveSwitchRequest extends MoveRef {
  /** The number of the attempt that is in doubt. */
  readonly attempt: number;
  readonly direction: Direction;
  /** The target is given up; instead of it the source, which nobody does where it is absent. */
  readonly acceptLoss: boolean;
  readonly sourceGivenUp?: boolean;
}

interface FollowReverseRequest extends MoveRef {
  readonly throttle: ThrottleLimits;
  readonly verifyAgain?: VerifyAgain | null;
}

/** It returns when other servers answer than these. */
interface WatchServersRequest extends MoveRef {
  readonly answering: readonly Side[];
}

interface ForceCompleteRequest extends MoveRef {
  readonly components: readonly Component[];
  /** Of the rules that the router is told as part of `routing`: everything goes to the target. */
  readonly version: number;
}
type ForceCompleteResult = Told<'forceCompleted'>;

interface CleanUpMoveRequest extends Omit<MoveRef, 'operationId'> {
  /** Absent when the preparation failed before it told us. */
  readonly operationId?: string;
  readonly outcome: 'cancelled' | 'failed';
  readonly skip: readonly Skipped[];
  /** Of the rules that send everything to the source: with `router` in `skip` they are tried here. */
  readonly version: number;
}

interface FinishMoveRequest extends MoveRef {
  /** A source that does not answer is left out, and listed. */
  readonly forced: boolean;
}

interface RouteRequest extends MoveOperation, Omit<Route, 'kind'> {}

interface ProbeRequest extends MoveOperation, Pick<Probe, 'sides' | 'thorough'> {}

/** All activities that `moveTables` uses, by name; some of them are those that there are. */
export interface MoveActivities extends Pick<
  OperationActivities,
  'recordAudit' | 'lookAtWindows' | 'lookOutside' | 'sendNotice'
> {
  prepareMove(request: PrepareRequest): Promise<PreparedMove>;
  synchroniseMove(request: MoveSynchroniseRequest): Promise<Synchronised>;
  watchPausedMove(request: MoveWatchPausedRequest): Promise<void>;
  attemptSwitch(request: AttemptSwitchRequest): Promise<SwitchAttempt>;
  attemptReverse(request: AttemptReverseRequest): Promise<SwitchAttempt>;
  resolveSwitch(request: ResolveSwitchRequest): Promise<SwitchResolution>;
  startReverse(request: FollowReverseRequest): Promise<ReverseFollowed>;
  followReverse(request: FollowReverseRequest): Promise<ReverseFollowed>;
  /** When it is cancelled it fails as cancelled: it has nothing to say then. */
  watchServers(request: WatchServersRequest): Promise<Sight>;
  completeMove(request: MoveRef): Promise<void>;
  forceCompleteMove(request: ForceCompleteRequest): Promise<ForceCompleteResult>;
  finishMove(request: FinishMoveRequest): Promise<Finished>;
  cleanUpMove(request: CleanUpMoveRequest): Promise<CleanedUp>;
  routeTraffic(request: RouteRequest): Promise<void>;
  probeServers(request: ProbeRequest): Promise<Sight>;
}
