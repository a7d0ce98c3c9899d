/**
 * Gates: what tells the fences of an operation on a server whether they refuse (docs/design/moves.md, "Gates", P1). A gate
 * is a row, which each writer's transaction reads with a shared lock that it keeps until it ends. So whoever has changed
 * the row has waited for every transaction that has written, and who writes later reads what he has committed, however
 * old its snapshot is. To open a gate and to shut it is one UPDATE, whatever the number of tables.
 *
 * It is a table of its own for each operation: a client's LOCK TABLES of a fenced table locks the gate's table along, and
 * so does every transaction that has written; an operation that has nothing to do with it must not wait for that.
 */
import { randomBytes } from 'node:crypto';
import type { Blocker } from '../../../domain/attempt.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { passBytes } from '../../../limits/mysql-move.js';
import { quoteTable } from '../../../schema/identifier.js';
import { gateName, operationOfGate } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import { tableExists } from '../../server/introspect/load-table.js';
import { forbidsLock } from '../../server/locks/blockers.js';
import { withBriefLocks, type BriefLocksOptions } from '../../server/locks/brief-locks.js';
import { errorNumbers, serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import { operationsWithTable } from '../../server/sidecar/operation-tables.js';
import { sidecarDatabase } from '../../server/sidecar/schema.js';

/** The row that fences read. */
export const gateRow = 1;
/** The row that no fence reads: a commit of it is behind that of whatever has let go of the gate, in the binlog, too. */
const markRow = 2;

/** Its table. */
export function gateTable(operationId: string): TableName {
  return { database: sidecarDatabase, table: gateName(operationId) };
}

/**
 * Makes the gate where there is none.
 * @param shut whether it is shut then; one that is there stays as it is. @returns the pass that fences let through.
 */
export async function ensureGate(session: Session, operationId: string, shut: boolean): Promise<string> {
  const found = await findPass(session, operationId);
  if (found !== undefined) return found;
  const table = quoteTable(gateTable(operationId));
  await session.run(
    `CREATE TABLE IF NOT EXISTS ${table} (
       number TINYINT UNSIGNED NOT NULL PRIMARY KEY,
       shut BOOLEAN NOT NULL,
       pass VARCHAR(100) NOT NULL,
       changed_at DATETIME(6) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  );
  // Another run may have made it meanwhile: its pass is the one that counts.
  // Another run may be making them, too: those of who comes first stay.
  await makeRows(session, operationId, shut, 'number = number');
  const pass = await findPass(session, operationId);
  if (pass === undefined) throw new SwitchyardError('UNEXPECTED', { problem: 'the row of a gate is not there' });
  return pass;
}

/** @param onDuplicate what becomes of rows that are there. */
async function makeRows(session: Session, operationId: string, shut: boolean, onDuplicate: string): Promise<void> {
  await session.run(
    `INSERT INTO ${quoteTable(gateTable(operationId))} (number, shut, pass, changed_at)
     VALUES (${gateRow}, ?, ?, UTC_TIMESTAMP(6)), (${markRow}, TRUE, '', UTC_TIMESTAMP(6))
     ON DUPLICATE KEY UPDATE ${onDuplicate}`,
    [shut ? 1 : 0, randomBytes(passBytes).toString('hex')],
  );
}

/** The pass of the operation on this server; undefined where it has no gate here. */
export async function findPass(session: Session, operationId: string): Promise<string | undefined> {
  return (await readGate(session, operationId))?.pass;
}

/** Whether the operation has a gate here that lets everybody through. */
export async function isOpen(session: Session, operationId: string): Promise<boolean> {
  return Number((await readGate(session, operationId))?.shut ?? 1) === 0;
}

async function readGate(
  session: Session,
  operationId: string,
): Promise<{ readonly pass: string; readonly shut: number } | undefined> {
  return whereItIs(async () => {
    const [row] = await session.rows<{ pass: string; shut: number }>(
      `SELECT pass, shut FROM ${quoteTable(gateTable(operationId))} WHERE number = ${gateRow}`,
    );
    return row;
  });
}

/** @returns undefined where there is no gate, or no sidecar. */
async function whereItIs<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    const number = serverErrorNumber(error);
    if (number === errorNumbers.noSuchTable || number === errorNumbers.unknownDatabase) return undefined;
    throw error;
  }
}

/** Who would keep a gate from being changed for long; a backup does not. */
function forbidsChange(holder: Blocker): boolean {
  return forbidsLock(holder) && !holder.holds.endsWith('(BACKUP LOCK)');
}

/**
 * Changes nothing in the gate, but as if it did: so it can be opened and written to now.
 * @throws StillHeld, the driver's errors.
 */
export async function touchGate(session: Session, operationId: string, longestMs: number): Promise<void> {
  await withBriefLocks(session, { longestMs, forbids: forbidsChange }, (run) =>
    run([gateTable(operationId)], () => change(session, operationId, '', gateRow)),
  );
}

/**
 * Shuts the gate in a transaction that stays open: writers wait then, and when the server ends the session, of a worker that
 * is frozen or gone, they go on. COMMIT, and they are refused; ROLLBACK, and nothing was.
 * @throws StillHeld, the signal's reason, the driver's errors; there is no transaction then.
 */
export async function shutGate(
  session: Session,
  operationId: string,
  options: Pick<BriefLocksOptions, 'longestMs' | 'signal'>,
): Promise<void> {
  await withBriefLocks(session, { ...options, forbids: forbidsChange }, (run) =>
    run([gateTable(operationId)], async () => {
      await session.run('START TRANSACTION');
      try {
        await change(session, operationId, 'shut = TRUE,', gateRow);
      } catch (error) {
        await session.run('ROLLBACK').catch(() => session.destroy());
        throw error;
      }
    }),
  );
}

/** Commits something that is in the binlog behind all writes that were under way before the gate was shut. */
export async function markShut(session: Session, operationId: string): Promise<void> {
  await change(session, operationId, '', markRow);
}

/** Lets everybody through; may be part of a transaction. @returns whether there is a gate. */
export async function openGate(session: Session, operationId: string): Promise<boolean> {
  const opened = await whereItIs(async () => {
    // A worker that died in between has left the table without its rows, and fences take that for a gate that is shut.
    const isThere = await changed(session, operationId, 'shut = FALSE,', gateRow);
    if (!isThere) await makeRows(session, operationId, false, 'shut = VALUES(shut)');
    return true;
  });
  return opened ?? false;
}

async function change(session: Session, operationId: string, what: string, row: number): Promise<void> {
  if (await changed(session, operationId, what, row)) return;
  throw new SwitchyardError('UNEXPECTED', { problem: 'the row of a gate is not there' });
}

/** @returns whether the row is there. */
async function changed(session: Session, operationId: string, what: string, row: number): Promise<boolean> {
  const { affectedRows } = await session.run(
    `UPDATE ${quoteTable(gateTable(operationId))} SET ${what} changed_at = UTC_TIMESTAMP(6) WHERE number = ${row}`,
  );
  return affectedRows > 0;
}

/** Once no fence asks it any more. @throws StillHeld while somebody's transaction has written by it. */
export async function dropGate(session: Session, operationId: string): Promise<void> {
  const table = gateTable(operationId);
  if (!(await tableExists(session, table))) return;
  await withBriefLocks(session, {}, (run) =>
    run([table], () => session.run(`DROP TABLE IF EXISTS ${quoteTable(table)}`)),
  );
}

/** The operations that have a gate here. */
export function listGates(session: Session): Promise<readonly { readonly operationId: string }[]> {
  return operationsWithTable(session, operationOfGate);
}
