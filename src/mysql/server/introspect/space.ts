/** What takes room on a server as far as SQL tells it: how much is free it does not tell. */
import type { Session } from '../session/session.js';

export interface SpaceTaken {
  readonly binlogBytes: number;
  /** Of copies and retained tables, by their names; an estimate of the server's. */
  readonly ownTables: number;
  readonly ownTablesBytes: number;
}

/** Needs REPLICATION CLIENT. @throws the driver's errors. */
export async function spaceTaken(session: Session): Promise<SpaceTaken> {
  const logs = await session.rows<{ File_size: number | string }>('SHOW BINARY LOGS');
  const { tables, bytes } = await session.row<{ tables: number | string; bytes: number | string | null }>(
    `SELECT COUNT(*) AS tables, SUM(data_length + index_length) AS bytes FROM information_schema.tables
      WHERE (LEFT(table_name, 4) = '_sw_' OR LEFT(table_schema, 4) = '_sw_') AND table_type = 'BASE TABLE'`,
  );
  return {
    binlogBytes: logs.reduce((sum, { File_size }) => sum + Number(File_size), 0),
    ownTables: Number(tables),
    ownTablesBytes: Number(bytes ?? 0),
  };
}
