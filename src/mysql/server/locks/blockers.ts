/** Who would keep, or has kept, a cut-over from its lock: named by id, user, host, age and statement (P3). */
import type { Blocker } from '../../../domain/attempt.js';
import { blockerAgeMs, blockerStatementCharacters } from '../../../limits/mysql-server.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';
import type { SnapshotHolder } from './old-snapshots.js';

/**
 * Whether asking for the lock would only make writers queue behind it: a transaction that is not about to end, a prepared
 * one, and locks of the whole server (a backup would let LOCK TABLES through and then hold up the RENAME).
 */
export function forbidsLock({ id, ageSeconds, holds }: Blocker): boolean {
  return id === 0 || ageSeconds * 1_000 > blockerAgeMs || /\((BACKUP LOCK|GLOBAL)\)$/.test(holds);
}

/** Who holds what, for people; what no session holds says so itself. */
export function holderWords({ id, user, host, holds }: Blocker): string {
  return id === 0 ? holds : `session ${id} of ${user}@${host} (${holds})`;
}

interface HolderRow {
  readonly id: number | string | null;
  readonly user: string | null;
  readonly host: string | null;
  readonly ageMs: number | string | null;
  readonly statement: string | null;
  readonly holds: string;
}

/**
 * Transactions come from performance_schema (its consumer is on by default): reading information_schema.innodb_trx fails
 * with error 3988 as long as *anybody* runs a statement with four-byte text, since its texts are utf8mb3 (tried).
 */
const transactionAgeMs = 'x.timer_wait / 1000000000';

const statementWithoutValues = `COALESCE(s.digest_text, UPPER(REGEXP_SUBSTR(t.processlist_info, '^[[:space:]]*[A-Za-z]+')))`;

/**
 * Granted metadata locks of others on these tables, and global or backup locks that would block the lock or the RENAME.
 * @param ownIds connection ids of the attempt itself.
 */
export async function findLockHolders(
  session: Session,
  tables: readonly TableName[],
  ownIds: readonly number[],
): Promise<readonly Blocker[]> {
  const onTables = tables.map(() => '(l.object_schema = ? AND l.object_name = ?)').join(' OR ');
  const rows = await session.rows<HolderRow>(
    `SELECT t.processlist_id AS id, t.processlist_user AS user, t.processlist_host AS host,
            ${transactionAgeMs} AS ageMs,
            ${statementWithoutValues} AS statement,
            CONCAT(l.lock_type, IF(l.object_type = 'TABLE', CONCAT(' on ', l.object_schema, '.', l.object_name),
              CONCAT(' (', l.object_type, ')'))) AS holds
       FROM performance_schema.metadata_locks l
       LEFT JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
       LEFT JOIN performance_schema.events_statements_current s ON s.thread_id = l.owner_thread_id
       LEFT JOIN performance_schema.events_transactions_current x
              ON x.thread_id = l.owner_thread_id AND x.state = 'ACTIVE'
      WHERE l.lock_status = 'GRANTED'
        AND ((l.object_type = 'TABLE' AND (${onTables}))
          OR (l.object_type = 'BACKUP LOCK' AND l.lock_type = 'SHARED')
          OR (l.object_type = 'GLOBAL' AND l.lock_type = 'SHARED'))`,
    tables.flatMap(({ database, table }) => [database, table]),
  );
  const holders = new Map<string, Blocker>();
  for (const row of rows) {
    const id = Number(row.id ?? 0);
    if (id !== 0 && ownIds.includes(id)) continue;
    if (!holders.has(`${id} ${row.holds}`)) holders.set(`${id} ${row.holds}`, describe(row, id));
  }
  const list = [...holders.values()];
  return list.some(({ id }) => id === 0) ? nameXaHolders(session, list) : list;
}

function describe(row: HolderRow, id: number): Blocker {
  return {
    id,
    user: row.user ?? '',
    host: row.host ?? '',
    ageSeconds: Math.round(Number(row.ageMs ?? 0) / 100) / 10,
    statement: (row.statement ?? '').replace(/\s+/g, ' ').trim().slice(0, blockerStatementCharacters),
    holds: row.holds,
  };
}

/**
 * A holder without a session is a prepared XA transaction; the ids that XA RECOVER lists are its only name. Where there
 * is none, it was a session that ended while its locks and threads were read one after the other (seen: one of ours).
 */
async function nameXaHolders(session: Session, holders: readonly Blocker[]): Promise<readonly Blocker[]> {
  const prepared = await preparedXa(session);
  if (prepared.length === 0) return holders.filter(({ id }) => id !== 0);
  return holders.map((holder) =>
    holder.id === 0 ? { ...holder, statement: `prepared XA transaction, one of: ${prepared.join(', ')}` } : holder,
  );
}

/** The ids of prepared XA transactions, as hex. Needs XA_RECOVER_ADMIN. */
export async function preparedXa(session: Session): Promise<readonly string[]> {
  const rows = await session.rows<{ data: string }>('XA RECOVER CONVERT XID');
  return rows.map(({ data }) => data);
}

/** Names transactions that have a snapshot older than the new table. */
export async function nameSnapshotHolders(
  session: Session,
  holders: readonly SnapshotHolder[],
): Promise<readonly Blocker[]> {
  if (holders.length === 0) return [];
  const rows = await session.rows<Omit<HolderRow, 'ageMs' | 'holds'>>(
    `SELECT t.processlist_id AS id, t.processlist_user AS user, t.processlist_host AS host,
            ${statementWithoutValues} AS statement
       FROM performance_schema.threads t LEFT JOIN performance_schema.events_statements_current s USING (thread_id)
      WHERE t.processlist_id IN (${holders.map(({ id }) => id).join(', ')})`,
  );
  return holders.map(({ id, ageSeconds }) => {
    const row = rows.find((other) => Number(other.id) === id) ?? { id, user: null, host: null, statement: null };
    return describe({ ...row, ageMs: ageSeconds * 1_000, holds: 'a snapshot older than the swap' }, id);
  });
}
