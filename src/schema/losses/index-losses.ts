/** Indexes that go, and whose work no other index of the new table does. */
import type { Loss } from '../../domain/loss.js';
import type { ColumnPair } from '../column-mapping.js';
import { splitCreateStatement } from '../create-statement.js';
import { sameName } from '../identifier.js';
import type { IndexModel, IndexPart, TableModel } from '../table-model.js';
import { loss } from './loss.js';

/** @param pairs every column that stays, with what it becomes. */
export function indexLosses(source: TableModel, altered: TableModel, pairs: readonly ColumnPair[]): readonly Loss[] {
  const renamed = (column: string): string | undefined =>
    pairs.find((pair) => sameName(pair.source.name, column))?.target.name;
  return source.indexes.flatMap((index) => {
    const wanted = index.parts.map((part) => ({ ...part, column: part.column === null ? null : renamed(part.column) }));
    const text = expressionText(source, index);
    const others = altered.indexes.filter((other) => other.type === index.type);
    if (index.unique) {
      // It finds the one row that there can be, too.
      const isKept = others.some((other) => other.unique && isAsUnique(other, wanted, altered, text));
      return isKept ? [] : [uniqueLoss(index)];
    }
    if (others.some((other) => serves(other, wanted, altered, text))) return [];
    const stays = altered.indexes.some(({ name }) => sameName(name, index.name));
    const what = stays ? 'loses columns, or has others' : 'is dropped';
    const noneLeft = `no index serves look-ups by ${columnsOf(index)} any more`;
    return [loss('INDEX_DROPPED', 'index', index.name, `Index ${index.name} ${what}: ${noneLeft}.`)];
  });
}

/** A part of an index of the source under the names of the new table; undefined where its column is dropped. */
type Wanted = Omit<IndexPart, 'column'> & { readonly column: string | null | undefined };

/** Whether what is unique by the other index is unique by the wanted parts: it has no other parts, and none is longer. */
function isAsUnique(other: IndexModel, wanted: readonly Wanted[], altered: TableModel, text: string | null): boolean {
  if (text !== null) return expressionText(altered, other) === text;
  return other.parts.every((part) => wanted.some((want) => isSameColumn(part, want) && covers(want, part)));
}

/** Whether the other index begins with the wanted parts; of a full-text or spatial index it must be all. */
function serves(other: IndexModel, wanted: readonly Wanted[], altered: TableModel, text: string | null): boolean {
  if (text !== null) return expressionText(altered, other) === text;
  if (other.type !== 'BTREE' && other.parts.length !== wanted.length) return false;
  return wanted.every((want, at) => {
    const part = other.parts[at];
    return part !== undefined && isSameColumn(part, want) && covers(part, want);
  });
}

function isSameColumn(part: IndexPart, { column }: Wanted): boolean {
  return part.column !== null && column != null && sameName(part.column, column);
}

/** Whether the prefix of the one is as long as that of the other. */
function covers(one: Pick<IndexPart, 'prefixLength'>, other: Pick<IndexPart, 'prefixLength'>): boolean {
  return one.prefixLength === null || (other.prefixLength !== null && other.prefixLength <= one.prefixLength);
}

function uniqueLoss(index: IndexModel): Loss {
  const columns = columnsOf(index);
  if (index.name !== 'PRIMARY') {
    const sentence = `Unique index ${index.name} goes: nothing keeps ${columns} unique any more.`;
    return loss('UNIQUE_DROPPED', 'index', index.name, sentence);
  }
  const sentence = `The primary key of ${columns} goes: nothing keeps it unique any more.`;
  return loss('PRIMARY_KEY_DROPPED', 'index', index.name, sentence);
}

function columnsOf({ parts }: IndexModel): string {
  const names = parts.map(({ column, prefixLength }) =>
    column === null ? 'an expression' : prefixLength === null ? column : `${column}(${prefixLength})`,
  );
  return `(${names.join(', ')})`;
}

/** What the server writes behind the name of an index with expressions; null where it has none. */
function expressionText({ createStatement }: TableModel, { name, parts }: IndexModel): string | null {
  if (parts.every(({ column }) => column !== null)) return null;
  const element = splitCreateStatement(createStatement).elements.find(
    ({ kind, name: other }) => kind === 'index' && sameName(other, name),
  );
  return element?.text.slice(element.text.indexOf('(')) ?? null;
}
