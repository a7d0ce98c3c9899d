/** AUTO_INCREMENT counters: rows that were deleted have used numbers too, so a counter is raised to that of the other side. */
import { quoteTable } from '../../schema/identifier.js';
import { autoIncrementOf } from '../../schema/create-statement.js';
import { showCreateTable } from '../server/introspect/load-table.js';
import type { TablePlan } from '../table/rows/table-plan.js';
import type { Session } from '../server/session/session.js';

/** The counters of the source tables, in their order; null for a table without. */
export async function readCounters(
  session: Session,
  tables: readonly TablePlan[],
): Promise<readonly (string | null)[]> {
  const counters: (string | null)[] = [];
  for (const { pairs, source } of tables) {
    const counts = pairs.some((pair) => pair.source.autoIncrement);
    counters.push(counts ? autoIncrementOf(await showCreateTable(session, source)) : null);
  }
  return counters;
}

/** Raises the counters of the copies; one that is higher stays. */
export async function raiseCounters(
  session: Session,
  tables: readonly TablePlan[],
  counters: readonly (string | null)[],
): Promise<void> {
  const own = await readCounters(
    session,
    tables.map((plan) => ({ ...plan, source: plan.copy })),
  );
  for (const [index, { copy }] of tables.entries()) {
    const wanted = counters[index];
    if (wanted == null || BigInt(wanted) <= BigInt(own[index] ?? '1')) continue;
    await session.run(`ALTER TABLE ${quoteTable(copy)} AUTO_INCREMENT = ${BigInt(wanted)}`);
  }
}
