/** What an ENUM or a SET loses of its labels. */
import type { ColumnModel } from '../table-model.js';
import { typeArguments } from '../type-arguments.js';
import type { TypeLoss } from './loss.js';

/** Both are an ENUM or a SET. */
export function labelLosses(source: ColumnModel, target: ColumnModel, change: string): readonly TypeLoss[] {
  if (source.dataType === 'set' && target.dataType === 'enum') {
    return [{ code: 'TYPE_CHANGED', what: `${change}: a value of several labels stops the migration` }];
  }
  const before = typeArguments(source.columnType);
  const after = typeArguments(target.columnType);
  const gone = withoutEach(before, after);
  if (gone.length > 0) {
    const labels = gone.map((label) => `'${label}'`).join(', ');
    return [
      {
        code: 'LABELS_REMOVED',
        what: `loses ${labels}: a row that has it stops the migration, a later one is refused`,
      },
    ];
  }
  const order = before.map((label) => after.indexOf(label));
  const isKept = order.every((place, index) => index === 0 || place >= (order[index - 1] ?? 0));
  if (isKept) return [];
  return [
    {
      code: 'LABELS_REORDERED',
      what: 'has its labels in another order: rows are sorted otherwise, and their numbers change',
    },
  ];
}

/**
 * Each of the second list takes away one of the first: the server shows every character of four bytes as `?`, so that
 * several labels may look alike.
 */
function withoutEach(labels: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return labels.filter((label) => {
    const at = left.indexOf(label);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Characters of the longest value. */
export function labelsWidth({ dataType, columnType }: ColumnModel): number {
  const lengths = typeArguments(columnType).map((label) => [...label].length);
  if (dataType === 'enum') return Math.max(0, ...lengths);
  return lengths.reduce((sum, length) => sum + length, Math.max(0, lengths.length - 1));
}
