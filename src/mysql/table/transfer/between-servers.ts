/**
 * Rows from one server to another, as a RowWay. Chunks go by LOAD DATA LOCAL where the target allows it, and by INSERT where
 * it does not, where what was loaded is not exact, and for changed rows, which are few. What a load has done before it
 * turned out not to be exact is undone by a savepoint, so that the caller's transaction goes on.
 */
import { keyId, type Key } from '../../../binlog/key.js';
import { applyKeysMax } from '../../../limits/mysql-table.js';
import { quoteTable } from '../../../schema/identifier.js';
import type { TableName } from '../../../schema/table-model.js';
import { findCollisions } from '../rows/collisions.js';
import { keyLists } from '../rows/key-lists.js';
import { keyOfRow, keyRange, keySelectList } from '../rows/key-sql.js';
import { keysInSource } from '../rows/row-sql.js';
import type { Chunk, RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';
import { transferRows } from './transfer-rows.js';
import type { TransferTable } from './transfer-sql.js';
import { TransferWay } from './transfer-way.js';

/** The way of one run of the work: what the target refuses is remembered. */
export function betweenServers(): RowWay {
  const methods = new TransferWay();
  const copy = (sessions: SessionPair, plan: TablePlan, chunk: Chunk): Promise<number> =>
    methods.run(async (method) => {
      await sessions.target.run(`SAVEPOINT ${savepoint}`);
      try {
        return await transferRows(sessions, transferTable(plan), rangeOf(plan, chunk), method);
      } catch (error) {
        // Where the whole transaction is gone, or the connection, the caller hears of the first error.
        await sessions.target.run(`ROLLBACK TO SAVEPOINT ${savepoint}`).catch(() => undefined);
        throw error;
      }
    });
  const copyAnew = async (sessions: SessionPair, plan: TablePlan, chunk: Chunk): Promise<number> => {
    // Whatever the target has of it was read from the source before; the rows that are read now are as new or newer.
    await sessions.target.run(`DELETE FROM ${quoteTable(plan.copy)} WHERE ${rangeOf(plan, chunk)}`);
    return copy(sessions, plan, chunk);
  };
  const writeKeys = async (sessions: SessionPair, plan: TablePlan, keys: readonly Key[]): Promise<void> => {
    await transferRows(sessions, transferTable(plan), keysInSource(plan, keys), 'insert');
  };
  const copyAgain = async (sessions: SessionPair, plan: TablePlan, chunk: Chunk): Promise<number> => {
    const missing = await missingOfFew(sessions, plan, chunk);
    if (missing === undefined) return copyAnew(sessions, plan, chunk);
    if (missing.length > 0) await writeKeys(sessions, plan, missing);
    return missing.length;
  };
  return {
    // The feed may have been here first. A load that meets its rows costs three times as much as this look at the target.
    copyChunk: async (sessions, plan, chunk) =>
      (await hasRows(sessions.target, plan, chunk)) ? copyAnew(sessions, plan, chunk) : copy(sessions, plan, chunk),
    copyChunkAgain: copyAgain,
    writeKeys,
    findCollisions: (sessions, plan, keys) =>
      findCollisions(sessions.target, plan, keys, (some, onDuplicate) =>
        transferRows(sessions, { ...transferTable(plan), onDuplicate }, keysInSource(plan, some), 'insert'),
      ),
  };
}

async function hasRows(target: Session, plan: TablePlan, chunk: Chunk): Promise<boolean> {
  const rows = await target.rows(`SELECT 1 FROM ${quoteTable(plan.copy)} WHERE ${rangeOf(plan, chunk)} LIMIT 1`);
  return rows.length > 0;
}

/**
 * The keys of a chunk that the target does not have; undefined where the chunk is large, and quicker loaded anew. What the
 * feed has written must stay where unique values move: written again, a row has a value that another one had just now.
 */
async function missingOfFew(
  { source, target }: SessionPair,
  plan: TablePlan,
  chunk: Chunk,
): Promise<readonly Key[] | undefined> {
  const { columns } = plan.key;
  const read = async (session: Session, table: TableName): Promise<readonly Key[]> => {
    const rows = await session.rows(
      `SELECT ${keySelectList(columns)} FROM ${quoteTable(table)} WHERE ${rangeOf(plan, chunk)} LIMIT ${applyKeysMax + 1}`,
    );
    return rows.map((row) => keyOfRow(row, columns));
  };
  const wanted = await read(source, plan.source);
  if (keyLists(wanted).length > 1) return undefined;
  const present = await read(target, plan.copy);
  if (present.length > applyKeysMax) return undefined;
  const found = new Set(present.map(keyId));
  return wanted.filter((key) => !found.has(keyId(key)));
}

const savepoint = 'switchyard_rows';

function rangeOf({ key }: TablePlan, { lower, upper }: Chunk): string {
  return keyRange(key.columns, lower, upper);
}

function transferTable({ source, copy, key, pairs, sourceColumnCount, json = 'exact' }: TablePlan): TransferTable {
  return {
    source,
    target: copy,
    indexName: key.indexName,
    keyColumns: key.columns,
    columns: pairs.map((pair) => pair.source),
    computes: pairs.length < sourceColumnCount,
    json,
  };
}
