/**
 * AUTO_INCREMENT counters: rows that were deleted have used numbers too, so a counter is raised to that of the other side.
 * That is DDL on the side that is about to get the writes, which an idle reader there holds up: so it is done before the
 * gate is shut, with a margin, and under the shut gate it is only looked whether it is enough.
 */
import { counterMargin } from '../../limits/mysql-move.js';
import { quoteTable } from '../../schema/identifier.js';
import type { ColumnModel, TableName } from '../../schema/table-model.js';
import { inSets, placeholders } from '../server/introspect/in-sets.js';
import { withBriefLocks, type BriefLocksOptions } from '../server/locks/brief-locks.js';
import type { Session } from '../server/session/session.js';
import type { TablePlan } from '../table/rows/table-plan.js';

/** A counter that is too low, and what it has to be at least. */
export interface LowCounter {
  readonly table: TableName;
  readonly column: ColumnModel;
  readonly wanted: bigint;
}

/** The counters of a stream's tables, as they were at one moment. */
export type Counters = (table: TableName) => bigint;

/** A few statements, however many tables there are. @param from on the stream's `from`. */
export function countersOf(from: Session, tables: readonly TablePlan[]): Promise<Counters> {
  return readCounters(
    from,
    counting(tables).map(({ source }) => source),
  );
}

/**
 * The counters of the copies that are below these. Those of rows that are still to be applied are, too: so where it
 * matters, what was committed when these were read is applied before.
 * @param to on the stream's `to`. @throws the driver's errors.
 */
export async function lowCounters(
  to: Session,
  tables: readonly TablePlan[],
  counters: Counters,
): Promise<readonly LowCounter[]> {
  const counted = counting(tables);
  const own = await readCounters(
    to,
    counted.map(({ copy }) => copy),
  );
  return counted.flatMap(({ source, copy: table, column }) => {
    const wanted = counters(source);
    return wanted > own(table) ? [{ table, column, wanted }] : [];
  });
}

function counting(
  tables: readonly TablePlan[],
): readonly (Pick<TablePlan, 'source' | 'copy'> & { readonly column: ColumnModel })[] {
  return tables.flatMap(({ source, copy, pairs }) => {
    const column = pairs.find((pair) => pair.source.autoIncrement)?.target;
    return column === undefined ? [] : [{ source, copy, column }];
  });
}

async function readCounters(session: Session, tables: readonly TableName[]): Promise<(table: TableName) => bigint> {
  const counters = new Map<string, bigint>();
  const keyOf = ({ database, table }: TableName): string => JSON.stringify([database, table]);
  for (const set of inSets(tables)) {
    const databases = [...new Set(set.map(({ database }) => database))];
    // Our sessions have information_schema_stats_expiry=0: it is what the engine has now.
    const rows = await session.rows<TableName & { counter: string }>(
      `SELECT table_schema AS \`database\`, table_name AS \`table\`, CAST(auto_increment AS CHAR) AS counter
         FROM information_schema.tables
        WHERE table_schema IN ${placeholders(databases)} AND table_name IN ${placeholders(set)}
          AND auto_increment IS NOT NULL`,
      [...databases, ...set.map(({ table }) => table)],
    );
    for (const row of rows) counters.set(keyOf(row), BigInt(row.counter));
  }
  return (table) => counters.get(keyOf(table)) ?? 1n;
}

/** Raises them, with a margin. @param session on their server. @throws StillHeld, the driver's errors. */
export async function raiseCounters(
  session: Session,
  counters: readonly LowCounter[],
  waits: Pick<BriefLocksOptions, 'longestMs' | 'signal'> = {},
): Promise<void> {
  if (counters.length === 0) return;
  await withBriefLocks(session, waits, async (run) => {
    for (const { table, column, wanted } of counters) {
      const statement = `ALTER TABLE ${quoteTable(table)} AUTO_INCREMENT = ${wanted + marginOf(column, wanted)}`;
      await run([table], () => session.run(statement));
    }
  });
}

const wholeNumbers: Readonly<Record<string, bigint>> = { int: 32n, bigint: 64n };

/** Small types have no numbers to spare, and none has any close to its end. */
function marginOf({ dataType, unsigned }: ColumnModel, wanted: bigint): bigint {
  const bits = wholeNumbers[dataType];
  if (bits === undefined) return 0n;
  const last = 2n ** (unsigned ? bits : bits - 1n) - 1n;
  return wanted + BigInt(counterMargin) < last ? BigInt(counterMargin) : 0n;
}
