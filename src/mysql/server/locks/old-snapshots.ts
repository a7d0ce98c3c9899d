/**
 * Transactions that have a snapshot older than the last row of the new table: they would read it as it was then, silently.
 * A server that knows the table's definition to be newer refuses them (error 1412, see migration/marker.ts). Where it cannot
 * be made to (full-text indexes, compressed rows), the attempt waits under the lock until they have ended.
 *
 * What begins after the last row is written is harmless, and so is a transaction that has read nothing yet, or that takes
 * a new snapshot for each statement. One statement of its own (autocommit) is, too: it has all its tables before it reads,
 * so it either ended before the lock or reads after the swap.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  blockerAgeMs,
  snapshotListIntervalMs,
  snapshotListMs,
  snapshotLookIntervalMs,
  snapshotWaitMs,
} from '../../../limits/mysql-server.js';
import type { TableName } from '../../../schema/table-model.js';
import { errorNumbers, serverErrorNumber } from '../session/server-errors.js';
import type { Session } from '../session/session.js';

/** One transaction of another connection that may have a snapshot. */
export interface SnapshotHolder {
  /** Of the connection. */
  readonly id: number;
  readonly ageSeconds: number;
  /** When InnoDB began it; null where only performance_schema tells of it. */
  readonly startedAt: string | null;
  /** performance_schema's number of it, which grows with each of the connection's; null where that records none. */
  readonly number: number | null;
}

export interface LookOptions {
  /** Only for looking; nobody else uses it meanwhile. */
  readonly session: Session;
  readonly ownIds: readonly number[];
}

interface EngineRow {
  readonly id: number | string;
  readonly startedAt: string;
  readonly ageSeconds: number | string;
  readonly mayHold: number;
  readonly isThisLook: number;
}

interface RecordedRow {
  readonly id: number | string;
  readonly number: number | string;
  readonly ageMs: number | string;
  readonly mayHold: number;
}

const snapshotLevels = `('REPEATABLE READ', 'SERIALIZABLE')`;
let looks = 0;

/**
 * Who may have a snapshot now. @returns undefined where the server cannot tell: InnoDB's list cannot be read while
 * anybody runs a statement with four-byte text, and performance_schema does not record all transactions.
 */
export async function findSnapshots(look: LookOptions): Promise<readonly SnapshotHolder[] | undefined> {
  const { session } = look;
  const recordsAllOfThem = await recordsAll(session);
  if (recordsAllOfThem && othersOf(look, await recordedTransactions(session)).length === 0) return [];
  const listed = await listedByEngine(session);
  // Read after the engine's list: whoever has a later number here has ended what was listed.
  const recorded = await recordedTransactions(session);
  if (listed === undefined) {
    if (!recordsAllOfThem) return undefined;
    return othersOf(look, recorded).map((row) => ({ ...ofRecord(row), startedAt: null }));
  }
  const records = new Map(recorded.map((row) => [Number(row.id), row]));
  return othersOf(look, listed).flatMap(({ id, startedAt, ageSeconds }) => {
    const record = records.get(Number(id));
    if (record === undefined) return [{ id: Number(id), ageSeconds: Number(ageSeconds), startedAt, number: null }];
    return Number(record.mayHold) === 1 ? [{ ...ofRecord(record), startedAt }] : [];
  });
}

/** Those of other connections that may hold a snapshot; prepared XA transactions, which have none, can only end. */
function othersOf<Row extends Pick<RecordedRow, 'id' | 'mayHold'>>(
  { ownIds }: LookOptions,
  rows: readonly Row[],
): readonly Row[] {
  return rows.filter(({ id, mayHold }) => Number(mayHold) === 1 && Number(id) !== 0 && !ownIds.includes(Number(id)));
}

function ofRecord({ id, number, ageMs }: RecordedRow): Omit<SnapshotHolder, 'startedAt'> {
  return { id: Number(id), number: Number(number), ageSeconds: Math.round(Number(ageMs) / 100) / 10 };
}

/**
 * InnoDB's own list, which has a transaction from its first read or write on. The server shows one that is up to 100 ms
 * old, and older while others read it all the time: it counts when this very look is in it. @returns undefined where it
 * cannot be read.
 */
async function listedByEngine(session: Session): Promise<readonly EngineRow[] | undefined> {
  const deadline = performance.now() + snapshotListMs;
  await session.run('START TRANSACTION');
  try {
    // Begins it in InnoDB, too.
    await session.rows('SELECT 1 FROM _switchyard.operations LIMIT 1');
    while (performance.now() < deadline) {
      const rows = await readEngineList(session);
      if (rows?.some(({ isThisLook }) => Number(isThisLook) === 1)) return rows;
      await sleep(snapshotListIntervalMs);
    }
    return undefined;
  } finally {
    await session.run('ROLLBACK');
  }
}

async function readEngineList(session: Session): Promise<readonly EngineRow[] | undefined> {
  looks += 1;
  const look = `switchyard look ${session.id}.${looks}`;
  try {
    // Its times are in the zone of the server's system.
    return await session.rows<EngineRow>(
      `SELECT trx_mysql_thread_id AS id, CAST(trx_started AS CHAR) AS startedAt,
              GREATEST(0, TIMESTAMPDIFF(SECOND, CONVERT_TZ(trx_started, 'SYSTEM', '+00:00'), UTC_TIMESTAMP())) AS ageSeconds,
              trx_isolation_level IN ${snapshotLevels} AND NOT trx_autocommit_non_locking AS mayHold,
              COALESCE(trx_query LIKE '%${look}%', 0) AS isThisLook
         FROM information_schema.innodb_trx`,
    );
  } catch (error) {
    const number = serverErrorNumber(error);
    if (number === errorNumbers.cannotConvertString || number === errorNumbers.impossibleConversion) return undefined;
    throw error;
  }
}

function recordedTransactions(session: Session): Promise<readonly RecordedRow[]> {
  return session.rows<RecordedRow>(
    `SELECT t.processlist_id AS id, x.event_id AS number, x.timer_wait / 1000000000 AS ageMs,
            x.isolation_level IN ${snapshotLevels} AND x.autocommit = 'NO' AS mayHold
       FROM performance_schema.events_transactions_current x JOIN performance_schema.threads t USING (thread_id)
      WHERE x.state = 'ACTIVE' AND t.processlist_id IS NOT NULL`,
  );
}

/** Whether performance_schema records the transactions of every session. */
async function recordsAll(session: Session): Promise<boolean> {
  const { all } = await session.row<{ all: number }>(
    `SELECT (SELECT COUNT(*) FROM performance_schema.setup_consumers WHERE enabled = 'YES'
              AND name IN ('global_instrumentation', 'thread_instrumentation', 'events_transactions_current')) = 3
        AND EXISTS (SELECT 1 FROM performance_schema.setup_instruments WHERE name = 'transaction' AND enabled = 'YES')
        AND NOT EXISTS (SELECT 1 FROM performance_schema.threads
              WHERE type = 'FOREGROUND' AND processlist_id IS NOT NULL AND instrumented = 'NO') AS \`all\``,
  );
  return Number(all) === 1;
}

/** Which of them are there still; where that cannot be told apart, they are. */
async function stillThere(look: LookOptions, holders: readonly SnapshotHolder[]): Promise<readonly SnapshotHolder[]> {
  const now = holders.every(({ number }) => number !== null)
    ? (await recordedTransactions(look.session)).map((row) => ({ ...ofRecord(row), startedAt: null }))
    : await findSnapshots(look);
  if (now === undefined) return holders;
  const differ = <Value>(before: Value | null, after: Value | null): boolean =>
    before !== null && after !== null && before !== after;
  return holders.filter((holder) => {
    const later = now.find(({ id }) => id === holder.id);
    if (later === undefined) return false;
    return !differ(holder.number, later.number) && !differ(holder.startedAt, later.startedAt);
  });
}

/** What an attempt that may not swap is told. */
export interface OldSnapshots {
  readonly detail: string;
  readonly holders: readonly SnapshotHolder[];
  /** Some of them wait for our lock, and cannot end before they were let through. */
  readonly waitForUs?: boolean;
}

const snapshotsAreOpen = 'transactions with old snapshots are open';
const unseen: OldSnapshots = { detail: 'the server does not show who has an old snapshot', holders: [] };

/**
 * Before the lock: who has a snapshot and is not about to end, so that asking for the lock would only hold up writers.
 * @returns undefined where nobody has.
 */
export async function lastingSnapshots(look: LookOptions): Promise<OldSnapshots | undefined> {
  const all = await findSnapshots(look);
  if (all === undefined) return unseen;
  const holders = all.filter(({ ageSeconds }) => ageSeconds * 1_000 > blockerAgeMs);
  return holders.length === 0 ? undefined : { detail: `${snapshotsAreOpen}; no lock was asked for`, holders };
}

/**
 * Waits until nobody has a snapshot from before the call. To be called when the last row of the new table is committed.
 * @param table the table that is locked: who waits for it cannot end before we do.
 * @returns who has one still, or undefined when nobody has. @throws the signal's reason.
 */
export async function awaitOldSnapshots(
  look: LookOptions,
  table: TableName,
  signal: AbortSignal,
): Promise<OldSnapshots | undefined> {
  const deadline = performance.now() + snapshotWaitMs;
  let old = await findSnapshots(look);
  let waitForUs = false;
  while (old === undefined || old.length > 0) {
    signal.throwIfAborted();
    if (performance.now() > deadline) break;
    waitForUs = old !== undefined && (await someWaitFor(look.session, table, old));
    if (waitForUs) break;
    await sleep(snapshotLookIntervalMs);
    // The first look that shows anything says who is old.
    old = old === undefined ? await findSnapshots(look) : await stillThere(look, old);
  }
  if (old === undefined) return unseen;
  return old.length === 0 ? undefined : { detail: snapshotsAreOpen, holders: old, waitForUs };
}

async function someWaitFor(
  session: Session,
  { database, table }: TableName,
  holders: readonly SnapshotHolder[],
): Promise<boolean> {
  const rows = await session.rows<{ id: number | string }>(
    `SELECT t.processlist_id AS id
       FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
      WHERE l.object_type = 'TABLE' AND l.object_schema = ? AND l.object_name = ? AND l.lock_status = 'PENDING'`,
    [database, table],
  );
  return rows.some(({ id }) => holders.some((holder) => holder.id === Number(id)));
}
