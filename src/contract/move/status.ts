import type { KeptTable } from '../../domain/retained.js';
import type { Place } from '../../domain/routing.js';
import type { Outage } from '../../domain/servers.js';
import type { Skipped, Traffic } from '../../lifecycle/move/activity.js';
import type { Component, MoveCommandName } from '../../lifecycle/move/command.js';
import type { SwitchSettings } from '../../lifecycle/move/event.js';
import type { MovePhase } from '../../lifecycle/move/phase.js';
import type { MoveState, Wish } from '../../lifecycle/move/state.js';
import type { MoveTablesOptions } from './input.js';
import type { ReconcileInput } from '../reconcile.js';
import type { OperationStatus } from '../operation/status.js';

/** Where the reads and the writes of one table go. */
export interface TableTraffic extends Traffic {
  readonly table: string;
}

/** The answer of the `status` query of `moveTables`: one JSON object, versioned, additive. */
export interface MoveTablesStatus extends OperationStatus<MovePhase, MoveCommandName> {
  readonly name: string;
  readonly source: Place;
  readonly target: Place;
  /** One entry for each table; empty before the preparation. */
  readonly traffic: readonly TableTraffic[];
  /** The version of the rules that the router has to have, and the one that it has confirmed. */
  readonly rules: { readonly version: number; readonly confirmed: number };
  /** What traffic was asked to do and has not done yet. */
  readonly wish: Wish | null;
  readonly attemptsSinceAsked: number;
  /** Attempts were used up: it is not tried any more until it is asked for again. */
  readonly gaveUp: MoveState['gaveUp'];
  /** Since when writes may be refused on both sides; null while they are not. */
  readonly writesRefusedSince: string | null;
  readonly switchedAt: string | null;
  readonly reversedAt: string | null;
  readonly blockedMs: number;
  /** The stream from target to source: whether it has caught up once, and the last position that it has reversed. */
  readonly reverse: { readonly caughtUp: boolean; readonly lastPosition: string | null };
  /** While switched: which server does not answer, since when, and what was seen. */
  readonly unreachable: { readonly source: Outage | null; readonly target: Outage | null };
  /** How it is being completed. */
  readonly completion: {
    readonly kind: 'complete' | 'force';
    readonly at: string;
    /** Only of a forced one: the parts that are done. */
    readonly done: readonly Component[];
  } | null;
  /** What a forced clean-up leaves out. */
  readonly skipped: readonly Skipped[];
  readonly residuals: readonly string[];
  /** What once had the writes and is kept for `retainFor`, under names of ours; empty before the end. */
  readonly retained: readonly KeptTable[];
  readonly loss: MoveState['loss'];
}

/** The answer of the `plan` query of `moveTables`: what is done and in which order. */
export interface MoveTablesPlan {
  readonly version: 1;
  readonly name: string;
  readonly source: Place;
  readonly target: Place;
  readonly operationId: string | null;
  readonly tables: readonly string[];
  readonly sourceTables: NonNullable<MoveTablesOptions['sourceTables']> | null;
  /** The limits of an attempt; null before the preparation. */
  readonly switch: SwitchSettings | null;
  readonly steps: readonly string[];
}

/**
 * The answer of the `doctor` query of `moveTables`: what stays behind as far as the move knows, and what looks for it on
 * the clusters themselves. A query can ask no server; `reconcile` as a dry run does.
 */
export interface MoveTablesDoctor {
  readonly version: 1;
  readonly operationId: string | null;
  readonly phase: MovePhase;
  readonly residuals: readonly string[];
  /** As far as the move knows; nobody asks the servers after its end. */
  readonly unreachable: MoveState['unreachable'];
  /** One for each cluster; none before the preparation. */
  readonly looks: readonly MoveTablesLook[];
  readonly nextStep: string;
}

/** Lists what the move has left on one cluster, with why and what to do, and changes nothing. */
export interface MoveTablesLook {
  readonly cluster: string;
  readonly input: ReconcileInput;
  /** It can be pasted. */
  readonly command: string;
}
