/** Closes the records of a move that is complete: the target tables are the application's, and nothing of ours is left. */
import type { Finished } from '../../domain/finished.js';
import { definitionFingerprintText } from '../../schema/create-statement.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { showCreateTable, tableExists } from '../server/introspect/load-table.js';
import { isUnavailable } from '../server/session/server-errors.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import { closeOperation, forgetOwned } from '../server/sidecar/operations.js';
import { dropAllFences, listFences } from './traffic/fence.js';
import { checkHome } from './home.js';
import { residualsOf } from './force-complete.js';
import { loadMovePlan, readMovePlan, type MoveClusters, type MovePlan } from './move-plan.js';
import { dropGate } from './traffic/gate.js';

export interface FinishMoveOptions extends MoveClusters {
  readonly operationId: string;
  /** After a forced completion: a source that does not answer is left out. */
  readonly forced: boolean;
}

/** Repeatable. @throws the driver's errors. */
export async function finishMove(options: FinishMoveOptions): Promise<Finished> {
  const { source, target, operationId, forced } = options;
  // What the source had is given up by now, but kept for a while: the target must not be opened without it.
  if (!forced) await checkBoth(options);
  const problems = await withSession(target, controlVariables, async (session) => {
    await closeMoveOn(session, operationId, 'target');
    return forced ? checkTarget(session, await readMovePlan(session, operationId)) : [];
  });
  try {
    const settled = await withSession(source, controlVariables, async (session) => {
      await closeMoveOn(session, operationId, 'source');
      return forced ? settledOn(session, operationId) : [];
    });
    return settled.length === 0 ? { residuals: problems } : { residuals: problems, settled };
  } catch (error) {
    // Its records are among what the forced completion has listed.
    if (!forced || !isUnavailable(error)) throw error;
    return { residuals: problems };
  }
}

function checkBoth({ source, target, operationId }: FinishMoveOptions): Promise<void> {
  return withSession(source, controlVariables, (onSource) =>
    withSession(target, controlVariables, async (onTarget) => {
      const sessions = { source: onSource, target: onTarget };
      await checkHome(sessions, await readMovePlan(onTarget, operationId), 'target');
    }),
  );
}

/** Of what a forced completion lists: the stream and the records are closed, and fences that are gone are not there. */
async function settledOn(source: Session, operationId: string): Promise<readonly string[]> {
  const plan = await loadMovePlan(source, operationId);
  if (plan === null) return [];
  const [, records = ''] = residualsOf('sidecar', plan);
  const fences = (await listFences(source, operationId)).length === 0 ? residualsOf('fences', plan) : [];
  return [...residualsOf('streams', plan), ...fences, records];
}

/** After a forced end nobody else looks: the tables are there, as they were made, with nothing of ours on them. */
async function checkTarget(session: Session, { operationId, tables, target }: MovePlan): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { copy, sourceFingerprint } of tables) {
    const name = `on cluster ${target.cluster}: table ${copy.database}.${copy.table}`;
    if (!(await tableExists(session, copy))) problems.push(`${name} is not there`);
    else if (definitionFingerprintText(await showCreateTable(session, copy)) !== sourceFingerprint) {
      problems.push(`${name} is not defined any more as the source's was`);
    }
  }
  const fences = await listFences(session, operationId);
  return [...problems, ...fences.map(({ name }) => `on cluster ${target.cluster}: the fence ${name}`)];
}

/** One side of it. Repeatable. @throws the driver's errors. */
export async function closeMoveOn(session: Session, operationId: string, side: 'source' | 'target'): Promise<void> {
  await takeAdvisoryLockForSure(session, operationId);
  await closeEpoch(session, operationId);
  // On the source a table that was kept keeps its fence.
  if (side === 'target') {
    await dropAllFences(session, operationId);
    await dropGate(session, operationId);
  }
  for (const role of ['copy', 'target'] as const) await forgetOwned(session, operationId, role);
  await closeOperation(session, operationId, 'completed');
}
