/**
 * The target tables that a move has made. A table is made under a name of ours and renamed, so that at any moment it can be
 * told whether a table with the application's name is one that we made (P4): it is only where the sidecar says so and
 * nothing has the name of ours.
 */
import type { KeptTable } from '../../domain/retained.js';
import { tablesMadeAtOnce } from '../../limits/mysql-move.js';
import { quoteTable } from '../../schema/identifier.js';
import { retainedNameOf } from '../../schema/names.js';
import type { TableName } from '../../schema/table-model.js';
import { inSets } from '../server/introspect/in-sets.js';
import { existingTables } from '../server/introspect/load-table.js';
import type { RunBriefly } from '../server/locks/brief-locks.js';
import type { Session } from '../server/session/session.js';
import { forgetOwned, listOwned, recordOwned, type OwnedTable } from '../server/sidecar/operations.js';

/** A table's name before and after. */
export interface Renamed {
  readonly from: TableName;
  readonly to: TableName;
}

/** Where nobody holds them, or who does is waited for. */
const waiting: RunBriefly = async (_tables, statement) => {
  await statement();
};

/** In one statement: all of them, or none. */
export async function renameTables(
  session: Session,
  renamed: readonly Renamed[],
  run: RunBriefly = waiting,
): Promise<void> {
  const names = renamed.map(({ from, to }) => `${quoteTable(from)} TO ${quoteTable(to)}`);
  const tables = renamed.map(({ from }) => from);
  await run(tables, () => session.run(`RENAME TABLE ${names.join(', ')}`));
}

/**
 * Drops them. Each gets its name of ours back first, so that what is dropped has one. Repeatable.
 * @param session holds the operation's advisory lock on the server. @throws what `run` throws, the driver's errors.
 */
export async function dropMade(session: Session, operationId: string, run: RunBriefly = waiting): Promise<void> {
  const owned = await listOwned(session, operationId);
  const making = owned.filter(({ role }) => role === 'copy');
  const targets = owned.filter(({ role }) => role === 'target');
  const isThere = await existing(session, [...making, ...targets]);
  const named = targets.flatMap((to) => {
    const made = making.find(({ ofTable }) => ofTable === to.ofTable);
    return made === undefined || isThere(made) || !isThere(to) ? [] : [{ from: to, to: made }];
  });
  for (const set of inSets(named, tablesMadeAtOnce)) await renameTables(session, set, run);
  await forgetOwned(session, operationId, 'target');
  for (const set of inSets(making, tablesMadeAtOnce)) {
    await run(set, () => session.run(`DROP TABLE IF EXISTS ${set.map(quoteTable).join(', ')}`));
  }
  await forgetOwned(session, operationId, 'copy');
}

/**
 * Gives them the names of tables that are kept, since they once had the writes. Repeatable.
 * @param session holds the operation's advisory lock on the server. @throws what `run` throws, the driver's errors.
 */
export async function retainMade(session: Session, operationId: string, run: RunBriefly): Promise<void> {
  const owned = await listOwned(session, operationId);
  const making = owned.filter(({ role }) => role === 'copy');
  const pairs = owned
    .filter(({ role }) => role === 'target')
    .flatMap((target) => {
      const made = making.find(({ ofTable }) => ofTable === target.ofTable);
      if (made === undefined) return [];
      const kept: OwnedTable = { ...target, role: 'retained', table: retainedNameOf(made.table) };
      return [{ from: target, to: kept }];
    });
  await recordOwned(
    session,
    operationId,
    pairs.map(({ to }) => to),
  );
  const isThere = await existing(
    session,
    pairs.flatMap(({ from, to }) => [from, to]),
  );
  // Once it has the name, a table that has the application's name is somebody else's.
  const named = pairs.filter(({ from, to }) => isThere(from) && !isThere(to));
  for (const set of inSets(named, tablesMadeAtOnce)) await renameTables(session, set, run);
  await forgetOwned(session, operationId, 'target');
  await forgetOwned(session, operationId, 'copy');
}

/** The tables that are kept of an operation, and are there. */
export async function listRetained(session: Session, operationId: string): Promise<readonly KeptTable[]> {
  const kept = (await listOwned(session, operationId)).filter(({ role }) => role === 'retained');
  const isThere = await existing(session, kept);
  const { name: cluster } = session.cluster;
  return kept.filter(isThere).map(({ database, table, ofTable }) => ({ cluster, database, table, of: ofTable }));
}

/** All of them are in the target database. */
async function existing(session: Session, owned: readonly TableName[]): Promise<(name: TableName) => boolean> {
  const tables = owned.map(({ table }) => table);
  const found = await existingTables(session, owned[0]?.database ?? '', tables);
  return ({ table }) => found.has(table);
}
