/** Transactions that are open for long: if they have used the table, no attempt to cut over gets its lock (P3). */
import { longTransactionSeconds, longTransactionsNamedMax } from '../../../limits/mysql-preflight.js';
import type { Check } from '../check.js';

interface TransactionRow {
  readonly id: number | string;
  readonly user: string | null;
  readonly host: string | null;
  readonly ageSeconds: number | string;
}

/** Warns, never fails. Needs PROCESS. */
export const checkLongTransactions: Check<'server'> = {
  scope: 'server',
  ask: async ({ session }) => {
    // Not from innodb_trx: reading it fails while anybody runs a statement with four-byte text (locks/blockers.ts).
    const rows = await session.rows<TransactionRow>(
      `SELECT t.processlist_id AS id, t.processlist_user AS user, t.processlist_host AS host,
              FLOOR(x.timer_wait / 1000000000000) AS ageSeconds
         FROM performance_schema.events_transactions_current x JOIN performance_schema.threads t USING (thread_id)
        WHERE x.state = 'ACTIVE' AND t.processlist_id IS NOT NULL HAVING ageSeconds >= ? ORDER BY ageSeconds DESC, id`,
      [longTransactionSeconds],
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
  },
};
