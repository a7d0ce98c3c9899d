/**
 * The independent check: it reads the final table itself, with SQL of its own, and knows nothing of how the table got
 * there. Every acknowledged write must be there with its value, and nothing else.
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { ShopModel } from './model.js';
import { orderColumns, type OrderRow } from './orders.js';

export interface CheckResult {
  readonly rowsRead: number;
  /** Empty when all of it held; at most twenty are kept. */
  readonly differences: readonly string[];
}

const pageRows = 20_000;

/** Compares the whole table with the model, once every client has stopped. */
export async function checkAgainstModel(connection: Connection, table: string, model: ShopModel): Promise<CheckResult> {
  const differences: string[] = [];
  const note = (text: string): void => {
    if (differences.length < 20) differences.push(text);
  };
  let rowsRead = 0;
  let last = 0;
  const seen = new Set<number>();
  for (;;) {
    const [rows] = await connection.query<(RowDataPacket & OrderRow & { id: number })[]>(
      `SELECT ${orderColumns} FROM \`${table}\` WHERE id > ? ORDER BY id LIMIT ${pageRows}`,
      [last],
    );
    for (const { id: rawId, ...row } of rows) {
      const id = Number(rawId);
      if (model.touched.has(id)) seen.add(id);
      const expected = model.expected(id);
      if (expected === undefined) note(`id ${id} is there and must not be`);
      else compare(id, expected, row as OrderRow, note);
      last = id;
    }
    rowsRead += rows.length;
    if (rows.length < pageRows) break;
  }
  for (const [id, { row }] of model.touched) {
    if (row !== null && !seen.has(id)) note(`id ${id} is missing (${row.reference})`);
  }
  if (rowsRead !== model.expectedCount()) note(`${rowsRead} rows, expected ${model.expectedCount()}`);
  return { rowsRead, differences };
}

function compare(id: number, expected: OrderRow, actual: OrderRow, note: (text: string) => void): void {
  for (const column of Object.keys(expected) as (keyof OrderRow)[]) {
    const [want, have] = [expected[column], actual[column]];
    if (String(want) !== String(have)) note(`id ${id}: ${column} is ${String(have)}, expected ${String(want)}`);
  }
}

/** Rows that no client wrote after the swap must be in both tables with the same values. @returns differing ids. */
export async function compareWithRetained(
  connection: Connection,
  table: string,
  retained: string,
  writtenSinceSwap: ReadonlySet<number>,
): Promise<readonly number[]> {
  const columns = 'reference, customer, status, total, note, details, placed_at, total_cents';
  const equal = columns
    .split(', ')
    .map((name) => `n.${name} <=> o.${name}`)
    .join(' AND ');
  const [rows] = await connection.query<(RowDataPacket & { id: number })[]>(
    `SELECT o.id FROM \`${retained}\` o LEFT JOIN \`${table}\` n USING (id) WHERE n.id IS NULL OR NOT (${equal})
     UNION ALL SELECT n.id FROM \`${table}\` n LEFT JOIN \`${retained}\` o USING (id) WHERE o.id IS NULL`,
  );
  return rows.map(({ id }) => Number(id)).filter((id) => !writtenSinceSwap.has(id));
}
