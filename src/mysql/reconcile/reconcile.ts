/**
 * Finds what operations have left on a cluster, for instance on one that was gone when they ended, and removes what is
 * certainly nobody's any more (docs/design/moves.md, "What is left: reconcile and doctor", P4). A dry run is the look
 * alone: what is left, why, and what would be removed.
 */
import type { Residual } from '../../domain/residual.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { writeAudit } from '../server/sidecar/audit.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import { describeLeft, findLeft, findRecord, type Left } from './findings.js';
import { judge } from './judge.js';
import type { Judgement, ReconcileOptions } from './judgement.js';
import { settle } from './settle.js';

/** @throws the driver's errors, what `askOwner` throws. */
export function reconcile(options: ReconcileOptions & { readonly dryRun: boolean }): Promise<readonly Residual[]> {
  return withSession(options.cluster, controlVariables, async (session) => {
    const residuals: Residual[] = [];
    const { operationId } = options;
    for (const left of await findLeft(session)) {
      if (operationId !== undefined && left.operationId !== operationId) continue;
      residuals.push(await reconcileOne(session, left, options));
    }
    return residuals;
  });
}

async function reconcileOne(
  session: Session,
  left: Left,
  options: ReconcileOptions & { readonly dryRun: boolean },
): Promise<Residual> {
  const { operationId } = left;
  const operation = await findRecord(session, operationId);
  const { kind, workflowId } = operation ?? { kind: 'unknown', workflowId: '' };
  const judgement = await judge(session, left, operation, options);
  const residual = { operationId, kind, workflowId, parts: describeLeft(left) };
  const known = outcomeOf(judgement, options.dryRun);
  if (known !== undefined) return { ...residual, outcome: known, why: judgement.why };
  await audit(session, residual, judgement.why, options.by);
  try {
    await settle(session, operationId, judgement, options);
    return { ...residual, outcome: 'removed', why: judgement.why };
  } catch (error) {
    // What waits for a person is no reason to leave the others.
    if (!(error instanceof SwitchyardError) || error.kind === 'retryable') throw error;
    return { ...residual, outcome: 'refused', why: error.message };
  }
}

/** Before anything is removed: what is certain is that it was decided. */
async function audit(
  session: Session,
  { operationId, parts }: Pick<Residual, 'operationId' | 'parts'>,
  why: string,
  by: string,
): Promise<void> {
  if (!(await sidecarExists(session))) return;
  await writeAudit(session, {
    ...{ operationId, command: 'reconcile', via: 'system', by, reason: why, outcome: 'accepted' },
    ...{ message: `removes ${parts.join('; ')}`, at: new Date().toISOString() },
  });
}

/** Undefined where something is to be removed. */
function outcomeOf({ action }: Judgement, dryRun: boolean): Residual['outcome'] | undefined {
  switch (action) {
    case 'inUse':
      return 'inUse';
    case 'keep':
      return 'kept';
    case 'refuse':
      return 'refused';
    default:
      return dryRun ? 'removable' : undefined;
  }
}
