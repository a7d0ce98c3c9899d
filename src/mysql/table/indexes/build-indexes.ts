/**
 * Builds the secondary indexes that were left out of the copy, all in one statement: sorted builds are far cheaper than
 * row by row. A duplicate that only the copy has (a change not applied yet) goes away when the feed has caught up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { indexBuildAttemptsMax } from '../../../limits/mysql-table.js';
import { findNamed, quoteColumn, quoteTable } from '../../../schema/identifier.js';
import { loadTable } from '../../server/introspect/load-table.js';
import { dataError, isDataError } from '../rows/data-error.js';
import { keyAlias, keyOfRow, keyTextExpression } from '../rows/key-sql.js';
import { killQuery } from '../../server/session/kill.js';
import { statementRefused } from '../rows/statement-refused.js';
import { duplicateKeyName, errorKind, isDuplicateKey, serverErrorNumber } from '../../server/session/server-errors.js';
import type { Session } from '../../server/session/session.js';
import { signStatement } from '../../server/sidecar/own-work.js';
import type { TablePlan } from '../rows/table-plan.js';

export interface BuildIndexesOptions {
  readonly plan: TablePlan;
  /** Runs the ALTER. */
  readonly session: Session;
  /** Reads its progress and stops it. */
  readonly watching: Session;
  /** Resolves when everything that was committed is applied; nothing is applied then until the result is called. */
  readonly rest: () => Promise<() => void>;
  /** @param percent null where the server does not tell. */
  readonly onProgress: (detail: string, percent: number | null) => void;
  readonly signal: AbortSignal;
}

/** The online log of changes during the build was full: built again, with what came meanwhile in the table. */
const onlineLogTooBig = 1799;

/**
 * Repeatable: what exists already is left alone. The first build goes on beside the feed; after a duplicate, or too many
 * changes at once, the copy rests for the next ones: while rows are applied one after the other, two may have the same
 * unique value for a moment, and on a busy table every build would meet one.
 * @throws DUPLICATE_FOR_UNIQUE_KEY, DATA_NOT_CONVERTIBLE, STATEMENT_REFUSED, the driver's errors.
 */
export async function buildIndexes(options: BuildIndexesOptions): Promise<void> {
  const { plan, session, signal, rest } = options;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    const missing = await missingIndexes(session, plan);
    if (missing.length === 0) return;
    const added = missing.map((definition) => `ADD ${definition}`).join(', ');
    const sql = signStatement(plan.operationId, `ALTER TABLE ${quoteTable(plan.copy)} ${added}`);
    const goOn = attempt === 1 ? undefined : await rest();
    try {
      await runWatched(options, sql, missing.length);
    } catch (error) {
      if (signal.aborted) return;
      const again = isDuplicateKey(error) || serverErrorNumber(error) === onlineLogTooBig;
      if (!again) throw refusalOf(error, plan);
      if (attempt >= indexBuildAttemptsMax) throw await duplicateOf(session, plan, error);
    } finally {
      goOn?.();
    }
  }
}

/** Nothing that comes later makes a definition or a value fit; everything else may pass. */
function refusalOf(error: unknown, plan: TablePlan): unknown {
  if (isDataError(error)) return dataError(error, plan, []);
  return errorKind(error) === 'statement' ? statementRefused(error, plan.copy, plan.source) : error;
}

async function missingIndexes(session: Session, plan: TablePlan): Promise<readonly string[]> {
  const copy = await loadTable(session, plan.copy);
  return plan.deferredIndexes
    .filter(({ name }) => findNamed(copy.indexes, name) === undefined)
    .map(({ definition }) => definition);
}

async function runWatched(options: BuildIndexesOptions, sql: string, count: number): Promise<void> {
  const { session, watching, signal, onProgress } = options;
  const label = `building ${count} ${count === 1 ? 'index' : 'indexes'}`;
  const stop = (): void => void killQuery(watching, session.id).catch(() => undefined);
  signal.addEventListener('abort', stop);
  let running = true;
  const statement = session.run(sql).finally(() => {
    running = false;
  });
  statement.catch(() => undefined);
  try {
    while (running) {
      onProgress(label, await percentOf(watching, session.id));
      await Promise.race([statement.catch(() => undefined), sleep(1_000)]);
    }
    await statement;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** From performance_schema's stages, where their consumer is on; we change no global setting for it. */
async function percentOf(watching: Session, sessionId: number): Promise<number | null> {
  const rows = await watching.rows<{ percent: number | string | null }>(
    `SELECT ROUND(100 * s.work_completed / NULLIF(s.work_estimated, 0)) AS percent
       FROM performance_schema.events_stages_current s JOIN performance_schema.threads t USING (thread_id)
      WHERE t.processlist_id = ?`,
    [sessionId],
  );
  const percent = rows[0]?.percent;
  return percent == null ? null : Math.min(99, Number(percent));
}

/** Names the unique key and the key of one of the rows that have the same value in it. */
async function duplicateOf(session: Session, plan: TablePlan, error: unknown): Promise<unknown> {
  const name = duplicateKeyName(error, plan.copy.table);
  const index = name === undefined ? undefined : findNamed(plan.deferredIndexes, name);
  if (!isDuplicateKey(error) || index === undefined) return error;
  const { columns } = plan.key;
  // GROUP BY would find an alias by a bare name.
  const own = (column: string): string => quoteColumn(plan.copy, column);
  const parts = index.columns.flatMap((column, part) => {
    if (column === null) return [];
    const length = index.prefixLengths?.[part] ?? null;
    return [length === null ? own(column) : `LEFT(${own(column)}, ${length})`];
  });
  // Where a part is not known, the rows cannot be looked up by it: the index is named, a key is not.
  if (parts.length < index.columns.length) return dataError(error, plan, []);
  const keys = columns.map((column, position) => {
    return `MAX(${keyTextExpression(column, own(plan.copyKey[position] ?? ''))}) AS ${keyAlias(position)}`;
  });
  const [row] = await session.rows(
    `SELECT ${keys.join(', ')} FROM ${quoteTable(plan.copy)}
      WHERE ${parts.map((part) => `${part} IS NOT NULL`).join(' AND ')} GROUP BY ${parts.join(', ')} HAVING COUNT(*) > 1 LIMIT 1`,
  );
  return dataError(error, plan, row === undefined ? [] : keyOfRow(row, columns));
}
