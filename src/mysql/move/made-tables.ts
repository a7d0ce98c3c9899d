/**
 * The target tables that a move has made. A table is made under a name of ours and renamed, so that at any moment it can be
 * told whether a table with the application's name is one that we made (P4): it is only where the sidecar says so and
 * nothing has the name of ours.
 */
import { tablesMadeAtOnce } from '../../limits/mysql-move.js';
import { quoteTable } from '../../schema/identifier.js';
import type { TableName } from '../../schema/table-model.js';
import { inSets } from '../server/introspect/in-sets.js';
import { existingTables } from '../server/introspect/load-table.js';
import type { Session } from '../server/session/session.js';
import { forgetOwned, listOwned } from '../server/sidecar/operations.js';

/** A table's name before and after. */
export interface Renamed {
  readonly from: TableName;
  readonly to: TableName;
}

/** In one statement: all of them, or none. */
export async function renameTables(session: Session, renamed: readonly Renamed[]): Promise<void> {
  const names = renamed.map(({ from, to }) => `${quoteTable(from)} TO ${quoteTable(to)}`);
  await session.run(`RENAME TABLE ${names.join(', ')}`);
}

/**
 * Drops them. Each gets its name of ours back first, so that what is dropped has one. Repeatable.
 * @param session holds the operation's advisory lock on the server.
 */
export async function dropMade(session: Session, operationId: string): Promise<void> {
  const owned = await listOwned(session, operationId);
  const making = owned.filter(({ role }) => role === 'copy');
  const targets = owned.filter(({ role }) => role === 'target');
  const isThere = await existing(session, [...making, ...targets]);
  const named = targets.flatMap((to) => {
    const made = making.find(({ ofTable }) => ofTable === to.ofTable);
    return made === undefined || isThere(made) || !isThere(to) ? [] : [{ from: to, to: made }];
  });
  for (const set of inSets(named, tablesMadeAtOnce)) await renameTables(session, set);
  await forgetOwned(session, operationId, 'target');
  for (const set of inSets(making, tablesMadeAtOnce)) {
    await session.run(`DROP TABLE IF EXISTS ${set.map(quoteTable).join(', ')}`);
  }
  await forgetOwned(session, operationId, 'copy');
}

/** All of them are in the target database. */
async function existing(session: Session, owned: readonly TableName[]): Promise<(name: TableName) => boolean> {
  const tables = owned.map(({ table }) => table);
  const found = await existingTables(session, owned[0]?.database ?? '', tables);
  return ({ table }) => found.has(table);
}
