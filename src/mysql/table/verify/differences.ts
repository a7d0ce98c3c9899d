/** What it means that two sides are not equal, and how it is told. Keys and column names only, never other values (P8). */
import type { Key } from '../../../binlog/key.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { differencesShownMax } from '../../../limits/mysql-table.js';
import { displayKey } from '../rows/key-sql.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { TablePlan } from '../rows/table-plan.js';
import { comparisonOf, type Comparison } from './compared-pairs.js';
import { columnDigests, rowsOfKeys, sidesOf, type RowDigests, type Sides } from './side.js';

/** One key with what either side has: a digest, or null for no row. The two differ. */
export interface UnequalRow {
  readonly id: string;
  readonly key: Key;
  readonly source: string | null;
  readonly copy: string | null;
}

/** One row that the copy lacks, has too much, or has with other values. */
export type Difference =
  | { readonly kind: 'missing'; readonly key: Key }
  | { readonly kind: 'extra'; readonly key: Key }
  | { readonly kind: 'different'; readonly key: Key; readonly columns: readonly string[] };

/** The rows that are not the same on both sides. */
export function unequalRows(source: RowDigests, copy: RowDigests): readonly UnequalRow[] {
  const unequal: UnequalRow[] = [];
  for (const [id, { key, digest }] of source) {
    const other = copy.get(id)?.digest ?? null;
    if (other !== digest) unequal.push({ id, key, source: digest, copy: other });
  }
  for (const [id, { key, digest }] of copy) {
    if (!source.has(id)) unequal.push({ id, key, source: null, copy: digest });
  }
  return unequal;
}

/** The rows with these keys that are not the same on both sides. */
export async function readUnequal(
  sessions: SessionPair,
  sides: Sides,
  keys: readonly Key[],
): Promise<readonly UnequalRow[]> {
  return unequalRows(
    await rowsOfKeys(sessions.source, sides.source, keys),
    await rowsOfKeys(sessions.target, sides.copy, keys),
  );
}

/**
 * Compares the rows with these keys as they are now, with one more statement for each table where something differs.
 * It begins no transaction and gives no table an alias, so it can run on the session that holds the
 * table locks, where nothing moves. @returns the rows that differ, with the columns of the first few.
 */
export async function differingKeys(
  sessions: SessionPair,
  plan: TablePlan,
  keys: readonly Key[],
): Promise<readonly Difference[]> {
  const comparison = comparisonOf(plan);
  const sides = sidesOf(plan, comparison);
  return describeRows(sessions, plan, comparison, await readUnequal(sessions, sides, keys));
}

/** Says of each row what differs; columns are read for the first few. */
export async function describeRows(
  sessions: SessionPair,
  plan: TablePlan,
  comparison: Comparison,
  rows: readonly UnequalRow[],
): Promise<readonly Difference[]> {
  const { source, copy } = sidesOf(plan, comparison);
  const changed = rows.filter((row) => row.source !== null && row.copy !== null).slice(0, differencesShownMax);
  const keys = changed.map(({ key }) => key);
  const left = keys.length === 0 ? new Map<string, string[]>() : await columnDigests(sessions.source, source, keys);
  const right = keys.length === 0 ? new Map<string, string[]>() : await columnDigests(sessions.target, copy, keys);
  return rows.map(({ id, key, ...row }) => {
    if (row.copy === null) return { kind: 'missing', key };
    if (row.source === null) return { kind: 'extra', key };
    const here = left.get(id);
    const there = right.get(id);
    const columns = comparison.pairs.filter((_pair, index) => here?.[index] !== there?.[index]);
    return { kind: 'different', key, columns: here && there ? columns.map(({ name }) => name) : [] };
  });
}

/** The error for rows that are really different: it names at most ten keys. */
export function verificationFailed(plan: TablePlan, differences: readonly Difference[]): SwitchyardError {
  const shown = differences.slice(0, differencesShownMax);
  const keysOf = (kind: Difference['kind']): string[] =>
    shown.filter((difference) => difference.kind === kind).map(({ key }) => displayKey(plan.key.columns, key));
  const missing = keysOf('missing');
  const extra = keysOf('extra');
  const columns = [
    ...new Set(shown.flatMap((difference) => (difference.kind === 'different' ? difference.columns : []))),
  ];
  const different = keysOf('different');
  const parts = [
    missing.length > 0 ? `missing in the copy: ${missing.join('; ')}` : undefined,
    extra.length > 0 ? `not in the source: ${extra.join('; ')}` : undefined,
    different.length > 0 ? `different in ${columns.join(', ') || 'some column'}: ${different.join('; ')}` : undefined,
    differences.length > shown.length ? `and ${differences.length - shown.length} more rows` : undefined,
  ];
  return new SwitchyardError('VERIFICATION_FAILED', {
    table: `${plan.source.database}.${plan.source.table}`,
    problem: parts.filter((part) => part !== undefined).join(', '),
    keys: shown.map(({ key }) => displayKey(plan.key.columns, key)),
    missing,
    extra,
    different,
    columns,
  });
}
