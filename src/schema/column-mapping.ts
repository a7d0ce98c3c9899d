/**
 * Which column of the table becomes which column of the shadow. Types and definitions come from the server, which ran the
 * statement; only names come from its clauses, and all of them mean the table as it was before (tried: swapped names,
 * drop and add of one name, rename and add of the old name).
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { AlterClause } from './alter-clause.js';
import { conversionOf, type Conversion } from './value-conversion.js';
import { findNamed, foldName, sameName } from './identifier.js';
import { implicitDefaults, type ImplicitDefault } from './implicit-defaults.js';
import { isReservedColumnName } from './names.js';
import type { ColumnModel, TableModel } from './table-model.js';

export interface ColumnPair {
  readonly source: ColumnModel;
  readonly target: ColumnModel;
}

/** A pair that is copied. */
export interface CopiedPair extends ColumnPair {
  readonly conversion: Conversion;
  /** The column becomes AUTO_INCREMENT: zero would be numbered anew, and is not copied. */
  readonly refusesZero?: boolean;
}

export interface ColumnMapping {
  /** What is copied: the target is a plain column. The source may be a generated one that becomes plain. */
  readonly pairs: readonly CopiedPair[];
  /** Columns that stay or become generated: never written, the server computes them as a native ALTER does. */
  readonly computed: readonly ColumnPair[];
  /** Names of shadow columns that have no predecessor: they get their default. */
  readonly added: readonly string[];
  /** Added columns that every row must be given a value for: an INSERT that leaves them out would be refused. */
  readonly implicitDefaults: readonly ImplicitDefault[];
  /**
   * A plain column that becomes AUTO_INCREMENT, or null. A native ALTER gives new numbers to its zeros, in the order of
   * copying: there must be none.
   */
  readonly becomesAutoIncrement: ColumnPair | null;
}

/**
 * @param shadow the shadow after the statement and before anything of ours was added to it.
 * @throws COLUMNS_UNACCOUNTED when the clauses do not explain every column; CONVERSION_NOT_EXACT; RESERVED_NAME;
 * VALUES_WOULD_BE_GENERATED.
 */
export function mapColumns(source: TableModel, shadow: TableModel, clauses: readonly AlterClause[]): ColumnMapping {
  const reserved = [...source.columns, ...shadow.columns].find(({ name }) => isReservedColumnName(name));
  if (reserved !== undefined) throw new SwitchyardError('RESERVED_NAME', { column: reserved.name });
  const changes = readChanges(clauses);
  const all: ColumnPair[] = [];
  const missing: string[] = [];
  for (const column of source.columns) {
    if (changes.dropped.some((name) => findNamed(source.columns, name) === column)) continue;
    const renamed = changes.renamed.find(({ from }) => findNamed(source.columns, from) === column);
    const target = findNamed(shadow.columns, renamed?.to ?? column.name);
    if (target === undefined) missing.push(`${renamed?.to ?? column.name} is missing`);
    else all.push({ source: column, target });
  }
  const added = shadow.columns.filter((column) => !all.some(({ target }) => target === column)).map(({ name }) => name);
  checkAccounts({ all, missing, added, expected: changes.added });
  const pairs = all.filter(({ target }) => target.generated === 'none').map(withConversion);
  return {
    pairs,
    computed: all.filter(({ target }) => target.generated !== 'none'),
    added,
    implicitDefaults: implicitDefaults(shadow, added),
    becomesAutoIncrement: findNewAutoIncrement(pairs),
  };
}

interface NameChanges {
  readonly dropped: readonly string[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly added: readonly string[];
}

function readChanges(clauses: readonly AlterClause[]): NameChanges {
  return {
    dropped: clauses.flatMap((clause) => (clause.kind === 'dropColumn' ? [clause.column] : [])),
    renamed: clauses.flatMap((clause) =>
      clause.kind === 'changeColumn' || clause.kind === 'renameColumn'
        ? [{ from: clause.column, to: clause.newName }]
        : [],
    ),
    added: clauses.flatMap((clause) => (clause.kind === 'addColumn' ? [clause.column] : [])),
  };
}

/** The safety net: whatever the clauses were taken for, every column must be explained, and once. */
function checkAccounts(account: {
  readonly all: readonly ColumnPair[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
  readonly expected: readonly string[];
}): void {
  const { all, added, expected } = account;
  const problems = [...account.missing];
  for (const name of added) {
    if (!expected.some((other) => sameName(name, other))) problems.push(`${name} comes from nowhere`);
  }
  for (const name of expected) {
    if (!added.some((other) => sameName(name, other))) problems.push(`${name} was not added`);
  }
  const targets = new Set(all.map(({ target }) => foldName(target.name)));
  if (targets.size !== all.length) problems.push('two columns become one');
  if (problems.length > 0) throw new SwitchyardError('COLUMNS_UNACCOUNTED', { problem: problems.join('; ') });
}

function withConversion(pair: ColumnPair): CopiedPair {
  const { source, target } = pair;
  const conversion = conversionOf(source, target);
  if (conversion !== null) return { ...pair, conversion };
  throw new SwitchyardError('CONVERSION_NOT_EXACT', {
    column: source.name,
    from: source.columnType,
    to: target.columnType,
  });
}

function findNewAutoIncrement(pairs: readonly ColumnPair[]): ColumnPair | null {
  const pair = pairs.find(({ source, target }) => target.autoIncrement && !source.autoIncrement);
  if (pair?.source.nullable === true) {
    throw new SwitchyardError('VALUES_WOULD_BE_GENERATED', { column: pair.target.name });
  }
  return pair ?? null;
}
