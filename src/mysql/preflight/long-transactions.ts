/** Transactions that are open for long: if they have used the table, no attempt to cut over gets its lock (P3). */
import { longTransactionsNamedMax } from '../../limits/preflight.js';
import type { Check } from './check.js';

interface TransactionRow {
  readonly id: number | string;
  readonly user: string | null;
  readonly host: string | null;
  readonly ageSeconds: number | string;
}

/** @param leastSeconds the age from which one is named. The check warns, it never fails. Needs PROCESS. */
export function checkLongTransactions(leastSeconds: number): Check {
  return async ({ session }) => {
    // The server tells trx_started in its system time zone. Session 0 is a prepared XA transaction: another check's.
    const rows = await session.rows<TransactionRow>(
      `SELECT x.trx_mysql_thread_id AS id, t.processlist_user AS user, t.processlist_host AS host,
              TIMESTAMPDIFF(SECOND, x.trx_started, CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM')) AS ageSeconds
         FROM information_schema.innodb_trx x
         LEFT JOIN performance_schema.threads t ON t.processlist_id = x.trx_mysql_thread_id
        WHERE x.trx_mysql_thread_id <> 0 HAVING ageSeconds >= ? ORDER BY ageSeconds DESC, id`,
      [leastSeconds],
    );
    const named = rows
      .slice(0, longTransactionsNamedMax)
      .map(({ id, user, host, ageSeconds }) => `session ${id} (${user ?? '?'}@${host ?? '?'}) for ${ageSeconds} s`);
    const more = rows.length - named.length;
    if (named.length === 0) return [];
    return [
      `Transactions are open: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}. ` +
        `Those that have used the table hold up the cut-over until they end.`,
    ];
  };
}
