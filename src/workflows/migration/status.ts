/** The answers of the queries of `onlineDdl`, put together from the state. */
import type { PreparedMigration } from '../../contract/migration/activities.js';
import { tableCleanupWorkflowId } from '../../contract/names.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../../contract/migration/status.js';
import type { RetryingStatus } from '../../contract/operation/status.js';
import { nextAttemptAt, nextStep, reasonOf } from '../../lifecycle/migration/next-step.js';
import { phaseOf } from '../../lifecycle/migration/phase.js';
import type { Retrying } from '../../lifecycle/operation/retrying.js';
import type { MigrationState } from '../../lifecycle/migration/state.js';
import { cutOverSettings } from '../../lifecycle/migration/facts.js';
import { isoTime } from '../../lifecycle/operation/state.js';
import type { Request } from './request.js';

export function statusOf(request: Request, prepared: PreparedMigration | null, state: MigrationState): OnlineDdlStatus {
  const cleanup =
    prepared === null ? null : tableCleanupWorkflowId(prepared.cluster, prepared.database, prepared.retainedTable);
  const failure = state.trouble ?? (state.stop?.kind === 'failed' ? state.stop.failure : null);
  return {
    version: 1,
    phase: phaseOf(state),
    cluster: request.cluster,
    database: request.database,
    table: prepared?.table ?? null,
    statement: request.statement,
    operationId: prepared?.operationId ?? null,
    retainedTable: state.swap === null ? null : (prepared?.retainedTable ?? null),
    attempts: state.attempts,
    attemptsSinceResume: state.attemptsSinceResume,
    blockers: state.lastAttempt?.blockers ?? [],
    reason: reasonOf(state),
    postponed: state.postponed,
    pauseReasons: state.pauseReasons,
    paused: state.paused,
    readyAt: state.readyAt,
    nextAttemptAt: nextAttemptAt(state),
    completedAt: state.swap?.completedAt ?? null,
    blockedMs: state.swap?.blockedMs ?? null,
    rowsCopied: state.rowsCopied,
    verified: state.verified,
    notCompared: state.notCompared,
    warnings: prepared?.warnings ?? [],
    lastCommand: state.lastCommand,
    retrying: retryingOf(state.retrying, state.running === null),
    leftBehind: state.leftBehind,
    nextStep: nextStep(state, cleanup).sentence,
    error: failure === null ? null : { code: failure.code, message: failure.message, remedy: failure.remedy },
  };
}

/** What fails, for people. @param isIdle whether it is not being tried just now. */
export function retryingOf(retrying: Retrying<unknown> | null, isIdle: boolean): RetryingStatus | null {
  if (retrying === null) return null;
  const { since, failures: attempts, last, nextAtMs } = retrying;
  const { code, message } = last;
  return { since, attempts, code, message, nextAt: isIdle ? isoTime(nextAtMs) : null };
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
    cutOver: state.terms === null ? null : cutOverSettings(state.terms, state.cutOverChange),
    steps: stepsOf(prepared),
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
    'Cut over: lock the table, apply the last changes, swap the two tables, unlock; bounded attempts.',
    'Keep the old table for the retention time, then drop it (workflow tableCleanup).',
  ];
}
