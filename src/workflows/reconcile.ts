/** The workflow that looks for what operations have left on a cluster, and removes what is nobody's any more. */
import { defineQuery, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { fieldOf } from '../contract/decode.js';
import type { ReconcileActivities, ReconcileResult } from '../contract/reconcile.js';
import { reconcileCellCharactersMax } from '../limits/workflows.js';
import { closing, shownAs } from './operation/activity-options.js';
import { asWorkflowError } from './operation/failures.js';
import { tellResiduals } from './operation/telling-beside.js';
import { tableCell } from './operation/text.js';

/** Takes the input of the contract; it is validated by the activity. */
export async function reconcile(input?: unknown): Promise<ReconcileResult> {
  let result: ReconcileResult | null = null;
  setHandler(defineQuery<ReconcileResult | null>('status'), () => result, {
    description: 'What was found and what became of it; null while it is being looked for. No input.',
  });
  const cluster = fieldOf(input, ['cluster']);
  const name = typeof cluster === 'string' ? cluster : '';
  const { reconcileCluster } = proxyActivities<ReconcileActivities>(
    shownAs(`look for what operations have left on ${name}`, closing),
  );
  try {
    result = await reconcileCluster({ input });
  } catch (error) {
    throw asWorkflowError(error);
  }
  tellResiduals(result);
  setCurrentDetails(pageOf(result));
  return result;
}

function pageOf({ cluster, dryRun, residuals }: ReconcileResult): string {
  const title = `### ${tableCell(cluster, reconcileCellCharactersMax)}: ${dryRun ? 'what operations have left (nothing was removed)' : 'reconciled'}`;
  if (residuals.length === 0) return `${title}\n\nThere is nothing of Switchyard's on this cluster but its records.`;
  const rows = residuals.map(
    ({ operationId, kind, outcome, why, parts }) =>
      `| ${operationId} | ${kind} | **${outcome}** | ${tableCell(why, reconcileCellCharactersMax)} | ${tableCell(parts.join('; '), reconcileCellCharactersMax)} |`,
  );
  return [title, '', '| operation | kind | outcome | why | what |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
