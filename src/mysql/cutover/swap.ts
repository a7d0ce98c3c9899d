/**
 * What happens under the table locks, from the grant to the RENAME (design 5.6.4). Everything here runs on the session
 * that holds them and is bounded by the attempt's deadline; nothing of it changes the source before the RENAME.
 */
import { GtidSet } from '../../binlog/gtid-set.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { autoIncrementOf, definitionFingerprintText } from '../../schema/create-statement.js';
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import type { Follower } from '../follow/follower.js';
import { showCreateTable } from '../introspect/load-table.js';
import type { Session } from '../session/session.js';
import type { MigrationPlan } from '../shadow/plan.js';

export interface SwapSteps {
  readonly plan: MigrationPlan;
  readonly locked: Session;
  readonly follower: Follower;
  /** Stores the executed GTID set at the lock, on another connection, before the swap. */
  readonly recordPosition: (position: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** LOCK TABLES for both; the caller's watchdog bounds the wait. */
export async function lockTables(locked: Session, plan: MigrationPlan): Promise<void> {
  await locked.run(`LOCK TABLES ${quoteTable(plan.source)} WRITE, ${quoteTable(plan.shadow)} WRITE`);
}

/** Ends the lock; a connection that is gone has released it already. */
export async function unlockTables(locked: Session): Promise<void> {
  if (locked.closed) return;
  await locked.run('UNLOCK TABLES').catch(() => locked.destroy());
}

/** Drains, checks and swaps. When it returns, the new table is in place. @throws TABLE_CHANGED, data errors. */
export async function swapUnderLock(steps: SwapSteps): Promise<void> {
  const { plan, locked, follower, recordPosition, signal } = steps;
  const { gtids } = await locked.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
  await recordPosition(gtids);
  await follower.drainUnderLock(locked, GtidSet.parse(gtids), signal);
  const createSource = await showCreateTable(locked, plan.source);
  await checkSource(locked, plan, createSource);
  await raiseAutoIncrement(locked, plan, createSource);
  await dropHelpers(locked, plan);
  signal.throwIfAborted();
  await locked.run(
    `RENAME TABLE ${quoteTable(plan.source)} TO ${quoteTable(plan.retained)}, ${quoteTable(plan.shadow)} TO ${quoteTable(plan.source)}`,
  );
}

/** The source must still be what the plan was made for: a trigger or another definition would be lost by the swap. */
async function checkSource(locked: Session, plan: MigrationPlan, createSource: string): Promise<void> {
  const table = `${plan.source.database}.${plan.source.table}`;
  if (definitionFingerprintText(createSource) !== plan.sourceFingerprint) {
    throw new SwitchyardError('TABLE_CHANGED', { table, problem: 'its definition is another one' });
  }
  const triggers = await locked.rows<{ name: string }>(
    `SELECT trigger_name AS name FROM information_schema.triggers
      WHERE event_object_schema = ? AND event_object_table = ?`,
    [plan.source.database, plan.source.table],
  );
  if (triggers.length > 0) {
    const names = triggers.map(({ name }) => name).join(', ');
    throw new SwitchyardError('TABLE_CHANGED', { table, problem: `it has triggers now (${names})` });
  }
}

/** Rows that were inserted and deleted again have used numbers that the shadow never saw. */
async function raiseAutoIncrement(locked: Session, plan: MigrationPlan, createSource: string): Promise<void> {
  const source = autoIncrementOf(createSource);
  const shadow = autoIncrementOf(await showCreateTable(locked, plan.shadow));
  if (source === null || BigInt(source) <= BigInt(shadow ?? '1')) return;
  if (!plan.pairs.some(({ target }) => target.autoIncrement)) return;
  await locked.run(`ALTER TABLE ${quoteTable(plan.shadow)} AUTO_INCREMENT = ${BigInt(source).toString()}`);
}

/**
 * Removes helper columns, and with them makes the shadow's definition newer than every open snapshot, so that a
 * transaction older than the swap gets error 1412, as after a native ALTER, and never reads old data silently.
 */
async function dropHelpers(locked: Session, plan: MigrationPlan): Promise<void> {
  const table = quoteTable(plan.shadow);
  if (plan.helperColumns.length > 0) {
    await locked.run(`ALTER TABLE ${table} DROP INDEX ${quoteIdentifier(plan.shadowKeyIndex)}`);
  }
  const columns = [...plan.helperColumns, ...(plan.markerColumn === null ? [] : [plan.markerColumn])];
  if (columns.length === 0) return;
  const drops = columns.map((name) => `DROP COLUMN ${quoteIdentifier(name)}`).join(', ');
  const algorithm = plan.markerColumn === null ? '' : ', ALGORITHM=INSTANT';
  await locked.run(`ALTER TABLE ${table} ${drops}${algorithm}`);
}
