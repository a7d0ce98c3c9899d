/** The table locks of an attempt: nobody else reads or writes the tables while they are held. */
import { quoteTable } from '../../../schema/identifier.js';
import type { TableName } from '../../../schema/table-model.js';
import type { Session } from '../session/session.js';

/** LOCK TABLES … WRITE for all; the caller's watchdog bounds the wait. */
export async function lockTables(locked: Session, tables: readonly TableName[]): Promise<void> {
  await locked.run(`LOCK TABLES ${tables.map((table) => `${quoteTable(table)} WRITE`).join(', ')}`);
}

/** Ends the lock; a connection that is gone has released it already. */
export async function unlockTables(locked: Session): Promise<void> {
  if (locked.closed) return;
  await locked.run('UNLOCK TABLES').catch(() => locked.destroy());
}
