/** Plans for tables that a test made itself: columns are paired by name, the key is the one that preparation would choose. */
import { loadTable } from '../../../../src/mysql/server/introspect/load-table.js';
import type { Session } from '../../../../src/mysql/server/session/session.js';
import { sqlModes, type ConversionSettings } from '../../../../src/mysql/server/session/variables.js';
import type { MigrationPlan } from '../../../../src/mysql/migration/migration-plan.js';
import { chooseIterationKey } from '../../../../src/schema/iteration-key.js';
import { clockDefaults, implicitDefaults } from '../../../../src/schema/implicit-defaults.js';
import type { TableName } from '../../../../src/schema/table-model.js';
import { unwrittenColumns } from '../../../../src/schema/unwritten-columns.js';

export const strictModes =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO';

/** A zone that is not the server's; nothing of the wall clock in it. */
export const conversionOf = (modes = strictModes, timeZone = '+05:30'): ConversionSettings => ({
  ...sqlModes(modes),
  timeZone,
  timestampSeconds: 1_700_000_000,
});

export interface PlanFor {
  readonly source: TableName;
  readonly copy: TableName;
  readonly conversion?: ConversionSettings;
  /** Columns of the copy that hold the key, where they are not its own. */
  readonly copyKey?: readonly string[];
  readonly copyKeyIndex?: string;
  /** New names of columns that are called otherwise in the copy. */
  readonly renamed?: Readonly<Record<string, string>>;
  readonly averageRowBytes?: number;
}

export async function planFor(session: Session, wanted: PlanFor): Promise<MigrationPlan> {
  const source = await loadTable(session, wanted.source);
  const copy = await loadTable(session, wanted.copy);
  const key = chooseIterationKey(source);
  const newName = (name: string): string => wanted.renamed?.[name] ?? name;
  const all = source.columns.flatMap((column) => {
    const target = copy.columns.find(({ name }) => name === newName(column.name));
    return target === undefined ? [] : [{ source: column, target, conversion: 'assign' as const }];
  });
  const pairs = all.filter(({ target }) => target.generated === 'none');
  const isKnown = (name: string): boolean =>
    wanted.copyKey?.includes(name) === true || all.some(({ target }) => target.name === name);
  const added = copy.columns.map(({ name }) => name).filter((name) => !isKnown(name));
  const filled = [...implicitDefaults(copy, added), ...clockDefaults(copy, added, '2023-11-15 03:43:20')];
  return {
    version: 1,
    operationId: 'test',
    source: wanted.source,
    copy: wanted.copy,
    retained: { ...wanted.source, table: 'retained' },
    statement: '',
    conversion: wanted.conversion ?? conversionOf(),
    key,
    copyKey: wanted.copyKey ?? key.columns.map(({ name }) => newName(name)),
    copyKeyIndex: wanted.copyKeyIndex ?? 'PRIMARY',
    helperColumns: [],
    markerColumn: null,
    histograms: [],
    shadowFingerprint: '',
    pairs,
    implicitDefaults: filled,
    unwritten: unwrittenColumns(source, copy, {
      pairs,
      computed: all.filter(({ target }) => target.generated !== 'none'),
      added,
      implicitDefaults: filled,
    }),
    counter: null,
    deferredIndexes: [],
    sourceFingerprint: '',
    sourceColumnCount: source.columns.length,
    averageRowBytes: wanted.averageRowBytes ?? 100,
    rowsEstimated: source.rowsEstimated,
    lowerCaseTableNames: false,
  };
}
