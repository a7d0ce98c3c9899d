/** What statements of ours wait for on the server, and who makes them wait: named, without a word of what those run (P8). */
import { blockersNamedMax } from '../../../limits/shared.js';
import type { Session } from './session.js';

/** A statement that waits. */
export interface StatementWait {
  /** Of its connection. */
  readonly id: number;
  /** Whether for a lock, and not for something else. */
  readonly isLock: boolean;
  /** Words for people. */
  readonly why: string;
}

interface HolderRow {
  readonly id: number | string;
  readonly object: string;
  readonly holder: number | string | null;
  readonly user: string | null;
  readonly host: string | null;
  readonly held: string;
}

/**
 * Which of these connections wait, by what the server says of their state. Not for locks on rows, whose waits the server
 * itself ends after some seconds, and which cannot be looked at without holding others up.
 */
export async function findStatementWaits(session: Session, ids: readonly number[]): Promise<readonly StatementWait[]> {
  if (ids.length === 0) return [];
  const waiting = await session.rows<{ id: number | string; state: string }>(
    `SELECT processlist_id AS id, processlist_state AS state FROM performance_schema.threads
      WHERE processlist_id IN (${ids.join(', ')})
        AND (processlist_state LIKE 'Waiting for%' OR processlist_state = 'User lock')`,
  );
  if (waiting.length === 0) return [];
  const holders = await holdersOf(
    session,
    waiting.map(({ id }) => Number(id)),
  );
  return waiting.map(({ id, state }) => {
    const ofThis = holders.filter((row) => Number(row.id) === Number(id));
    return { id: Number(id), isLock: / lock$/.test(state), why: state + heldWords(ofThis) };
  });
}

function holdersOf(session: Session, ids: readonly number[]): Promise<readonly HolderRow[]> {
  return session.rows<HolderRow>(
    `SELECT DISTINCT w.processlist_id AS id, CONCAT_WS('.', p.object_schema, p.object_name) AS object,
            h.processlist_id AS holder, h.processlist_user AS user, h.processlist_host AS host, g.lock_type AS held
       FROM performance_schema.metadata_locks p
       JOIN performance_schema.threads w ON w.thread_id = p.owner_thread_id
       JOIN performance_schema.metadata_locks g
         ON g.object_type = p.object_type AND g.object_schema <=> p.object_schema AND g.object_name <=> p.object_name
        AND g.lock_status = 'GRANTED' AND g.owner_thread_id <> p.owner_thread_id
       LEFT JOIN performance_schema.threads h ON h.thread_id = g.owner_thread_id
      WHERE p.lock_status = 'PENDING' AND w.processlist_id IN (${ids.join(', ')})`,
  );
}

function heldWords(rows: readonly HolderRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const names = rows.slice(0, blockersNamedMax).map(({ holder, user, host, held }) => {
    return holder === null ? `a prepared XA transaction (${held})` : `${holder} ${user ?? ''}@${host ?? ''} (${held})`;
  });
  const more = rows.length > names.length ? ` and ${rows.length - names.length} more` : '';
  const on = first.object === '' ? '' : ` on ${first.object}`;
  return `${on}; held by ${names.join(', ')}${more}`;
}
