/**
 * What is to become of an operation that is open in the sidecar of a cluster: of one whose workflow is gone, or of a move
 * that was ended on the other cluster while this one did not answer (design 6.6). Only what is certain is removed.
 */
import { isUnavailable, serverMessage } from '../session/server-errors.js';
import type { ClusterSettings } from '../session/cluster-settings.js';
import { withSession, type Session } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import {
  hasOperation,
  loadOperation,
  loadPlan,
  type OperationRow,
  type OperationState,
} from '../sidecar/operations.js';
import { sidecarExists } from '../sidecar/schema.js';
import { lastSwitched } from '../traffic/journal.js';
import type { MovePlan } from '../move/move-plan.js';

export interface ReconcileOptions {
  readonly cluster: ClusterSettings;
  /** Another cluster by its name; undefined where the configuration has none of this name. */
  readonly find: (name: string) => ClusterSettings | undefined;
  /** Whether the workflow that owns an operation is still open. */
  readonly isOpen: (workflowId: string, runId: string) => Promise<boolean>;
}

/** `refuse` and `inUse` leave everything as it is; the others say what is certainly nobody's any more. */
export type Judgement =
  | { readonly action: 'inUse'; readonly why: string }
  | { readonly action: 'refuse'; readonly why: string }
  /** Its workflow is gone. */
  | { readonly action: 'removeMigration'; readonly why: string }
  /** It ended before its writes were switched, or they came back. */
  | {
      readonly action: 'removeMove';
      readonly why: string;
      readonly skip: readonly ('source' | 'target')[];
      readonly plan: MovePlan;
    }
  /** It is complete, and the source has not heard of it. */
  | { readonly action: 'finishMove'; readonly why: string; readonly plan: MovePlan };

/** @param session on the cluster. @throws the driver's errors, what `isOpen` throws. */
export async function judge(session: Session, operation: OperationRow, options: ReconcileOptions): Promise<Judgement> {
  if (await options.isOpen(operation.workflowId, operation.runId)) {
    return { action: 'inUse', why: `workflow ${operation.workflowId} is open` };
  }
  const gone = `workflow ${operation.workflowId} is gone`;
  if (operation.kind === 'onlineDdl') return { action: 'removeMigration', why: gone };
  const text = await loadPlan(session, operation.operationId);
  if (text === null) return { action: 'refuse', why: `${gone}, and the move has no plan: its preparation broke off` };
  return judgeMove(session, operation, JSON.parse(text) as MovePlan, options);
}

async function judgeMove(
  session: Session,
  { operationId }: OperationRow,
  plan: MovePlan,
  { cluster, find }: ReconcileOptions,
): Promise<Judgement> {
  const isSource = plan.source.cluster === cluster.name;
  const otherName = isSource ? plan.target.cluster : plan.source.cluster;
  const other = find(otherName);
  if (other === undefined) return { action: 'refuse', why: `the configuration has no cluster ${otherName}` };
  try {
    return await withSession(other, controlVariables, async (there) => {
      const state = await stateOn(there, operationId);
      const [source, target] = isSource ? [session, there] : [there, session];
      const switched = await lastSwitchedWhereKnown(target, operationId, 'forward');
      const back = await lastSwitchedWhereKnown(source, operationId, 'reverse');
      const onTarget = switched !== undefined && switched > (back ?? 0);
      return isSource ? ofSource(plan, state, onTarget) : ofTarget(plan, state, switched !== undefined);
    });
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const why = `cluster ${otherName} does not answer, so it cannot be told where the traffic is: ${serverMessage(error)}`;
    return { action: 'refuse', why };
  }
}

function ofSource(plan: MovePlan, targetState: OperationState | null, onTarget: boolean): Judgement {
  const { target } = plan;
  if (onTarget && targetState === 'completed') {
    return { action: 'finishMove', why: `the move was completed on cluster ${target.cluster}`, plan };
  }
  if (onTarget) {
    return { action: 'refuse', why: `cluster ${target.cluster} has the writes, and the move was not completed` };
  }
  const skip = targetState === 'open' ? [] : (['target'] as const);
  return { action: 'removeMove', why: 'the move ended before its writes were switched, or they came back', skip, plan };
}

function ofTarget(plan: MovePlan, sourceState: OperationState | null, wasSwitched: boolean): Judgement {
  if (wasSwitched) {
    const why = 'this cluster had the writes once, and may have some that nobody else has: look at its tables first';
    return { action: 'refuse', why };
  }
  const skip = sourceState === 'open' ? [] : (['source'] as const);
  return { action: 'removeMove', why: 'the move ended before its writes were switched', skip, plan };
}

async function stateOn(session: Session, operationId: string): Promise<OperationState | null> {
  if (!(await sidecarExists(session)) || !(await hasOperation(session, operationId))) return null;
  return (await loadOperation(session, operationId)).state;
}

/** The number of the attempt; undefined where there was none, or no sidecar. */
async function lastSwitchedWhereKnown(
  session: Session,
  operationId: string,
  direction: 'forward' | 'reverse',
): Promise<number | undefined> {
  if (!(await sidecarExists(session))) return undefined;
  const entry = await lastSwitched(session, operationId, direction);
  return entry === undefined ? undefined : Number(entry.attempt);
}
