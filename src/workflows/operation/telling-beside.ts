/** As `telling`, of the workflows beside operations: what has become of retained tables, of a call, of what was left. */
import { log, metricMeter } from '@temporalio/workflow';
import { besideMetrics as metrics, measure } from '../../contract/operation/metrics.js';
import type { ReconcileResult } from '../../contract/reconcile.js';
import type { CleanedTables } from '../../contract/retained-table.js';
import type { TellRouterInput } from '../../contract/tell-router.js';
import type { Residual } from '../../domain/residual.js';
import type { Called } from '../../domain/routing.js';
import type { Subject } from './telling.js';

/** What has become of tables since it was told last. */
export function tellTables(
  before: CleanedTables,
  after: CleanedTables,
  subject: Subject & { readonly cluster: string },
): void {
  const [dropped, alreadyGone] = [after.dropped - before.dropped, after.alreadyGone - before.alreadyGone];
  const kept = after.kept.filter((table) => !before.kept.includes(table));
  if (dropped + alreadyGone > 0) log.info('Retained tables are gone', { ...subject, dropped, alreadyGone });
  if (kept.length > 0) log.info('Retained tables are kept for good', { ...subject, kept: kept.length });
  for (const [outcome, number] of Object.entries({ dropped, alreadyGone, kept: kept.length })) {
    if (number > 0) measure(metricMeter, metrics.retainedTables, number, { cluster: subject.cluster, outcome });
  }
}

const levels = { applied: 'info', newer: 'info', refused: 'error', notTold: 'warn' } as const;

/** How the call of a user's activity has ended. */
export function tellCalled(called: Called, { activityType, taskQueue, ruleSet }: TellRouterInput): void {
  const { operationId, move: operation, version } = ruleSet;
  const facts = { kind: 'tellRouter', operation, operationId, version, activityType, usersTaskQueue: taskQueue };
  log[levels[called.outcome]](`The router was called: ${called.outcome}`, { ...facts, ...called });
  measure(metricMeter, metrics.routerCalls, 1, { outcome: called.outcome });
}

/** What was found on a cluster. */
export function tellResiduals({ cluster, dryRun, residuals }: ReconcileResult): void {
  const counted: Partial<Record<Residual['outcome'], number>> = {};
  for (const { kind, operationId, workflowId, outcome, why, parts } of residuals) {
    counted[outcome] = (counted[outcome] ?? 0) + 1;
    const facts = { kind, operationId, operation: workflowId, cluster, outcome, why, parts };
    // Of what is in good order there may be hundreds.
    const level = outcome === 'refused' ? 'warn' : outcome === 'removed' || outcome === 'removable' ? 'info' : 'debug';
    log[level](`An operation has left something: ${outcome}`, facts);
    measure(metricMeter, metrics.residuals, 1, { cluster, outcome });
  }
  log.info(dryRun ? 'Looked for what operations have left' : 'Reconciled', { kind: 'reconcile', cluster, ...counted });
}
