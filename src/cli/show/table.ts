/** Tables on a terminal. */
import { cut, padded, plain, widthOf } from './text.js';

const gap = '  ';

/**
 * The rows below their heads, as lines. What does not fit into `places` is cut in the last column.
 * @param paint of a cell that is as wide as its column already.
 */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  places = Infinity,
  paint: (cell: string, column: number, row: number) => string = (cell) => cell,
): readonly string[] {
  const cells = [heads, ...rows.map((row) => row.map(plain))];
  const widths = heads.map((_head, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  const last = heads.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + gap.length, 0);
  return cells.map((row, at) =>
    row
      .map((cell, column) => {
        const shown = column < last ? padded(cell, widths[column] ?? 0) : cut(cell, Math.max(10, places - before));
        return at === 0 ? shown : paint(shown, column, at - 1);
      })
      .join(gap)
      .trimEnd(),
  );
}
