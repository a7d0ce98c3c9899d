/**
 * One type of column becomes another, with values at the edges: by a native ALTER TABLE, which judges, and by the copy.
 * Each value is on its own, since a native ALTER ends at the first that it refuses.
 */
import { mapColumns } from '../../../../src/schema/column-mapping.js';
import { timeZoneSensitiveColumns } from '../../../../src/schema/conversions.js';
import { quoteTable } from '../../../../src/schema/identifier.js';
import { hasCode } from '../../../../src/errors/switchyard-error.js';
import { loadTable } from '../../../../src/mysql/server/introspect/load-table.js';
import { RowWarning, runStrict } from '../../../../src/mysql/table/rows/data-error.js';
import { copyRange } from '../../../../src/mysql/table/rows/row-sql.js';
import type { TablePlan } from '../../../../src/mysql/table/rows/table-plan.js';
import { serverErrorNumber, serverMessage } from '../../../../src/mysql/server/session/server-errors.js';
import type { Session } from '../../../../src/mysql/server/session/session.js';
import { onOneServer } from '../../../../src/mysql/server/session/session-pair.js';
import { differingKeys } from '../../../../src/mysql/table/verify/differences.js';
import { exactText } from '../../../cases/native.js';
import { conversionOf, planFor } from './plan-for.js';

export interface TypeWithValues {
  readonly type: string;
  readonly values: readonly string[];
}

export interface Walk {
  readonly session: Session;
  readonly database: string;
  readonly timeZone: string;
  readonly modes: string;
}

/** What is not as it is with a native ALTER TABLE. */
export interface Findings {
  /** Values that become others than a native ALTER makes of them, or that it refuses. */
  readonly different: string[];
  /** Values, or a whole pair, that are refused by name, and that a native ALTER takes. */
  readonly stricter: string[];
  /** Right values that verification would call wrong. */
  readonly falseAlarms: string[];
}

/** One source type to one target type. */
export async function walkPair(walk: Walk, from: TypeWithValues, to: string, findings: Findings): Promise<void> {
  const { session, database } = walk;
  const [source, shadow, copied] = ['pair', 'pair_new', 'pair_copy'].map((table) => ({ database, table }));
  if (source === undefined || shadow === undefined || copied === undefined) throw new Error('no names');
  const title = `${from.type} to ${to}`;
  await useClient(walk);
  await session.run(
    `CREATE TABLE ${quoteTable(source)} (id INT PRIMARY KEY, v ${from.type} NULL) CHARACTER SET utf8mb4`,
  );
  const rows = from.values.map((value, index) => `(${index + 1}, ${value})`);
  await session.run(`INSERT INTO ${quoteTable(source)} VALUES ${rows.join(', ')}`);
  await session.run(`CREATE TABLE ${quoteTable(shadow)} LIKE ${quoteTable(source)}`);
  await session.run(`CREATE TABLE ${quoteTable(copied)} LIKE ${quoteTable(source)}`);
  await session.run(`ALTER TABLE ${quoteTable(copied)} MODIFY v ${to} NULL`);
  const refused = await alterNatively(session, quoteTable(source), quoteTable(shadow), to);
  const plan = await planOf(walk, from.values.length > refused.size, title, findings);
  if (plan !== undefined) {
    const valueIn = async (table: string, row: number): Promise<string> => {
      const column = plan.pairs[1]?.target;
      if (column === undefined) throw new Error('no column');
      const [found] = await session.rows<{ v: string | null }>(
        `SELECT ${exactText(column)} AS v FROM ${database}.${table} WHERE id = ${row}`,
      );
      return String(found?.v);
    };
    await useData(walk, plan);
    for (const [index, value] of from.values.entries()) {
      const row = index + 1;
      const say = `${title}: ${value}`;
      const problem = await problemOf(() => runStrict(session, copyRange({ ...plan, copy: copied }, `id = ${row}`)));
      const isRefused = refused.has(row);
      if (problem === undefined && isRefused) {
        findings.different.push(
          `${say}: ${await valueIn(copied.table, row)}, refused by a native ALTER (${refused.get(row)})`,
        );
      }
      if (problem !== undefined && !isRefused) {
        findings.stricter.push(`${say}: ${problem}, natively ${await valueIn(shadow.table, row)}`);
      }
      if (problem !== undefined || isRefused) continue;
      const [ours, theirs] = [await valueIn(copied.table, row), await valueIn(shadow.table, row)];
      if (ours !== theirs) findings.different.push(`${say}: ${ours} instead of ${theirs}`);
      const alarm = await differingKeys(onOneServer(session), plan, [[String(row)]]);
      if (alarm.length > 0) findings.falseAlarms.push(`${say}: ${theirs}`);
    }
  }
  for (const table of [source, shadow, copied]) await session.run(`DROP TABLE ${quoteTable(table)}`);
}

async function useClient({ session, modes, timeZone }: Walk): Promise<void> {
  const { timestampSeconds } = conversionOf();
  await session.run('SET SESSION sql_mode = ?, time_zone = ?, timestamp = ?, sql_notes = 1', [
    modes,
    timeZone,
    timestampSeconds,
  ]);
}

async function useData({ session }: Walk, { conversion }: TablePlan): Promise<void> {
  await session.run('SET SESSION sql_mode = ?, time_zone = ?, sql_notes = 0', [
    conversion.dataSqlMode,
    conversion.timeZone,
  ]);
}

/** As preparation would make it; undefined where it refuses the pair by name. */
async function planOf(walk: Walk, any: boolean, title: string, findings: Findings): Promise<TablePlan | undefined> {
  const { session, database, modes, timeZone } = walk;
  const source = { database, table: 'pair' };
  const shadow = { database, table: 'pair_new' };
  const model = await loadTable(session, shadow);
  try {
    const mapping = mapColumns(await loadTable(session, source), model, []);
    const isSensitive = timeZoneSensitiveColumns(mapping, model).length > 0;
    const conversion = conversionOf(modes, isSensitive ? timeZone : '+00:00');
    return { ...(await planFor(session, { source, copy: shadow, conversion })), pairs: mapping.pairs };
  } catch (error) {
    if (!hasCode(error, 'CONVERSION_NOT_EXACT')) throw error;
    if (any) findings.stricter.push(`${title}: CONVERSION_NOT_EXACT`);
    return undefined;
  }
}

/** @returns the rows that it refuses, which are not in the new table, with the reason. */
async function alterNatively(session: Session, source: string, shadow: string, to: string) {
  const refused = new Map<number, string>();
  await session.run(`INSERT INTO ${shadow} SELECT * FROM ${source}`);
  for (;;) {
    const problem = await problemOf(() => session.run(`ALTER TABLE ${shadow} MODIFY v ${to} NULL, ALGORITHM=COPY`));
    if (problem === undefined) return refused;
    const left = await session.rows<{ id: number }>(`SELECT id FROM ${shadow} ORDER BY id`);
    const [row] = left;
    if (row === undefined) throw new Error(problem);
    const at = Number(/at row (\d+)$/.exec(problem)?.[1] ?? (await firstBad(session, source, shadow, to, left)));
    const { id } = left[at - 1] ?? row;
    refused.set(id, problem);
    await session.run(`DELETE FROM ${shadow} WHERE id = ${id}`);
  }
}

/** Where the message has no row: each on its own. */
async function firstBad(
  session: Session,
  source: string,
  shadow: string,
  to: string,
  rows: readonly { readonly id: number }[],
): Promise<number> {
  for (const [index, { id }] of rows.entries()) {
    const one = `${shadow.slice(0, -1)}_one\``;
    await session.run(`CREATE TABLE ${one} LIKE ${source}`);
    await session.run(`INSERT INTO ${one} SELECT * FROM ${source} WHERE id = ${id}`);
    const problem = await problemOf(() => session.run(`ALTER TABLE ${one} MODIFY v ${to} NULL, ALGORITHM=COPY`));
    await session.run(`DROP TABLE ${one}`);
    if (problem !== undefined) return index + 1;
  }
  return 1;
}

async function problemOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof RowWarning) && serverErrorNumber(error) === undefined) throw error;
    return `${serverErrorNumber(error) ?? 'warning'} ${serverMessage(error)}`;
  }
}
