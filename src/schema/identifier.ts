/** Names of tables and columns: how they get into SQL and when two of them are the same. */
import type { TableName } from './table-model.js';

/** The name in back-ticks, with its own back-ticks doubled. The only function that quotes identifiers. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** The quoted name of a table with its database. */
export function quoteTable({ database, table }: TableName): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(table)}`;
}

/** The quoted name of a column with its table and database: nothing but this column can be meant by it. */
export function quoteColumn(table: TableName, column: string): string {
  return `${quoteTable(table)}.${quoteIdentifier(column)}`;
}

/**
 * The form under which column, index and constraint names are equal: letter case does not count, accents do. Character
 * by character, as the server does it (JavaScript's own rules for whole words make another letter of a last sigma), and
 * with the one letter where the server's tables differ from Unicode's in that they see more names as equal.
 */
export function foldName(name: string): string {
  let folded = '';
  for (const character of name) folded += character === '\u0130' ? 'i' : character.toLowerCase();
  return folded;
}

/** Whether the server takes both for the same column, index or constraint. */
export function sameName(one: string, other: string): boolean {
  return one === other || foldName(one) === foldName(other);
}

/**
 * The item of this name. An exact match goes first: for a few rare letters Unicode knows a lower case that the server
 * does not, and a table can have both.
 */
export function findNamed<Item extends { readonly name: string }>(
  items: readonly Item[],
  name: string,
): Item | undefined {
  return items.find((item) => item.name === name) ?? items.find((item) => sameName(item.name, name));
}
