/** What earlier migrations on this server tell of the next one: how fast they copied, and for how long swaps held writers. */
import type { SwapsSeen } from '../../../domain/statement-plan.js';
import { experiencedBytesMin, experiencedOperationsMax } from '../../../limits/mysql-server.js';
import type { Session } from '../session/session.js';

/**
 * Bytes per second of the last migrations, copying and building indexes, in no order. Those of small tables are left out:
 * most of their time they did something else. What paused or was held back is slower, and counts as it was.
 */
export async function loadCopyRates(session: Session): Promise<readonly number[]> {
  const rows = await session.rows<{ bytesPerSecond: number | string | null }>(
    `SELECT bytes / seconds AS bytesPerSecond
       FROM (SELECT p.rows_copied * JSON_EXTRACT(o.plan, '$.averageRowBytes') AS bytes,
                    TIMESTAMPDIFF(MICROSECOND, FROM_UNIXTIME(JSON_EXTRACT(o.plan, '$.conversion.timestampSeconds')),
                      COALESCE(p.indexed_at, p.copied_at)) / 1000000 AS seconds, o.closed_at
               FROM _switchyard.operations o JOIN _switchyard.progress p USING (operation_id)
              WHERE o.kind = 'onlineDdl' AND o.state = 'completed' AND p.copied_at IS NOT NULL AND JSON_VALID(o.plan)) AS done
      WHERE bytes >= ? AND seconds > 0 ORDER BY closed_at DESC LIMIT ${experiencedOperationsMax}`,
    [experiencedBytesMin],
  );
  return rows.map(({ bytesPerSecond }) => Number(bytesPerSecond));
}

/** Of the last swaps; null where there was none. */
export async function loadSwapsSeen(session: Session): Promise<SwapsSeen | null> {
  const rows = await session.rows<{ ms: number | string }>(
    `SELECT blocked_ms AS ms FROM _switchyard.cut_overs
      WHERE outcome = 'swapped' AND blocked_ms IS NOT NULL ORDER BY ended_at DESC LIMIT ${experiencedOperationsMax}`,
  );
  if (rows.length === 0) return null;
  const sorted = rows.map(({ ms }) => Number(ms)).sort((one, other) => one - other);
  return { swaps: sorted.length, medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0, longestMs: sorted.at(-1) ?? 0 };
}
