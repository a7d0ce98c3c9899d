/**
 * Fences: triggers that refuse writes on the side that must not get them (docs/design/moves.md, "Fences", P1). They
 * stand before the table's own triggers, which stay, and let nobody through but sessions with the operation's pass
 * (fence-pass.ts).
 *
 * What no trigger sees: TRUNCATE and other DDL, rows that a foreign key changes along with their parent, what a replica
 * applies, and a statement that finds no row: it changes nothing, and says so.
 *
 * DDL cannot be part of a fenced transaction, so both `raiseFences` and `dropFences` belong on the session that holds
 * the operation's advisory lock on this server: a late run would open a fence that a newer one needs.
 */
import type { Place } from '../../../domain/routing.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import type { TableName } from '../../../schema/table-model.js';
import { inSets, placeholders } from '../../server/introspect/in-sets.js';
import { errorNumbers, serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import { fenceMessage } from './fence-message.js';
import { isFenceOf, operationOfFence } from '../../../schema/names.js';
import { fencedEvents, fenceName, type FencedEvent } from './fence-name.js';
import { passVariable } from './fence-pass.js';

export interface Fence {
  readonly operationId: string;
  /** The move's name, for the message. */
  readonly move: string;
  /** Where the table lives, for the message. */
  readonly home: Place;
  readonly passHash: string;
}

/** One trigger of a fence, as the server has it. */
export interface FenceTrigger extends TableName {
  readonly name: string;
  readonly event: FencedEvent;
}

/**
 * Makes the fences of these tables. What is there already stays; where there are fences for another pass, they go once
 * the new ones stand, so that the table is never open.
 */
export async function raiseFences(session: Session, fence: Fence, tables: readonly TableName[]): Promise<void> {
  const found = await triggersOf(session, tables);
  for (const table of tables) {
    await raiseFence(
      session,
      fence,
      table,
      found.filter((trigger) => isOn(trigger, table)),
    );
  }
}

/** @param found the table's triggers. */
async function raiseFence(
  session: Session,
  fence: Fence,
  table: TableName,
  found: readonly FoundTrigger[],
): Promise<void> {
  const wanted = fencedEvents.map((event) => {
    return { ...table, event, name: fenceName(fence.operationId, table, fence.passHash, event) };
  });
  for (const trigger of wanted) {
    if (found.some(({ name }) => name === trigger.name)) continue;
    const first = found.find(({ event, timing }) => event === trigger.event && timing === 'BEFORE');
    await makeTrigger(session, fence, trigger, first?.name);
  }
  const own = found.filter(({ name }) => isFenceOf(fence.operationId, name));
  for (const { name } of own) {
    if (!wanted.some((trigger) => trigger.name === name)) await dropTrigger(session, table.database, name);
  }
}

/**
 * Raises fences on the session that has the tables under LOCK TABLES … WRITE. When it returns, the lock was never lost
 * since it was granted, and whoever waits for it meets the fences.
 * @throws LOCKS_LOST; the driver's error where the connection is gone, and with it the lock.
 */
export async function raiseFencesUnderLock(locked: Session, fence: Fence, tables: readonly TableName[]): Promise<void> {
  await raiseFences(locked, fence, tables);
  await proveLocked(locked, tables);
}

/** Under LOCK TABLES every other table is refused. A START TRANSACTION, say, would have ended them without a word. */
async function proveLocked(locked: Session, tables: readonly TableName[]): Promise<void> {
  try {
    await locked.rows('SELECT 1 FROM _switchyard.schema_version');
  } catch (error) {
    if (serverErrorNumber(error) === errorNumbers.tableNotLocked) return;
    throw error;
  }
  throw new SwitchyardError('LOCKS_LOST', { tables: tables.map(({ database, table }) => `${database}.${table}`) });
}

/** The triggers of all fences of the operation on this server, by the names that their tables have now. */
export async function listFences(session: Session, operationId: string): Promise<readonly FenceTrigger[]> {
  return (await listAllFences(session)).filter(({ name }) => isFenceOf(operationId, name));
}

/** The same of all operations. */
export async function listAllFences(
  session: Session,
): Promise<readonly (FenceTrigger & { readonly operationId: string })[]> {
  const rows = await session.rows<FenceTrigger>(
    `SELECT event_object_schema AS \`database\`, event_object_table AS \`table\`, trigger_name AS name,
            event_manipulation AS event
       FROM information_schema.triggers WHERE LEFT(trigger_name, 4) = '_sw_'
      ORDER BY event_object_schema, event_object_table, trigger_name`,
  );
  return rows.flatMap((row) => {
    const operationId = operationOfFence(row.name);
    return operationId === undefined ? [] : [{ ...row, operationId }];
  });
}

/** Removes the operation's fences from these tables, and no other trigger (P4). Repeatable. */
export async function dropFences(session: Session, operationId: string, tables: readonly TableName[]): Promise<void> {
  for (const { database, name } of await triggersOf(session, tables)) {
    if (isFenceOf(operationId, name)) await dropTrigger(session, database, name);
  }
}

/** Removes all fences of the operation from this server, whatever their tables are called now. Repeatable. */
export async function dropAllFences(session: Session, operationId: string): Promise<void> {
  for (const { database, name } of await listFences(session, operationId)) await dropTrigger(session, database, name);
}

interface FoundTrigger extends TableName {
  readonly name: string;
  readonly event: string;
  readonly timing: 'BEFORE' | 'AFTER';
}

/** All triggers of these tables, those that run first at first. */
async function triggersOf(session: Session, tables: readonly TableName[]): Promise<readonly FoundTrigger[]> {
  const found: FoundTrigger[] = [];
  for (const set of inSets(tables)) {
    const databases = [...new Set(set.map(({ database }) => database))];
    const rows = await session.rows<FoundTrigger>(
      `SELECT event_object_schema AS \`database\`, event_object_table AS \`table\`, trigger_name AS name,
              event_manipulation AS event, action_timing AS timing
         FROM information_schema.triggers
        WHERE event_object_schema IN ${placeholders(databases)} AND event_object_table IN ${placeholders(set)}
        ORDER BY action_order`,
      [...databases, ...set.map(({ table }) => table)],
    );
    found.push(...rows.filter((trigger) => set.some((table) => isOn(trigger, table))));
  }
  return found;
}

function isOn(trigger: TableName, { database, table }: TableName): boolean {
  return trigger.database === database && trigger.table === table;
}

/** @param first the trigger that it has to stand before. */
async function makeTrigger(session: Session, fence: Fence, trigger: FenceTrigger, first?: string): Promise<void> {
  const { database, name, event } = trigger;
  const order = first === undefined ? '' : `PRECEDES ${quoteIdentifier(first)}`;
  // `<=>`, since without a pass `=` is NULL, and NULL refuses nobody. Text is not bound: table names may have a `?`.
  const statement = `CREATE TRIGGER ${quoteTable({ database, table: name })} BEFORE ${event} ON ${quoteTable(trigger)}
    FOR EACH ROW ${order} IF NOT (SHA2(${passVariable}, 256) <=> ${quoteText(fence.passHash)}) THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${quoteText(fenceMessage(fence.move, fence.home))}; END IF`;
  try {
    await session.run(statement);
  } catch (error) {
    if (serverErrorNumber(error) !== errorNumbers.triggerExists) throw error;
    // Made by another run meanwhile; one of this name on another table would fence nothing here.
    const found = await triggersOf(session, [trigger]);
    if (!found.some((one) => one.name === name)) throw error;
  }
}

async function dropTrigger(session: Session, database: string, name: string): Promise<void> {
  await session.run(`DROP TRIGGER IF EXISTS ${quoteTable({ database, table: name })}`);
}

/** A string literal; our sessions never have NO_BACKSLASH_ESCAPES. */
function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
