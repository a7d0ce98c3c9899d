/**
 * Fences: triggers that refuse writes on the side that must not get them (docs/design/moves.md, "Fences", P1). They
 * stand before the table's own triggers, which stay, let sessions with the operation's pass through (fence-pass.ts), and
 * ask its gate about all others (gate.ts).
 *
 * What no trigger sees: TRUNCATE and other DDL, rows that a foreign key changes along with their parent, what a replica
 * applies, and a statement that finds no row: it changes nothing, and says so.
 *
 * DDL cannot be part of a fenced transaction, so both `raiseFences` and `dropFences` belong on the session that holds
 * the operation's advisory lock on this server: a late run would take away a fence that a newer one needs.
 */
import type { Place } from '../../../domain/routing.js';
import { quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import { isFenceOf, isGatelessFence, operationOfFence } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import { inSets, placeholders } from '../../server/introspect/in-sets.js';
import { withBriefLocks, type BriefLocksOptions, type RunBriefly } from '../../server/locks/brief-locks.js';
import { errorNumbers, serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import { fenceMessage } from './fence-message.js';
import { fencedEvents, fenceName, type FencedEvent, type FenceKey } from './fence-name.js';
import { passVariable } from './fence-pass.js';
import { gateRow, gateTable } from './gate.js';

export interface Fence extends FenceKey {
  /** The move's name, for the message. */
  readonly move: string;
  /** Where the table lives, for the message. */
  readonly home: Place;
}

/** One trigger of a fence, as the server has it. */
export interface FenceTrigger extends TableName {
  readonly name: string;
  readonly event: FencedEvent;
}

/** How long a lock may be asked for, and what ends it. */
export type FenceWaits = Pick<BriefLocksOptions, 'longestMs' | 'signal'>;

/**
 * Makes the fences of these tables, one table after the other. What is there already stays; where there are fences for
 * another pass or account, or of an older version, they go once the new ones stand, so that the table is never open.
 * @throws StillHeld, the signal's reason, the driver's errors.
 */
export async function raiseFences(
  session: Session,
  fence: Fence,
  tables: readonly TableName[],
  waits: FenceWaits = {},
): Promise<void> {
  const found = await triggersOf(session, tables);
  const on = (table: TableName): readonly FoundTrigger[] => found.filter((trigger) => isOn(trigger, table));
  const due = tables.filter((table) => !isFenced(fence, table, on(table)));
  if (due.length === 0) return;
  await withBriefLocks(session, waits, async (run) => {
    for (const table of due) await raiseFence(session, fence, { table, found: on(table), run });
  });
}

/** Whether the table has these fences and no others of the operation. @param found its triggers. */
function isFenced(fence: Fence, table: TableName, found: readonly FoundTrigger[]): boolean {
  const wanted = fencedEvents.map((event) => fenceName(fence, table, event));
  const own = found.filter(({ name }) => isFenceOf(fence.operationId, name));
  return own.length === wanted.length && own.every(({ name }) => wanted.includes(name));
}

interface Raising {
  readonly table: TableName;
  /** Its triggers. */
  readonly found: readonly FoundTrigger[];
  readonly run: RunBriefly;
}

async function raiseFence(session: Session, fence: Fence, { table, found, run }: Raising): Promise<void> {
  const wanted = fencedEvents.map((event) => ({ ...table, event, name: fenceName(fence, table, event) }));
  for (const trigger of wanted) {
    if (found.some(({ name }) => name === trigger.name)) continue;
    const first = found.find(({ event, timing }) => event === trigger.event && timing === 'BEFORE');
    await run([table], () => makeTrigger(session, fence, trigger, first?.name));
  }
  const own = found.filter(({ name }) => isFenceOf(fence.operationId, name));
  for (const { name } of own) {
    if (wanted.some((trigger) => trigger.name === name)) continue;
    await run([table], () => dropTrigger(session, table.database, name));
  }
}

/** The tables that lack one of these fences. */
export async function unfencedTables(
  session: Session,
  fence: Fence,
  tables: readonly TableName[],
): Promise<readonly TableName[]> {
  const names = new Set((await triggersOf(session, tables)).map(({ database, name }) => `${database}.${name}`));
  const has = (table: TableName, event: FencedEvent): boolean =>
    names.has(`${table.database}.${fenceName(fence, table, event)}`);
  return tables.filter((table) => !fencedEvents.every((event) => has(table, event)));
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

/**
 * Removes the operation's fences from these tables, and no other trigger (P4). Repeatable.
 * @param run of a work that asks for other locks, too. @throws StillHeld.
 */
export async function dropFences(
  session: Session,
  operationId: string,
  tables: readonly TableName[],
  run?: RunBriefly,
): Promise<void> {
  const own = (await triggersOf(session, tables)).filter(({ name }) => isFenceOf(operationId, name));
  await (run === undefined ? dropTriggers(session, own) : dropEach(session, own, run));
}

/**
 * Removes all fences of the operation from this server, whatever their tables are called now. Repeatable.
 * @throws StillHeld.
 */
export async function dropAllFences(session: Session, operationId: string, waits: FenceWaits = {}): Promise<void> {
  await dropTriggers(session, await listFences(session, operationId), waits);
}

/** Removes those of an older version, which no gate opens. Repeatable. @throws StillHeld. */
export async function dropGatelessFences(session: Session, operationId: string): Promise<void> {
  const fences = await listFences(session, operationId);
  await dropTriggers(
    session,
    fences.filter(({ name }) => isGatelessFence(name)),
  );
}

type NamedTrigger = TableName & { readonly name: string };

async function dropTriggers(
  session: Session,
  triggers: readonly NamedTrigger[],
  waits: FenceWaits = {},
): Promise<void> {
  if (triggers.length > 0) await withBriefLocks(session, waits, (run) => dropEach(session, triggers, run));
}

async function dropEach(session: Session, triggers: readonly NamedTrigger[], run: RunBriefly): Promise<void> {
  for (const { database, table, name } of triggers) {
    await run([{ database, table }], () => dropTrigger(session, database, name));
  }
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
  // `<=>`, since without a pass `=` is NULL, and NULL lets everybody through. The read must be a locking one: it sees what
  // was committed last, keeps who changes the gate waiting until this writer has ended, and, unlike a plain one, takes
  // no snapshot for the transaction. Text is not bound: table names may have a `?`.
  const statement = `CREATE TRIGGER ${quoteTable({ database, table: name })} BEFORE ${event} ON ${quoteTable(trigger)}
    FOR EACH ROW ${order} BEGIN
      DECLARE _sw_shut BOOLEAN DEFAULT TRUE;
      IF NOT (SHA2(${passVariable}, 256) <=> ${quoteText(fence.passHash)}) THEN
        SELECT shut INTO _sw_shut FROM ${quoteTable(gateTable(fence.operationId))} WHERE number = ${gateRow} FOR SHARE;
        IF _sw_shut THEN
          SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${quoteText(fenceMessage(fence.move, fence.home))};
        END IF;
      END IF;
    END`;
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
