/** Small tables, as many as are wanted, which writers add rows to and readers count. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { benchDatabase } from './sbtest.js';

/** The table that a holder holds. */
export const firstTable = 't0';

const columns =
  "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, k INT NOT NULL, c CHAR(120) NOT NULL DEFAULT '', KEY k_1 (k)";

/** Makes them anew, outside of the binlog. @param onTables told how many there are so far. */
export async function makeTables(
  session: Connection,
  { tables, rows }: { readonly tables: number; readonly rows: number },
  onTables: (tables: number) => void,
): Promise<void> {
  await session.query('SET SESSION sql_log_bin = 0, SESSION cte_max_recursion_depth = 1000000');
  for (let number = 0; number < tables; number += 1) {
    await session.query(`CREATE TABLE t${number} (${columns}) ENGINE=InnoDB`);
    await session.query(
      `INSERT INTO t${number} (k, c) WITH RECURSIVE numbers (n) AS
         (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows}) SELECT n, SHA2(n, 256) FROM numbers`,
    );
    onTables(number + 1);
  }
  await session.query('SET SESSION sql_log_bin = 1');
}

/** A write that adds a row to one of them. */
export function addRow(tables: number): (random: () => number) => string {
  return (random) => `INSERT INTO ${oneOf(tables, random)} (k) VALUES (${Math.floor(random() * 1_000_000)})`;
}

/** A read of one of them. */
export function countOne(tables: number): (random: () => number) => string {
  return (random) => `SELECT COUNT(*) FROM ${oneOf(tables, random)}`;
}

function oneOf(tables: number, random: () => number): string {
  return `t${Math.floor(random() * tables)}`;
}

/** Rows of all of them together. */
export async function countRows(session: Connection, tables: number): Promise<number> {
  let sum = 0;
  for (let number = 0; number < tables; number += 1) {
    const [rows] = await session.query<(RowDataPacket & { n: number })[]>(
      `SELECT COUNT(*) AS n FROM ${benchDatabase}.t${number}`,
    );
    sum += Number(rows[0]?.n);
  }
  return sum;
}
