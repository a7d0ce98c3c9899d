/**
 * What happens under the table locks, from the grant to the RENAME (docs/design/cut-over.md, "Under the table locks").
 * Everything here runs on the session that holds them and is bounded by the attempt's deadline; nothing of it changes
 * the source before the RENAME.
 */
import { GtidSet } from '../../binlog/gtid-set.js';
import { tableChanged } from '../table/follow/table-guard.js';
import { autoIncrementOf, definitionFingerprintText } from '../../schema/create-statement.js';
import { quoteIdentifier, quoteTable } from '../../schema/identifier.js';
import type { ApplyTransaction } from '../table/follow/apply.js';
import type { Follower } from '../table/follow/follower.js';
import { showCreateTable, triggerNames } from '../server/introspect/load-table.js';
import { onOneServer } from '../server/session/session-pair.js';
import type { Session } from '../server/session/session.js';
import { signRows, signStatement } from '../server/sidecar/own-work.js';
import { dropMarker } from './marker.js';
import type { MigrationPlan } from './migration-plan.js';
import { checkShadowDefinition } from './shadow-definition.js';
import type { OldSnapshots } from '../server/locks/old-snapshots.js';

export interface SwapSteps {
  readonly plan: MigrationPlan;
  readonly locked: Session;
  /** Reads definitions, in the settings in which they were read for the plan; the locks let it look. */
  readonly reading: Session;
  readonly follower: Follower;
  /** Stores the executed GTID set at the lock, on another connection, before the swap. */
  readonly recordPosition: (position: string) => Promise<void>;
  /** Compares what was applied since the last comparison, before it counts (P6). */
  readonly compare: () => Promise<void>;
  /** Waits, behind the last row that is written, until nobody has an older snapshot; says who has one still. */
  readonly oldSnapshots: () => Promise<OldSnapshots | undefined>;
  readonly signal: AbortSignal;
}

/**
 * Drains, compares, checks and swaps. When it returns nothing, the new table is in place.
 * @returns who has a snapshot that the new table must not be read with; then nothing was swapped.
 * @throws TABLE_CHANGED, SHADOW_CHANGED, VERIFICATION_FAILED, data errors.
 */
export async function swapUnderLock(steps: SwapSteps): Promise<OldSnapshots | undefined> {
  const { plan, locked, reading, follower, recordPosition, compare, signal } = steps;
  const { gtids } = await locked.row<{ gtids: string }>('SELECT @@GLOBAL.gtid_executed AS gtids');
  await recordPosition(gtids);
  await follower.drainUnderLock(onOneServer(locked), lockedTransaction(locked, plan), GtidSet.parse(gtids), signal);
  await compare();
  const createSource = await showCreateTable(reading, plan.source);
  await checkSource(reading, plan, createSource);
  await checkShadowDefinition(reading, plan);
  await setCounter(locked, plan, createSource);
  if (plan.markerColumn === null) {
    const old = await steps.oldSnapshots();
    if (old !== undefined) return old;
  }
  await dropMarkerColumn(locked, plan);
  signal.throwIfAborted();
  const [source, shadow, retained] = [plan.source, plan.copy, plan.retained].map(quoteTable);
  await locked.run(signStatement(plan.operationId, `RENAME TABLE ${source} TO ${retained}, ${shadow} TO ${source}`));
  await dropHelpers(locked, plan).catch(() => undefined);
  return undefined;
}

/** Never BEGIN under LOCK TABLES: it would release the locks (autocommit is off instead). */
function lockedTransaction(locked: Session, { operationId }: MigrationPlan): ApplyTransaction {
  return async (_isLast, write) => {
    try {
      await write();
      await signRows(locked, operationId);
      await locked.run('COMMIT');
    } catch (error) {
      await locked.run('ROLLBACK');
      throw error;
    }
  };
}

/** The source must still be what the plan was made for: a trigger or another definition would be lost by the swap. */
async function checkSource(reading: Session, plan: MigrationPlan, createSource: string): Promise<void> {
  if (definitionFingerprintText(createSource) !== plan.sourceFingerprint) {
    throw tableChanged(reading, plan, 'its definition is another one');
  }
  const triggers = await triggerNames(reading, plan.source);
  if (triggers.length > 0) throw tableChanged(reading, plan, `it has triggers now (${triggers.join(', ')})`);
}

/**
 * The shadow saw neither all rows that have used numbers nor only those that a native ALTER would see. Where the counter
 * is not above the greatest number, the server takes the one behind that, here as in a native copy.
 */
async function setCounter(locked: Session, plan: MigrationPlan, createSource: string): Promise<void> {
  if (!plan.pairs.some(({ target }) => target.autoIncrement)) return;
  const counter = plan.counter ?? autoIncrementOf(createSource) ?? '1';
  const shadow = autoIncrementOf(await showCreateTable(locked, plan.copy)) ?? '1';
  if (shadow === counter) return;
  const sql = `ALTER TABLE ${quoteTable(plan.copy)} AUTO_INCREMENT = ${BigInt(counter)}`;
  await locked.run(signStatement(plan.operationId, sql));
}

/**
 * Makes the shadow's definition newer than every open snapshot, so that a transaction older than the swap gets error
 * 1412, as after a native ALTER, and never reads old data silently. The marker is all that goes before the RENAME: the
 * feed does not need it, and the next attempt makes a new one.
 */
async function dropMarkerColumn(locked: Session, plan: MigrationPlan): Promise<void> {
  const { operationId, copy: shadow, markerColumn } = plan;
  if (markerColumn !== null) await locked.run(signStatement(operationId, dropMarker(shadow, markerColumn)));
}

/**
 * Removes what of the helper index and its columns is still on the swapped table. Repeatable; the swap has happened whatever becomes of
 * this, so a deadline that ends it under the lock leaves the rest to the clean-up, where nobody waits for it.
 */
export async function dropHelpers(
  session: Session,
  { source, helperColumns, hasHelperIndex = false, copyKeyIndex: shadowKeyIndex }: MigrationPlan,
): Promise<void> {
  if (!hasHelperIndex && helperColumns.length === 0) return;
  const place = [source.database, source.table];
  const indexes = await session.rows(
    'SELECT 1 FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? AND index_name = ? LIMIT 1',
    [...place, shadowKeyIndex],
  );
  const table = quoteTable(source);
  if (indexes.length > 0) await session.run(`ALTER TABLE ${table} DROP INDEX ${quoteIdentifier(shadowKeyIndex)}`);
  const columns = await session.rows<{ name: string }>(
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?',
    place,
  );
  const left = columns.filter(({ name }) => helperColumns.includes(name));
  if (left.length === 0) return;
  await session.run(
    `ALTER TABLE ${table} ${left.map(({ name }) => `DROP COLUMN ${quoteIdentifier(name)}`).join(', ')}`,
  );
}
