/** What operations have left on the cluster: locks, streams, copies, fences, gates. The judgement is that of `reconcile`. */
import { ownerStateIn } from '../../activities/operation/owners.js';
import type { Residual } from '../../domain/residual.js';
import { leftPartsNamedMax } from '../../limits/doctor.js';
import { retainForMsDefault } from '../../limits/shared.js';
import { orphanedRetained } from '../../mysql/reconcile/orphaned-retained.js';
import { reconcile } from '../../mysql/reconcile/reconcile.js';
import { withSession } from '../../mysql/server/session/session.js';
import { controlVariables } from '../../mysql/server/session/variables.js';
import type { OwnerState } from '../../mysql/server/sidecar/operations.js';
import { notAsked, ok, problem, warning, type Check, type ContextOf, type Finding } from '../check.js';
import { isCleanupLost, isCleanupOpen, startCleanup } from '../cleanups.js';
import { reconcileByWorkflow } from '../mends.js';
import type { ReachedTemporal } from '../reached-temporal.js';
import { counted, durationWords } from '../words.js';

type ClusterContext = ContextOf<'cluster'>;

export const checkLeftovers: Check<'cluster'> = {
  scope: 'cluster',
  name: 'leftovers',
  ask: async (context) => {
    const temporal = await context.temporal().catch(() => undefined);
    if (temporal === undefined) {
      return [notAsked('Not asked, since Temporal does not answer: it would say whose operations are open.')];
    }
    const owners = new Map<string, OwnerState>();
    const residuals = await found(context, temporal, owners);
    const findings: Finding[] = [];
    for (const residual of residuals) {
      const finding = asFinding(residual, owners, context, temporal);
      if (residual.outcome === 'kept') findings.push(await withCleanup(finding, residual, context, temporal));
      else if (residual.outcome !== 'inUse') findings.push(finding);
    }
    if (findings.length > 0) return findings;
    const open =
      residuals.length === 0
        ? 'Nothing of ours is here.'
        : `Nothing but what ${counted(residuals.length, 'operation')} may use or keep.`;
    return [ok(open)];
  },
};

/** @param owners gets to know what became of the workflows. */
function found(
  { cluster, find }: ClusterContext,
  temporal: ReachedTemporal,
  owners: Map<string, OwnerState>,
): Promise<readonly Residual[]> {
  return reconcile({
    ...{ cluster, find, dryRun: true, by: 'doctor' },
    askOwner: async (owner) => {
      const state = await ownerStateIn(temporal, owner);
      owners.set(owner.workflowId, state);
      return state;
    },
    cleanups: {
      isOpen: ({ database, table }, operationId) =>
        isCleanupOpen(temporal, { cluster: cluster.name, database, table, operationId }),
      start: () => Promise.reject(new TypeError('a look starts nothing')),
    },
  });
}

function asFinding(
  { operationId, workflowId, parts, outcome, why }: Residual,
  owners: ReadonlyMap<string, OwnerState>,
  { cluster, taskQueue }: ClusterContext,
  temporal: ReachedTemporal,
): Finding {
  const what = `Operation ${operationId} (${workflowId === '' ? 'of nobody who is known' : workflowId}) has left ${shownParts(parts)}: ${why}.`;
  switch (outcome) {
    case 'inUse':
    case 'removed':
      return ok(what);
    case 'kept':
      return warning(
        what,
        'Drop the tables that are named once you do not need them; until then nothing has to be done.',
      );
    case 'removable':
      return {
        ...problem(what, `Run reconcile on cluster ${cluster.name} (--fix does), which removes it.`),
        mend: {
          what: `remove what operation ${operationId} has left on cluster ${cluster.name} (${shownParts(parts)})`,
          apply: () => reconcileByWorkflow(temporal, taskQueue, { cluster: cluster.name, operationId }),
        },
      };
    case 'refused':
      return owners.get(workflowId) === 'elsewhere'
        ? warning(what, 'Look there, with the settings of that Temporal.')
        : problem(what, refusedRemedy(workflowId));
  }
}

/** A move of many tables has three fences for each. */
function shownParts(parts: readonly string[]): string {
  const more = parts.length - leftPartsNamedMax;
  return [...parts.slice(0, leftPartsNamedMax), ...(more > 0 ? [`${more} more`] : [])].join('; ');
}

function refusedRemedy(workflowId: string): string {
  const look = 'look at what is named, and remove the reason: nothing is removed without a person';
  if (workflowId === '') return `L${look.slice(1)}.`;
  return `Where the workflow was terminated by mistake, bring it back: temporal workflow reset --workflow-id ${workflowId} --type LastWorkflowTask --reason 'terminated by mistake'. Otherwise ${look}.`;
}

/** Where the workflow that was to drop a retained table was ended from outside, another one can be started. */
async function withCleanup(
  finding: Finding,
  { operationId }: Residual,
  { cluster, taskQueue }: ClusterContext,
  temporal: ReachedTemporal,
): Promise<Finding> {
  const retained = await withSession(cluster, controlVariables, (session) => orphanedRetained(session, operationId));
  if (retained === undefined || !(await isCleanupLost(temporal, cluster.name, retained))) return finding;
  const name = `${retained.database}.${retained.retainedTable} on cluster ${cluster.name}`;
  const inWords = durationWords(retainForMsDefault);
  return {
    ...finding,
    remedy: `${finding.remedy} The workflow that was to drop it was terminated; --fix starts it once more, and it drops it in ${inWords}.`,
    mend: {
      what: `start the clean-up that drops the retained table ${name} in ${inWords}, since that which was to do it was terminated`,
      apply: () => startCleanup(temporal, taskQueue, cluster.name, retained),
    },
  };
}
