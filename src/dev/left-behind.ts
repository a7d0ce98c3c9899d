/** What a move leaves on a server, as its own catalogue tells: for people to read. */
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { MysqlServer } from './mysql-server.js';

async function connected<Result>(
  { host, port, app }: MysqlServer,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await createConnection({ host, port, ...app, charset: 'utf8mb4' });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

/** Runs one statement as the application. */
export async function run(server: MysqlServer, statement: string): Promise<void> {
  await connected(server, (connection) => connection.query(statement));
}

const sidecarTables = ['table_locks', 'streams', 'owned_tables'] as const;

/** The tables and triggers of the database, and the rows of the sidecar that are open; one line each. */
export async function findLeftBehind(server: MysqlServer, database: string): Promise<readonly string[]> {
  return connected(server, async (connection) => {
    const names = async (sql: string): Promise<readonly string[]> => {
      const [rows] = await connection.query<(RowDataPacket & { name: string })[]>(sql, [database]);
      return rows.map(({ name }) => name);
    };
    const tables = await names(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name`,
    );
    const triggers = await names(
      `SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = ? ORDER BY trigger_name`,
    );
    const lines = [listed('tables', tables), listed('triggers', triggers)];
    for (const table of sidecarTables) {
      const [rows] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM _switchyard.${table}`);
      lines.push(rows.length === 0 ? '' : `${rows.length} rows in _switchyard.${table}`);
    }
    return lines.filter((line) => line !== '');
  });
}

function listed(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what} ${names.join(', ')}`;
}

/** Why the server does not take a write of this table; null where it does (and nothing is changed by it). */
export async function refusalOfWrites(server: MysqlServer, database: string, table: string): Promise<string | null> {
  return connected(server, async (connection) => {
    await connection.query('START TRANSACTION');
    try {
      await connection.query(`DELETE FROM \`${database}\`.\`${table}\` LIMIT 1`);
      return null;
    } catch (error) {
      const { errno, message } = error as { errno?: number; message: string };
      return `${errno ?? ''} ${message}`.trim();
    } finally {
      await connection.query('ROLLBACK');
    }
  });
}
