/** The answers of the queries of `moveTables`, put together from the state. */
import type { KeptTable } from '../../domain/retained.js';
import type { PreparedMove } from '../../contract/move/activities.js';
import type { MoveTablesPlan, MoveTablesStatus } from '../../contract/move/status.js';
import {
  anyTrouble,
  isReverseCaughtUp,
  limitsOf,
  tableRoutes,
  writesRefusedSince,
} from '../../lifecycle/move/facts.js';
import { reasonOf, nextAttemptAt, nextStep } from '../../lifecycle/move/next-step.js';
import { move } from '../../lifecycle/move/kind.js';
import { phaseOf } from '../../lifecycle/move/phase.js';
import type { Completion, MoveState } from '../../lifecycle/move/state.js';
import { operationStatusOf } from '../operation/status.js';
import type { MoveRequest } from './request.js';

export function moveStatusOf(request: MoveRequest, prepared: PreparedMove | null, state: MoveState): MoveTablesStatus {
  return {
    version: 1,
    phase: phaseOf(state),
    name: request.name,
    source: prepared?.source ?? request.source,
    target: prepared?.target ?? request.target,
    ...operationStatusOf(move, state, prepared, anyTrouble(state), nextStep(state)),
    traffic: tableRoutes(state),
    rules: { version: state.version, confirmed: state.routed },
    wish: state.wish,
    attemptsSinceAsked: state.attemptsSinceAsked,
    nextAttemptAt: nextAttemptAt(state),
    gaveUp: state.gaveUp,
    writesRefusedSince: writesRefusedSince(state),
    reason: reasonOf(state),
    switchedAt: state.switchedAt,
    reversedAt: state.reversedAt,
    blockedMs: state.blockedMs,
    reverse: { caughtUp: isReverseCaughtUp(state), lastPosition: state.lastReversedPosition },
    unreachable: state.unreachable,
    completion: completionOf(state.completion),
    skipped: state.stop?.skip ?? [],
    residuals: state.residuals,
    retained: retainedOf(state, prepared),
    loss: state.loss,
  };
}

/** What once had the writes and is kept: the source's tables of a move that is completed, else the target's. */
export function retainedOf(state: MoveState, prepared: PreparedMove | null): readonly KeptTable[] {
  // A forced completion has renamed nothing.
  if (state.completion?.kind !== 'complete' || !state.closed || prepared === null) return state.retained;
  const tables = state.terms?.tables ?? [];
  return (prepared.retainedTables ?? []).map((table, index) => ({
    ...{ ...prepared.source, table, of: tables[index] ?? '' },
  }));
}

function completionOf(completion: Completion | null): MoveTablesStatus['completion'] {
  if (completion === null) return null;
  const { kind, at } = completion;
  return { kind, at, done: completion.kind === 'force' ? completion.done : [] };
}

export function movePlanOf(request: MoveRequest, prepared: PreparedMove | null, state: MoveState): MoveTablesPlan {
  return {
    version: 1,
    name: request.name,
    source: prepared?.source ?? request.source,
    target: prepared?.target ?? request.target,
    operationId: prepared?.operationId ?? null,
    tables: state.terms?.tables ?? [],
    sourceTables: prepared?.sourceTables ?? null,
    switch: limitsOf(state),
    steps: stepsOf(prepared),
  };
}

const sourceTableSteps = {
  rename: 'Complete: stop the reverse replication, rename the tables of the source, remove the fences; the rules stay.',
  drop: 'Complete: stop the reverse replication, drop the tables of the source, remove the fences; the rules stay.',
  keep: 'Complete: stop the reverse replication; the tables of the source stay, and their fences with them.',
} as const;

function stepsOf(prepared: PreparedMove | null): readonly string[] {
  const terms = prepared?.terms;
  return [
    'Check both servers in both directions and the tables; make empty tables on the target.',
    ...(terms?.postponeLaunch === true ? ['Wait for launch, then check again.'] : []),
    'Copy the rows from source to target, following the changes that applications make.',
    'Add the secondary indexes that were left out for the copy.',
    ...(terms?.verifyBeforeSwitch === false ? [] : ['Compare the tables on both sides.']),
    terms?.autoSwitch === true
      ? 'Switch traffic by itself.'
      : 'Follow until switchTraffic asks for reads, writes or both.',
    ...(terms?.completeAt == null ? [] : [`Wait until ${terms.completeAt}; ignoreWindow does not.`]),
    'Switch: fence the source, shut its gate, apply the last changes, open the gate of the target, tell the router; bounded attempts.',
    ...(terms?.reverseReplication === false
      ? []
      : ['Follow from target to source, so that reverseTraffic is possible.']),
    terms?.autoComplete === true ? 'Complete by itself.' : 'Wait for complete.',
    sourceTableSteps[prepared?.sourceTables ?? 'rename'],
  ];
}
