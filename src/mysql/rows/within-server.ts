/** Rows within one server: INSERT … SELECT, so that no value leaves it. */
import type { Key } from '../../binlog/key.js';
import { quoteColumn, quoteTable } from '../../schema/identifier.js';
import type { Session } from '../session/session.js';
import { runStrict } from './data-error.js';
import { keyAlias, keyIn, keyOfRow, keyRange, keyTextExpression } from './key-sql.js';
import { copyKeys, copyMissingInRange, copyRange } from './row-sql.js';
import type { RowWay } from './row-way.js';
import type { TablePlan } from './table-plan.js';
import { uniqueMatches } from './unique-matches.js';

export const withinServer: RowWay = {
  copyChunk: ({ target }, plan, { lower, upper }) =>
    runStrict(target, copyRange(plan, keyRange(plan.key.columns, lower, upper))),
  copyChunkAgain: ({ target }, plan, { lower, upper }) =>
    runStrict(target, copyMissingInRange(plan, keyRange(plan.key.columns, lower, upper))),
  writeKeys: async ({ target }, plan, keys) => {
    await runStrict(target, copyKeys(plan, keys));
  },
  collidingKeys: ({ target }, plan, indexName, keys) => collidingKeys(target, plan, indexName, keys),
};

async function collidingKeys(
  session: Session,
  plan: TablePlan,
  indexName: string,
  keys: readonly Key[],
): Promise<readonly Key[] | undefined> {
  const match = await uniqueMatches(session, plan, indexName);
  if (match === undefined) return undefined;
  const { columns } = plan.key;
  const list = columns
    .map((column, index) => {
      const reference = quoteColumn(plan.shadow, plan.shadowKey[index] ?? '');
      return `${keyTextExpression(column, reference)} AS ${keyAlias(index)}`;
    })
    .join(', ');
  const names = columns.map(({ name }) => name);
  // Names are qualified by whole table names, since under LOCK TABLES no alias may be used.
  const chosen = keyIn(columns, names, keys, plan.source);
  const rows = await session.rows(
    `SELECT ${list} FROM ${quoteTable(plan.source)} JOIN ${quoteTable(plan.shadow)} ON ${match} WHERE ${chosen}`,
  );
  return rows.map((row) => keyOfRow(row, columns));
}
