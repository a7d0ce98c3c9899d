/**
 * How an operation ends in the database: finished after its swap, or removed before it. Both are repeatable at any point,
 * and both drop nothing but what the sidecar says we made (P4).
 */
import type { Copied } from '../../domain/progress.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { quoteTable } from '../../schema/identifier.js';
import { ownName } from '../../schema/names.js';
import { takeAdvisoryLockForSure } from '../server/locks/advisory-lock.js';
import { dropHelpers } from './swap.js';
import { swapStateForRemoval, unclearSwap } from './swap-state.js';
import { tableExists } from '../server/introspect/load-table.js';
import type { ClusterSettings } from '../server/session/cluster-settings.js';
import { withSession, type Session } from '../server/session/session.js';
import { controlVariables } from '../server/session/variables.js';
import { closeEpoch } from '../server/sidecar/epoch.js';
import {
  closeOperation,
  forgetOwned,
  forgetTable,
  listOwned,
  loadOperation,
  type OperationState,
  type OwnedTable,
} from '../server/sidecar/operations.js';
import { loadProgress } from '../server/sidecar/progress.js';
import { sidecarExists } from '../server/sidecar/schema.js';
import { describeNotCompared, loadVerification } from '../server/sidecar/verification.js';
import { dropOwnDatabase } from '../server/sidecar/table-database.js';
import { loadMigrationPlan, type MigrationPlan } from './migration-plan.js';

/** After the swap: frees the table for the next operation; the retained table stays owned until it is dropped. */
export function finishMigration(cluster: ClusterSettings, operationId: string): Promise<Copied> {
  return withSession(cluster, controlVariables, async (session) => {
    const { rowsCopied } = await loadProgress(session, { operationId });
    const verification = await loadVerification(session, { operationId });
    await closeEpoch(session, operationId);
    await closeSwapped(session, operationId, await loadMigrationPlan(session, operationId));
    return { rowsCopied, verified: verification.verified, notCompared: describeNotCompared(verification) };
  });
}

type RemovedState = Exclude<OperationState, 'open' | 'completed'>;

/**
 * Before the swap, or where nobody can tell whether there was one and a person ends it: fences every worker out, drops
 * the shadow and frees the table.
 * @returns what is not dropped, since it may not be the migration's own, one sentence each.
 */
export function removeMigration(
  cluster: ClusterSettings,
  operationId: string,
  state: RemovedState,
): Promise<readonly string[]> {
  return withSession(cluster, controlVariables, (session) => removeOperation(session, operationId, state, true));
}

/**
 * The same on an open session. An operation that has swapped already (its workflow was terminated before it could say
 * so) is finished instead: its tables are the application's now.
 * @param leavesUnclear whether the operation ends also where nobody can tell whether it swapped, leaving both tables.
 * @returns what is not dropped, since it may not be the operation's own, one sentence each.
 * @throws OUTCOME_UNCLEAR.
 */
export async function removeOperation(
  session: Session,
  operationId: string,
  state: RemovedState,
  leavesUnclear = false,
): Promise<readonly string[]> {
  if (!(await sidecarExists(session))) return [];
  await takeAdvisoryLockForSure(session, operationId);
  await closeEpoch(session, operationId);
  const operation = await loadOperation(session, operationId);
  if (operation.state !== 'open') return [];
  const plan = await loadMigrationPlan(session, operationId);
  const swap = plan === null ? 'notSwapped' : await swapStateForRemoval(session, plan);
  if (plan !== null && swap === 'swapped') {
    await closeSwapped(session, operationId, plan);
    return [];
  }
  if (plan !== null && swap === 'unclear' && !leavesUnclear) throw await unclearSwap(session, plan);
  const left = await leftOf(session, operationId, plan !== null, swap === 'unclear');
  for (const owned of await listOwned(session, operationId)) {
    if (owned.role === 'copy' && swap !== 'unclear') await dropOwned(session, owned);
    else await dropOwnDatabase(session, owned);
    await forgetOwned(session, operationId, owned.role);
  }
  await closeOperation(session, operationId, state);
  return left;
}

/** @throws OUTCOME_UNCLEAR. */
export async function removeAbandonedMigration(session: Session, operationId: string): Promise<void> {
  await removeOperation(session, operationId, 'abandoned');
}

/** What a removal leaves: a shadow that may be the application's, a retained table that is not ours, one that is gone. */
async function leftOf(
  session: Session,
  operationId: string,
  wasPrepared: boolean,
  isUnclear: boolean,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const owned of await listOwned(session, operationId)) {
    const name = `${owned.database}.${owned.table}`;
    const exists = await tableExists(session, owned);
    if (exists && (isUnclear || owned.role === 'retained')) {
      left.push(`Table ${name} is left, since it may not be the migration's own: drop it once nobody needs it.`);
    }
    if (!exists && wasPrepared && owned.role === 'copy') {
      left.push(
        `Table ${name}, which the migration made, is gone: where somebody has renamed it, it is theirs to drop.`,
      );
    }
  }
  return left;
}

/** Drops what a closed migration should not have any more: its shadow table. Retained tables stay. Repeatable. */
export async function removeShadow(session: Session, operationId: string): Promise<void> {
  for (const owned of await listOwned(session, operationId)) {
    if (owned.role === 'copy') await dropOwned(session, owned);
  }
  await forgetOwned(session, operationId, 'copy');
}

/** Closes an operation whose shadow is the application's table now. */
async function closeSwapped(session: Session, operationId: string, plan: MigrationPlan | null): Promise<void> {
  // An attempt that was cut off just after its RENAME leaves helper columns on the application's table.
  if (plan !== null) await dropHelpers(session, plan);
  if (plan !== null) await restoreStatistics(session, plan);
  await forgetShadow(session, operationId);
  await closeOperation(session, operationId, 'completed');
}

/**
 * Dropping the marker has deleted the statistics that the shadow had (tried on 9.7.4), and with STATS_AUTO_RECALC=0 nobody
 * would make them again. Here nobody waits for it, and without them a table is as good: it is tried once.
 */
async function restoreStatistics(session: Session, { source, markerColumn }: MigrationPlan): Promise<void> {
  if (markerColumn === null) return;
  await session.rows(`ANALYZE TABLE ${quoteTable(source)}`).catch(() => undefined);
}

/** Drops one retained table of a finished migration or move. @returns whether it was still there. */
export function dropRetained(
  cluster: ClusterSettings,
  operationId: string,
  retainedTable?: string,
): Promise<'dropped' | 'alreadyGone'> {
  return withSession(cluster, controlVariables, async (session) => {
    const owned = await listOwned(session, operationId);
    const retained = owned.find(
      (one) => one.role === 'retained' && (retainedTable === undefined || ownName(one) === retainedTable),
    );
    if (retained === undefined) return 'alreadyGone';
    await dropOwned(session, retained);
    await forgetTable(session, operationId, retained);
    return 'dropped';
  });
}

/**
 * Drops these retained tables of a finished move. One that cannot be dropped, since somebody holds it, keeps none of the
 * others. @returns how many were still there. @throws the first error, once the others are dropped; a lost connection.
 */
export function dropRetainedTables(
  cluster: ClusterSettings,
  operationId: string,
  retainedTables: readonly string[],
): Promise<{ readonly dropped: number; readonly alreadyGone: number }> {
  const wanted = new Set(retainedTables);
  return withSession(cluster, controlVariables, async (session) => {
    const owned = await listOwned(session, operationId);
    const retained = owned.filter((one) => one.role === 'retained' && wanted.has(ownName(one) ?? ''));
    const failed: unknown[] = [];
    for (const one of retained) {
      try {
        await dropOwned(session, one);
        await forgetTable(session, operationId, one);
      } catch (error) {
        if (session.closed) throw error;
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
    return { dropped: retained.length, alreadyGone: wanted.size - retained.length };
  });
}

/** Drops all copies that an operation has made, and forgets them. Repeatable. */
export async function dropCopies(session: Session, operationId: string): Promise<void> {
  for (const owned of await listOwned(session, operationId)) {
    if (owned.role !== 'copy') continue;
    await dropOwned(session, owned);
    await forgetTable(session, operationId, owned);
  }
}

async function dropOwned(session: Session, owned: OwnedTable): Promise<void> {
  // Belt and braces: a row of the sidecar alone is not enough to drop a table that has not one of our names.
  if (ownName(owned) === undefined) {
    throw new SwitchyardError('OUTCOME_UNCLEAR', { table: owned.table, problem: 'it has no name of ours' });
  }
  // IF EXISTS alone is not enough where the table's own database is gone.
  if (await tableExists(session, owned)) await session.run(`DROP TABLE IF EXISTS ${quoteTable(owned)}`);
  await dropOwnDatabase(session, owned);
}

/** After the swap the shadow has become the application's table, and its own database is empty. */
async function forgetShadow(session: Session, operationId: string): Promise<void> {
  const shadow = (await listOwned(session, operationId)).find(({ role }) => role === 'copy');
  if (shadow !== undefined) await dropOwnDatabase(session, shadow);
  await forgetOwned(session, operationId, 'copy');
}
