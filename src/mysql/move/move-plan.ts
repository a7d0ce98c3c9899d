/** The plan of one move: what all its activities must agree on, made once by `prepareMove` and kept in both sidecars. */
import type { Place } from '../../domain/routing.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { planFrom } from '../table/rows/stored-plan.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { loadPlan } from '../server/sidecar/operations.js';

/** What becomes of the source tables of a move that is complete. */
export type SourceTables = 'rename' | 'drop' | 'keep';

export interface MoveClusters {
  readonly source: ClusterSettings;
  readonly target: ClusterSettings;
}

export interface MovePlan {
  readonly version: 1;
  readonly operationId: string;
  readonly name: string;
  readonly source: Place;
  readonly target: Place;
  /** In the order of their numbers. */
  readonly tables: readonly TablePlan[];
  readonly sourceTables: SourceTables;
  /** How long a source table is kept that was renamed. */
  readonly retainForMs: number;
}

/** The plan from whichever side answers, the target first. @throws what the source's side says where neither has it. */
export async function findMovePlan({ source, target }: MoveClusters, operationId: string): Promise<MovePlan> {
  const read = (cluster: ClusterSettings): Promise<MovePlan> =>
    withSession(cluster, controlVariables, (session) => readMovePlan(session, operationId));
  return read(target).catch(() => read(source));
}

/** @throws UNKNOWN_OPERATION where this sidecar has no plan (any more). */
export async function readMovePlan(session: Session, operationId: string): Promise<MovePlan> {
  const plan = await loadMovePlan(session, operationId);
  if (plan === null) throw new SwitchyardError('UNKNOWN_OPERATION', { operation: operationId });
  return plan;
}

/** The plan, or null where this sidecar has none (any more). */
export async function loadMovePlan(session: Session, operationId: string): Promise<MovePlan | null> {
  const text = await loadPlan(session, operationId);
  return text === null ? null : planFrom<MovePlan>(text);
}
