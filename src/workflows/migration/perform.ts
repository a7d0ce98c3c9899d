/** Runs one activity of a migration, with the time-outs and retries that its kind needs, and tells its end as an event. */
import type { SynchroniseGoal } from '../../domain/progress.js';
import type { ActivityOptions } from '@temporalio/workflow';
import { proxyActivities } from '@temporalio/workflow';
import type { PreparedMigration, SwitchyardActivities } from '../../contract/migration/activities.js';
import type { OperationRef } from '../../contract/operation/activities.js';
import type { Happening } from '../../lifecycle/migration/event.js';
import type { MigrationTerms } from '../../lifecycle/migration/state.js';
import type { AttemptLimits } from '../../lifecycle/operation/limits.js';
import { limitsOf, needsWindow } from '../../lifecycle/migration/facts.js';
import { endOfAttemptMs } from '../../lifecycle/operation/window.js';
import { verifyAgainOf } from '../../lifecycle/operation/facts.js';
import {
  attempting,
  closing,
  closingUnprepared,
  following,
  goalSummaries,
  preparing,
  resolving,
  shownAs,
  synchronising,
} from '../operation/activity-options.js';
import { preparedFor } from '../operation/outside.js';
import type { Migration } from './migration.js';
import type { Activity } from '../../lifecycle/migration/activity.js';

/** The end of an activity that was recorded as started; rejects where it has no result. */
export function performed(migration: Migration, activity: Activity): Promise<Happening> {
  switch (activity.kind) {
    case 'prepare':
      return prepare(migration);
    case 'synchronise':
      return synchronise(migration, activity.goal);
    case 'watchPaused':
      return watchPaused(migration);
    case 'attemptCutOver':
      return attemptCutOver(migration);
    case 'resolveCutOver':
      return resolveCutOver(migration);
    case 'finish':
      return finish(migration);
    case 'cleanUp':
      return cleanUp(migration);
  }
}

async function prepare(migration: Migration): Promise<Happening> {
  const { input, state } = migration;
  const activities = activitiesFor(`check and prepare ${migration.name}`, preparing);
  const prepared = await preparedFor(migration, activities.prepareMigration({ input, grant: state.grant }));
  migration.isPreparedAs(prepared);
  return { kind: 'prepared', terms: termsOf(prepared) };
}

/** All that a preparation tells apart from what it has made. */
function termsOf(prepared: PreparedMigration): MigrationTerms {
  const { operationId, cluster, database, table, retainedTable, retainForMs, warnings, ...terms } = prepared;
  return terms;
}

async function synchronise(migration: Migration, goal: SynchroniseGoal): Promise<Happening> {
  const { name, state } = migration;
  const held =
    goal === 'follow' && (state.postponed !== null || state.completeAt !== null) ? ' (completion held back)' : '';
  const activities = activitiesFor(`${goalSummaries[goal]} ${name}${held}`, synchronising(goal));
  const verifiesNext = state.terms?.verify === true;
  const limits = { throttle: state.throttle.limits, ...verifyAgainOf(state.terms) };
  return {
    kind: 'synchronised',
    ...(await activities.synchronise({ ...referenceTo(migration), goal, verifiesNext, ...limits })),
  };
}

async function watchPaused(migration: Migration): Promise<Happening> {
  const activities = activitiesFor(`paused: watch the position of ${migration.name}`, following());
  await activities.watchPaused(referenceTo(migration));
  return { kind: 'watchedPaused' };
}

async function attemptCutOver(migration: Migration): Promise<Happening> {
  const { name, state } = migration;
  const cutOver = cutOverOf(migration);
  const activities = activitiesFor(
    `cut-over attempt ${state.attemptsSinceResume} of ${cutOver.maxAttempts} on ${name}`,
    attempting(cutOver),
  );
  const endsAtMs = endOfAttemptMs(state, needsWindow(state));
  const ends = endsAtMs === undefined ? {} : { endsAtMs };
  const request = { ...referenceTo(migration), attempt: state.attempts, cutOver, ...ends };
  return { kind: 'attempted', result: await activities.attemptCutOver(request) };
}

async function resolveCutOver(migration: Migration): Promise<Happening> {
  const summary = `find out whether the last attempt swapped ${migration.name}`;
  const activities = activitiesFor(summary, resolving);
  return { kind: 'resolved', result: await activities.resolveCutOver(referenceTo(migration)) };
}

async function finish(migration: Migration): Promise<Happening> {
  const activities = activitiesFor(`close the records of ${migration.name}`, closing);
  return { kind: 'finished', ...(await activities.finishMigration(referenceTo(migration))) };
}

async function cleanUp(migration: Migration): Promise<Happening> {
  const { prepared, request, state, name } = migration;
  const outcome = state.stop?.kind ?? 'failed';
  const { grant } = state;
  if (prepared === null) {
    const activities = activitiesFor(`remove what was made for ${name}`, closingUnprepared);
    await activities.cleanUpMigration({ cluster: request.cluster, grant, outcome });
  } else {
    const { cluster, operationId } = prepared;
    const activities = activitiesFor(`remove what was made for ${name}`, closing);
    const cleaned = await activities.cleanUpMigration({ cluster, operationId, grant, outcome });
    return { kind: 'cleanedUp', leftBehind: cleaned?.leftBehind ?? [] };
  }
  return { kind: 'cleanedUp' };
}

function activitiesFor(summary: string, options: ActivityOptions) {
  return proxyActivities<SwitchyardActivities>(shownAs(summary, options));
}

function referenceTo({ prepared, state }: Migration): OperationRef {
  if (prepared === null) throw new TypeError('nothing runs on an operation before its preparation');
  return { cluster: prepared.cluster, operationId: prepared.operationId, grant: state.grant };
}

function cutOverOf({ state }: Migration): AttemptLimits {
  const limits = limitsOf(state);
  if (limits === null) throw new TypeError('no attempt before the preparation');
  return limits;
}
