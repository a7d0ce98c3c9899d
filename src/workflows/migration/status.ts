/** The answers of the queries of `onlineDdl`, put together from the state. */
import type { PreparedMigration } from '../../contract/migration/activities.js';
import { tableCleanupWorkflowId } from '../../contract/names.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../../contract/migration/status.js';
import { nextAttemptAt, nextStep, reasonOf } from '../../lifecycle/migration/next-step.js';
import { migration } from '../../lifecycle/migration/kind.js';
import { phaseOf } from '../../lifecycle/migration/phase.js';
import type { MigrationState } from '../../lifecycle/migration/state.js';
import { limitsOf } from '../../lifecycle/migration/facts.js';
import type { Request } from './request.js';
import { operationStatusOf } from '../operation/status.js';

export function statusOf(request: Request, prepared: PreparedMigration | null, state: MigrationState): OnlineDdlStatus {
  const cleanup =
    prepared === null ? null : tableCleanupWorkflowId(prepared.cluster, prepared.database, prepared.retainedTable);
  return {
    version: 1,
    phase: phaseOf(state),
    cluster: request.cluster,
    database: request.database,
    table: prepared?.table ?? null,
    statement: request.statement,
    ...operationStatusOf(migration, state, prepared, state.trouble, nextStep(state, cleanup)),
    retainedTable: state.swap === null ? null : (prepared?.retainedTable ?? null),
    attemptsSinceResume: state.attemptsSinceResume,
    reason: reasonOf(state),
    postponed: state.postponed,
    readyAt: state.readyAt,
    nextAttemptAt: nextAttemptAt(state),
    completedAt: state.swap?.completedAt ?? null,
    blockedMs: state.swap?.blockedMs ?? null,
    leftBehind: state.leftBehind,
  };
}

export function planOf(request: Request, prepared: PreparedMigration | null, state: MigrationState): OnlineDdlPlan {
  return {
    version: 1,
    cluster: request.cluster,
    database: request.database,
    table: prepared?.table ?? null,
    statement: request.statement,
    operationId: prepared?.operationId ?? null,
    retainedTable: prepared?.retainedTable ?? null,
    retainForMs: prepared?.retainForMs ?? null,
    cutOver: limitsOf(state),
    steps: stepsOf(prepared),
    planned: prepared?.plan ?? null,
  };
}

function stepsOf(prepared: PreparedMigration | null): readonly string[] {
  return [
    'Check the server, the table and the statement; make an empty table with the new definition.',
    ...(prepared?.postponeLaunch === true ? ['Wait for launch, then check again.'] : []),
    'Copy the rows, following the changes that applications make.',
    'Add the secondary indexes that were left out for the copy.',
    ...(prepared?.verify === false ? [] : ['Compare the new table with the old one.']),
    ...(prepared?.postponeCompletion === true ? ['Follow until resume allows the completion.'] : []),
    ...(prepared?.completeAt == null ? [] : [`Follow until ${prepared.completeAt}, or until resume is sent.`]),
    'Cut over: lock the table, apply the last changes, swap the two tables, unlock; bounded attempts.',
    'Keep the old table for the retention time, then drop it (workflow tableCleanup).',
  ];
}
