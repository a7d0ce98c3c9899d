/**
 * Closes the records of a move that is complete: the target tables are the application's, and nothing of ours is left. Source
 * tables that were to be dropped are dropped at the very end: from then on only the target has the rows.
 */
import type { Finished } from '../../domain/finished.js';
import { definitionFingerprintText } from '../../schema/create-statement.js';
import { quoteTable } from '../../schema/identifier.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { withBriefLocks } from '../server/locks/brief-locks.js';
import { showCreateTable, tableExists } from '../server/introspect/load-table.js';
import { isUnavailable } from '../server/session/server-errors.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import { closeOperation, findOperation, forgetOwned, hasOperation, listOwned } from '../server/sidecar/operations.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import { dropAllFences, listFences } from './traffic/fence.js';
import { checkHome } from './home.js';
import { residualsOf } from './force-complete.js';
import { dropLabelTable } from './label-table.js';
import { loadMovePlan, readMovePlan, type MoveClusters, type MovePlan } from './move-plan.js';
import { dropGate } from './traffic/gate.js';

export interface FinishMoveOptions extends MoveClusters {
  readonly operationId: string;
  /** After a forced completion: a source that does not answer is left out. */
  readonly forced: boolean;
}

/** Repeatable. @throws the driver's errors. */
export async function finishMove(options: FinishMoveOptions): Promise<Finished> {
  // The source's records are closed after the target's: that has had its end then, and may be gone by now.
  const isOver = await isOverOn(options);
  try {
    const residuals = await finishTarget(options, isOver);
    return options.forced ? await finishForced(options, residuals) : await finishSource(options);
  } catch (error) {
    if (!isOver || !isUnavailable(error)) throw error;
    return options.forced ? finishForced(options, []) : finishSource(options);
  }
}

/** Of a source that is left out nobody knows. */
async function isOverOn({ source, operationId, forced }: FinishMoveOptions): Promise<boolean> {
  try {
    return await withSession(source, controlVariables, (session) => isCompletedOn(session, operationId));
  } catch (error) {
    if (!forced || !isUnavailable(error)) throw error;
    return false;
  }
}

/** Whether the records of the move are closed as completed on this server. */
export async function isCompletedOn(session: Session, operationId: string): Promise<boolean> {
  return (await findOperation(session, operationId))?.state === 'completed';
}

/** @returns what is not as it should be after a forced end. */
async function finishTarget(options: FinishMoveOptions, isOver: boolean): Promise<readonly string[]> {
  const { target, operationId, forced } = options;
  // What the source had is given up by now, but kept for a while: the target must not be opened without it.
  if (!forced && !isOver) await checkBoth(options);
  return withSession(target, controlVariables, async (session) => {
    // Another server may have taken its place since then, which is not ours to judge.
    if (isOver && !(await isKnownOn(session, operationId))) return [];
    await closeMoveOn(session, operationId, 'target');
    return forced ? checkTarget(session, await readMovePlan(session, operationId)) : [];
  });
}

async function isKnownOn(session: Session, operationId: string): Promise<boolean> {
  return (await sidecarExists(session)) && (await hasOperation(session, operationId));
}

async function finishSource({ source, operationId }: FinishMoveOptions): Promise<Finished> {
  await withSession(source, controlVariables, async (session) => {
    await closeMoveOn(session, operationId, 'source');
    await dropGivenUp(session, operationId);
  });
  return { residuals: [] };
}

async function finishForced(
  { source, operationId }: FinishMoveOptions,
  residuals: readonly string[],
): Promise<Finished> {
  try {
    const settled = await withSession(source, controlVariables, async (session) => {
      await closeMoveOn(session, operationId, 'source');
      return settledOn(session, operationId);
    });
    return settled.length === 0 ? { residuals } : { residuals, settled };
  } catch (error) {
    // Its records are among what the forced completion has listed.
    if (!isUnavailable(error)) throw error;
    return { residuals };
  }
}

/** What the completion has taken out of the way, to be dropped. */
async function dropGivenUp(session: Session, operationId: string): Promise<void> {
  if ((await loadMovePlan(session, operationId))?.sourceTables !== 'drop') return;
  const owned = (await listOwned(session, operationId)).filter(({ role }) => role === 'retained');
  await withBriefLocks(session, {}, async (run) => {
    for (const table of owned) {
      await run([table], () => session.run(`DROP TABLE IF EXISTS ${quoteTable(table)}`));
    }
  });
  await forgetOwned(session, operationId, 'retained');
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
  await dropLabelTable(session, operationId);
  for (const role of ['copy', 'target'] as const) await forgetOwned(session, operationId, role);
  await closeOperation(session, operationId, 'completed');
}
