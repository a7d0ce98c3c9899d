/** Partitions that go: their rows stay, but not what drops or reads them together. */
import type { Loss } from '../../domain/loss.js';
import { createModes, splitCreateStatement } from '../create-statement.js';
import { sameName } from '../identifier.js';
import type { TableModel } from '../table-model.js';
import { significantTokens, tokenize } from '../tokens.js';
import { loss } from './loss.js';

export function partitionLosses(source: TableModel, altered: TableModel): readonly Loss[] {
  if (!source.partitioned) return [];
  if (!altered.partitioned) {
    const sentence = 'The table is not partitioned any more: its rows stay, all together.';
    return [loss('PARTITIONING_REMOVED', 'table', source.table, sentence)];
  }
  const after = partitionNames(altered);
  const gone = partitionNames(source).filter((name) => !after.some((other) => sameName(other, name)));
  if (gone.length === 0) return [];
  const sentence = `There are no partitions ${gone.join(', ')} any more: their rows go to others; one that has no place stops the migration.`;
  return [loss('PARTITIONS_DROPPED', 'table', source.table, sentence)];
}

/** Those that have names: partitions by HASH and KEY may be a number only. */
function partitionNames({ createStatement }: TableModel): readonly string[] {
  const tokens = significantTokens(tokenize(splitCreateStatement(createStatement).partitioning, createModes).tokens);
  return tokens.flatMap(({ keyword }, index) => {
    const name = tokens[index + 1];
    const isName = keyword === 'PARTITION' && name !== undefined && name.keyword !== 'BY';
    return isName ? [name.value] : [];
  });
}
