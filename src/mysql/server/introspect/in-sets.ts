/** Many tables in sets of which one statement asks: few round trips, and statements that stay small. */
import { tablesInStatementMax } from '../../../limits/mysql-server.js';

/** In their order. */
export function inSets<Item>(items: readonly Item[], itemsMax = tablesInStatementMax): readonly (readonly Item[])[] {
  const sets: (readonly Item[])[] = [];
  for (let from = 0; from < items.length; from += itemsMax) sets.push(items.slice(from, from + itemsMax));
  return sets;
}

/** What stands for them behind IN. */
export function placeholders(items: readonly unknown[]): string {
  return `(${rowsOf(items, '?')})`;
}

/** What stands for them behind VALUES. @param row what stands for one. */
export function rowsOf(items: readonly unknown[], row: string): string {
  return items.map(() => row).join(', ');
}
