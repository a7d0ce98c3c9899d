/** What is to become of what a move has left on one of its clusters: the journals on both say where the writes are. */
import type { TableName } from '../../schema/table-model.js';
import type { MovePlan } from '../move/move-plan.js';
import { serverErrorRule } from '../server/session/error-kinds.js';
import { isUnavailable, serverErrorNumber, serverMessage } from '../server/session/server-errors.js';
import { isTlsFailure } from '../server/session/tls.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import type { OperationState } from '../server/sidecar/operations.js';
import { fencedEvents } from '../move/traffic/fence-name.js';
import { homeOf, lastAttemptThatGave } from '../move/home.js';
import { findRecord, type Left } from './findings.js';
import type { Judgement, ReconcileOptions } from './judgement.js';

/** A move whose workflow is gone, or has ended, as this cluster has it. */
export interface LeftMove {
  readonly left: Left;
  readonly state: OperationState;
  readonly plan: MovePlan;
}

/** @param session on the cluster. @throws the driver's errors. */
export async function judgeMove(session: Session, move: LeftMove, options: ReconcileOptions): Promise<Judgement> {
  const { cluster, find } = options;
  const { source, target } = move.plan;
  const { operationId } = move.left;
  const isSource = source.cluster === cluster.name;
  if (!isSource && target.cluster !== cluster.name) {
    return refuse(`the move is one from cluster ${source.cluster} to ${target.cluster}, and this is neither`);
  }
  if (isSource && isKept(move)) {
    const why = `the move was started with sourceTables: keep; its fences refuse writes until you drop the tables`;
    return { action: 'keep', why };
  }
  // What is complete is the target's own business.
  if (!isSource && move.state === 'completed') return ofCompletedTarget(session, operationId);
  const otherName = isSource ? target.cluster : source.cluster;
  const other = find(otherName);
  if (other === undefined) return refuse(`the configuration has no cluster ${otherName}`);
  try {
    return await withSession(other, controlVariables, async (there) => {
      const { state } = (await findRecord(there, operationId)) ?? { state: null };
      const [onSource, onTarget] = isSource ? [session, there] : [there, session];
      const written = (await homeOf({ source: onSource, target: onTarget }, operationId)) === 'target';
      if (written) return isSource ? ofWrittenSource(move, state) : refuse(notCompleted);
      const hadWrites = (await lastAttemptThatGave(onTarget, operationId, 'forward')) !== undefined;
      return isSource ? ofSource(move, state, hadWrites) : ofTarget(move, state, hadWrites);
    });
  } catch (error) {
    if (!isClosedToUs(error)) throw error;
    return refuse(
      `cluster ${otherName} cannot be asked, so it cannot be told where the traffic is: ${serverMessage(error)}`,
    );
  }
}

/** It does not answer, or does not let us in: that is no reason to leave what others have left here. */
function isClosedToUs(error: unknown): boolean {
  const number = serverErrorNumber(error);
  const isRefused = number !== undefined && serverErrorRule(number)?.cause === 'access';
  return isRefused || isUnavailable(error) || isTlsFailure(error);
}

function refuse(why: string): Judgement {
  return { action: 'refuse', why };
}

/** Source tables that were to be kept keep their fences, or they would be open to writers that ignore the router. */
function isKept({ left, state, plan }: LeftMove): boolean {
  const others = left.locks.length > 0 || left.hasStream || left.owned.length > 0;
  return state === 'completed' && plan.sourceTables === 'keep' && !others;
}

async function ofCompletedTarget(session: Session, operationId: string): Promise<Judgement> {
  if ((await lastAttemptThatGave(session, operationId, 'forward')) !== undefined) {
    return { action: 'closeTarget', why: 'the move is completed' };
  }
  return refuse('the move is completed, but the journal does not have its switch');
}

const notCompleted = 'this cluster has the writes, and the move was not completed';

function ofWrittenSource({ left, plan }: LeftMove, targetState: OperationState | null): Judgement {
  const { cluster } = plan.target;
  if (targetState !== 'completed') return refuse(`cluster ${cluster} has the writes, and the move was not completed`);
  const open = halfFenced(left, plan);
  if (open.length === 0) return { action: 'finishMove', why: `the move was completed on cluster ${cluster}`, plan };
  return refuse(
    `fences of ${open.join(', ')} are missing, so that somebody may have written there: compare with cluster ${cluster} first`,
  );
}

function ofSource({ state, plan }: LeftMove, targetState: OperationState | null, hadWrites: boolean): Judgement {
  const { cluster } = plan.target;
  if (state === 'completed') return refuse(`the move is completed, but cluster ${cluster} does not know of its switch`);
  const skip = targetState === 'open' ? [] : (['target'] as const);
  return { action: 'removeMove', why: endedAtHome(plan, hadWrites && skip.length === 0), skip, plan };
}

/** Source tables that have some of their fences: nobody but a person takes one away. */
function halfFenced({ fences }: Left, { tables }: MovePlan): readonly string[] {
  const fencesOf = ({ database, table }: TableName): number =>
    new Set(fences.filter((one) => one.database === database && one.table === table).map(({ event }) => event)).size;
  const half = tables.map(({ source }) => source).filter((source) => fencesOf(source) % fencedEvents.length > 0);
  return half.map(({ database, table }) => `${database}.${table}`);
}

function ofTarget({ plan }: LeftMove, sourceState: OperationState | null, hadWrites: boolean): Judgement {
  const skip = sourceState === 'open' ? [] : (['source'] as const);
  return { action: 'removeMove', why: endedAtHome(plan, hadWrites), skip, plan };
}

/**
 * Of a move whose writes are on the source. Target tables that had them may have been given up, with rows that nobody else
 * has; the journals do not tell. So no clean-up is started for them: nobody but a person drops them, who is told here.
 */
function endedAtHome({ target }: MovePlan, isKept: boolean): string {
  if (!isKept) return 'the move ended before its writes were switched, or they came back';
  return `its writes came back; the tables on cluster ${target.cluster} that had them are kept under names of ours: drop them yourself once you do not need them`;
}
