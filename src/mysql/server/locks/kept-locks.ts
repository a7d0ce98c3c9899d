/**
 * Locks that are kept until their session says otherwise (HANDLER … OPEN, LOCK TABLES), in a transaction or not: no
 * transaction tells how old they are, so they are looked at twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { blockerAgeMs } from '../../../limits/mysql-server.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';

/**
 * The connections that keep the same lock on the table for longer than a holder may that is about to end. Takes as long
 * where there are any. @throws the signal's reason.
 */
export async function findKeepers(
  session: Session,
  table: TableName,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const before = await keptLocks(session, table);
  if (before.length === 0) return new Set();
  await sleep(blockerAgeMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  const seen = new Set(before.map(({ lock }) => lock));
  const kept = (await keptLocks(session, table)).filter(({ lock }) => seen.has(lock));
  return new Set(kept.map(({ id }) => Number(id)));
}

function keptLocks(
  session: Session,
  { database, table }: TableName,
): Promise<readonly { readonly id: number | string; readonly lock: string }[]> {
  return session.rows(
    `SELECT t.processlist_id AS id, CONCAT_WS(' ', l.owner_thread_id, l.owner_event_id, l.object_instance_begin) AS \`lock\`
       FROM performance_schema.metadata_locks l JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
      WHERE l.object_type = 'TABLE' AND l.object_schema = ? AND l.object_name = ? AND l.lock_status = 'GRANTED'
        AND (l.lock_duration = 'EXPLICIT' OR l.lock_type IN ('SHARED_READ_ONLY', 'SHARED_NO_READ_WRITE'))`,
    [database, table],
  );
}
