/**
 * Which secondary indexes of the shadow are built after the copy (docs/design/prepare.md, "Deferred indexes"). Built
 * later they must come out where a native ALTER would have them: the server sorts indexes by class and, within a class,
 * by age, so what is taken out of a class must be its last members.
 */
import { splitCreateStatement, type CreateElement } from './create-statement.js';
import { findNamed, sameName } from './identifier.js';
import { helperIndexName } from './names.js';
import type { IndexModel, TableModel } from './table-model.js';

export interface DeferredIndex {
  readonly name: string;
  /** The server's own text for it: what to write behind ADD. */
  readonly definition: string;
}

/** An index in the order of SHOW CREATE TABLE. */
interface ListedIndex {
  readonly element: CreateElement;
  readonly model: IndexModel;
}

/**
 * The indexes to drop from the empty shadow and to add after the copy, in the order in which they are to be added.
 * @param shadow with its helper columns, if it has any. @param shadowKeyIndex the index that finds rows by key.
 */
export function planDeferredIndexes(shadow: TableModel, shadowKeyIndex: string): readonly DeferredIndex[] {
  const listed = listIndexes(shadow);
  const kept = new Set([
    shadowKeyIndex,
    ...listed.filter((index) => isBuiltAtOnce(index, shadow)).map(({ model }) => model.name),
    ...neededIndexes(listed, shadow, shadowKeyIndex),
  ]);
  // The helper index goes before the swap: its place in the order does not matter.
  const ordered = listed.filter(({ model }) => model.name !== helperIndexName);
  return classesOf(ordered, shadow)
    .flatMap((members) => members.slice(members.findLastIndex(({ model }) => kept.has(model.name)) + 1))
    .map(({ element }) => ({ name: element.name, definition: element.text }));
}

function listIndexes(shadow: TableModel): readonly ListedIndex[] {
  return splitCreateStatement(shadow.createStatement).elements.flatMap((element) => {
    const model = element.kind === 'index' ? findNamed(shadow.indexes, element.name) : undefined;
    return model === undefined ? [] : [{ element, model }];
  });
}

/**
 * Indexes that cannot be added beside others without a copy of the table, or not while rows are written: full-text and
 * spatial ones, and those on expressions, which add a hidden column (tried: not together with a UNIQUE one). And those on
 * virtual columns, apart from unique ones, in which values move from row to row while rows are written one by one.
 */
function isBuiltAtOnce({ element, model }: ListedIndex, shadow: TableModel): boolean {
  const { indexKind } = element;
  if (indexKind === 'fulltext' || indexKind === 'spatial') return true;
  return model.parts.some((part) => part.column === null || (!model.unique && isComputed(part, shadow)));
}

/** Computed only for the index: of a row whose value is refused, the server would tell only that there is one. */
function isComputed({ column }: IndexModel['parts'][number], shadow: TableModel): boolean {
  return column === null || findNamed(shadow.columns, column)?.generated === 'virtual';
}

/** Indexes without which the server refuses the table, or would have to rebuild it when they come back. */
function neededIndexes(listed: readonly ListedIndex[], shadow: TableModel, shadowKeyIndex: string): readonly string[] {
  const inOrder = listed.map(({ model }) => model);
  const primary = shadow.indexes.find(({ name }) => name === 'PRIMARY');
  const needed: string[] = [];
  // Without a primary key the first unique index on NOT NULL columns is the clustered one.
  const clustered = inOrder.find(
    ({ unique, parts }) =>
      unique &&
      parts.every(({ column, prefixLength, nullable }) => column !== null && prefixLength === null && !nullable),
  );
  if (primary === undefined && clustered !== undefined) needed.push(clustered.name);
  const counter = shadow.columns.find(({ autoIncrement }) => autoIncrement);
  if (counter === undefined) return needed;
  const leading = [...(primary === undefined ? [] : [primary]), ...inOrder].filter(({ parts }) => {
    const first = parts[0]?.column;
    return first != null && sameName(first, counter.name);
  });
  const first = leading[0];
  const stays = leading.some(({ name }) => ['PRIMARY', shadowKeyIndex, ...needed].includes(name));
  return stays || first === undefined ? needed : [...needed, first.name];
}

/**
 * The classes by which the server sorts (tried on 9.7): UNIQUE ones by NULLs, prefixes and virtual columns, others by
 * virtual columns, FULLTEXT last. Where the order that is seen contradicts this, only the coarse classes are used.
 */
function classesOf(ordered: readonly ListedIndex[], shadow: TableModel): readonly (readonly ListedIndex[])[] {
  const kinds = [
    ordered.filter(({ model }) => model.unique),
    ordered.filter(({ model, element }) => !model.unique && element.indexKind !== 'fulltext'),
  ];
  return kinds.flatMap((members) => {
    const runs: ListedIndex[][] = [];
    const labels: string[] = [];
    for (const member of members) {
      const label = classLabel(member.model, shadow);
      if (label === labels.at(-1)) {
        runs.at(-1)?.push(member);
      } else {
        labels.push(label);
        runs.push([member]);
      }
    }
    return new Set(labels).size === labels.length ? runs : [members];
  });
}

function classLabel({ unique, parts }: IndexModel, shadow: TableModel): string {
  const isVirtual = parts.some((part) => isComputed(part, shadow));
  if (!unique) return String(isVirtual);
  const isNullable = parts.some(({ nullable }) => nullable);
  const isPrefix = parts.some(({ prefixLength }) => prefixLength !== null);
  return [isNullable, isPrefix, isVirtual].join();
}
