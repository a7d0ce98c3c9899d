/** Names what differs in JSON documents, whose text may be the same on both sides: paths and types, never values (P8). */
import { jsonPathsShownMax } from '../../../limits/mysql-table.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { Session } from '../../server/session/session.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Key } from '../../../binlog/key.js';
import { columnKind } from '../rows/column-kind.js';
import type { Difference } from './differences.js';
import { nodesOfSmallDocument } from './find-json-losses.js';
import type { KeyedTable, Sides } from './side.js';

/** @returns the differences, where JSON columns have the paths of what the copy has not, or has in another type. */
export async function withJsonPaths(
  sessions: SessionPair,
  plan: TablePlan,
  sides: Sides,
  differences: readonly Difference[],
): Promise<readonly Difference[]> {
  const named: Difference[] = [];
  for (const difference of differences) {
    if (difference.kind !== 'different') {
      named.push(difference);
      continue;
    }
    const columns: string[] = [];
    for (const column of difference.columns) {
      const paths = await pathsOf(sessions, plan, sides, difference.key, column);
      columns.push(paths.length === 0 ? column : `${column} (${paths.slice(0, jsonPathsShownMax).join(', ')})`);
    }
    named.push({ ...difference, columns });
  }
  return named;
}

async function pathsOf(
  { source, target }: SessionPair,
  plan: TablePlan,
  sides: Sides,
  key: Key,
  column: string,
): Promise<readonly string[]> {
  const pair = plan.pairs.find((one) => one.target.name === column);
  if (pair === undefined || columnKind(pair.source) !== 'json' || columnKind(pair.target) !== 'json') return [];
  const there = new Set(await typedPaths(target, sides.copy, key, pair.target.name));
  const here = await typedPaths(source, sides.source, key, pair.source.name);
  return here.filter((node) => !there.has(node));
}

async function typedPaths(session: Session, table: KeyedTable, key: Key, column: string): Promise<readonly string[]> {
  return (await nodesOfSmallDocument(session, table, key, column)).map(({ path, type }) => `${path} ${type}`);
}
