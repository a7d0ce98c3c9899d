/**
 * What an ALTER TABLE destroys or narrows: read from the definitions before and after it, as the server has them, so that
 * what it does without saying so (an index that goes with its column, a character set that changes every text) is found
 * as well. Only which column becomes which comes from the clauses (column-mapping.ts).
 */
import type { Loss } from '../../domain/loss.js';
import type { ColumnMapping } from '../column-mapping.js';
import type { ConstraintNames } from '../rewrite.js';
import type { TableModel } from '../table-model.js';
import { unwrittenColumns } from '../unwritten-columns.js';
import { columnLosses } from './column-losses.js';
import { checkLosses } from './check-losses.js';
import { indexLosses } from './index-losses.js';
import { loss } from './loss.js';
import { partitionLosses } from './partition-losses.js';

export interface ChangedTable {
  readonly source: TableModel;
  /** The table after the statement, before anything of ours was added to it. */
  readonly altered: TableModel;
  /** Of the two. */
  readonly mapping: ColumnMapping;
  /** What the CHECK constraints of the source are called in `altered`, where that is another name. */
  readonly constraintNames: ConstraintNames;
}

/** In the order of columns, indexes, constraints, partitions; empty where nothing is lost. */
export function findLosses(changed: ChangedTable): readonly Loss[] {
  const { source, altered, mapping, constraintNames } = changed;
  const pairs = [...mapping.pairs, ...mapping.computed];
  const { computed } = unwrittenColumns(source, altered, mapping);
  const columns = source.columns.flatMap((column) => {
    const pair = pairs.find((one) => one.source === column);
    if (pair === undefined) {
      const what = column.generated === 'none' ? 'its values' : 'what is computed in it';
      return [loss('COLUMN_DROPPED', 'column', column.name, `Column ${column.name} is dropped, with ${what}.`)];
    }
    return columnLosses(pair, changed, computed.includes(pair));
  });
  return [
    ...columns,
    ...indexLosses(source, altered, pairs),
    ...checkLosses(source, altered, constraintNames),
    ...partitionLosses(source, altered),
  ];
}
