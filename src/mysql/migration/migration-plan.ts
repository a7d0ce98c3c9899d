/**
 * The plan of one migration: everything that the activities must agree on, made once by `prepare` and kept in the
 * sidecar as JSON.
 */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { TableName } from '../../schema/table-model.js';
import { planFrom } from '../table/rows/stored-plan.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import type { Session } from '../server/session/session.js';
import { loadPlan } from '../server/sidecar/operations.js';

export interface MigrationPlan extends TablePlan {
  readonly version: 1;
  readonly retained: TableName;
  readonly statement: string;
  /** The invisible column that is dropped under the lock to make the shadow newer than every snapshot; or null. */
  readonly markerColumn: string | null;
  /** The columns whose histogram a native ALTER keeps. */
  readonly histograms: readonly string[];
  /** What the shadow was made as, without the indexes that are built later. */
  readonly shadowFingerprint: string;
  /** The AUTO_INCREMENT counter that the statement asks for; null where the new table goes on with the source's. */
  readonly counter: string | null;
}

/** @throws UNKNOWN_OPERATION where the sidecar has no plan (any more). */
export async function readPlan(session: Session, operationId: string): Promise<MigrationPlan> {
  const plan = await loadMigrationPlan(session, operationId);
  if (plan === null) throw new SwitchyardError('UNKNOWN_OPERATION', { operation: operationId });
  return plan;
}

/** The plan, or null where the preparation did not come that far, or the sidecar has none any more. */
export async function loadMigrationPlan(session: Session, operationId: string): Promise<MigrationPlan | null> {
  const text = await loadPlan(session, operationId);
  return text === null ? null : planFrom<MigrationPlan>(text);
}
