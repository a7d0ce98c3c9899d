/** The table of the benchmark: rows like those of sysbench's `oltp` tests, made by the server, the same in every run. */
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { MysqlServer } from '../mysql-server.js';
import type { ShopAccess } from '../shop/access.js';

export const benchDatabase = 'bench';
export const benchTable = 'sbtest1';

/** The change that every part makes: another type for one column, which needs a copy of every row. */
export const benchChange = "MODIFY pad VARCHAR(80) NOT NULL DEFAULT ''";

const columns = `id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL DEFAULT '',
  pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id)`;

/** What a writer does: one `k` is raised by one. */
export function raiseOne(rows: number): (random: () => number) => string {
  return (random) => `UPDATE ${benchTable} SET k = k + 1 WHERE id = ${1 + Math.floor(random() * rows)}`;
}

/** Rows of one statement of the fill. */
const fillRows = 50_000;

/** How a writer reaches the table on this cluster. */
export function benchAccess({ host, port, app }: MysqlServer): ShopAccess {
  return { host, port, ...app, database: benchDatabase };
}

/** A session with all rights in the benchmark's database, which is made where it is missing. */
export async function openBenchSession({ host, port, root }: MysqlServer): Promise<Connection> {
  const connection = await createConnection({ host, port, ...root, charset: 'utf8mb4' });
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${benchDatabase}`);
  await connection.query(`USE ${benchDatabase}`);
  return connection;
}

/**
 * Makes the table anew and fills it, outside of the binlog, then waits until the server has written its pages: every
 * part begins in the same state. @param onRows told how many rows there are so far.
 */
export async function fillTable(session: Connection, rows: number, onRows: (rows: number) => void): Promise<void> {
  await dropTables(session);
  await session.query('SET SESSION sql_log_bin = 0, SESSION cte_max_recursion_depth = 1000000');
  await session.query(`CREATE TABLE ${benchTable} (${columns}) ENGINE=InnoDB`);
  for (let from = 1; from <= rows; from += fillRows) {
    const to = Math.min(from + fillRows - 1, rows);
    await session.query(
      `INSERT INTO ${benchTable} (id, k, c, pad)
       WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to})
       SELECT n, CRC32(n) % ${rows} + 1, ${digits(10, 'c')}, ${digits(5, 'p')} FROM numbers`,
    );
    onRows(to);
  }
  await session.query(`ALTER TABLE ${benchTable} ADD KEY k_1 (k)`);
  await session.query(`ANALYZE TABLE ${benchTable}`);
  await session.query('SET SESSION sql_log_bin = 1');
  await writePages(session);
}

/** Groups of eleven digits with dashes between them, as sysbench fills its text columns. */
function digits(groups: number, salt: string): string {
  const group = (number: number): string => `LPAD(CRC32(CONCAT(n, '${salt}${number}')) * 23, 11, '0')`;
  return `CONCAT_WS('-', ${Array.from({ length: groups }, (_none, number) => group(number)).join(', ')})`;
}

/** Drops everything in the database: the table, and what an earlier part has left. */
export async function dropTables(session: Connection): Promise<void> {
  const [rows] = await session.query<(RowDataPacket & { name: string })[]>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${benchDatabase}'`,
  );
  for (const { name } of rows) await session.query(`DROP TABLE \`${name}\``);
}

const writePagesMsMax = 60_000;

/** Waits until the server has written its pages. */
export async function writePages(session: Connection): Promise<void> {
  await session.query('SET GLOBAL innodb_max_dirty_pages_pct = 0');
  const deadline = performance.now() + writePagesMsMax;
  while (performance.now() < deadline) {
    const [rows] = await session.query<(RowDataPacket & { Value: string })[]>(
      "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'",
    );
    if (Number(rows[0]?.Value ?? 0) < 100) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await session.query('SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT');
}

export interface Contents {
  readonly rows: number;
  /** Sum of column `k`, which the writers of the benchmark raise by one per transaction. */
  readonly sumOfK: number;
  /** Of the columns that nobody writes. */
  readonly hash: string;
}

/** What is in the table, to tell whether a part has really done its work. */
export async function readContents(session: Connection): Promise<Contents> {
  const [rows] = await session.query<(RowDataPacket & { n: number; sum: string; hash: string })[]>(
    `SELECT COUNT(*) AS n, SUM(k) AS sum, HEX(BIT_XOR(CRC32(CONCAT_WS(',', id, c, pad)))) AS hash FROM ${benchTable}`,
  );
  const [row] = rows;
  return { rows: Number(row?.n), sumOfK: Number(row?.sum), hash: row?.hash ?? '' };
}
