/** Takes the secondary indexes that are built after the copy out of an empty table. */
import { planDeferredIndexes } from '../../../schema/deferred-indexes.js';
import { findNamed, quoteIdentifier, quoteTable } from '../../../schema/identifier.js';
import type { TableModel } from '../../../schema/table-model.js';
import type { DeferredIndex } from '../rows/table-plan.js';
import type { Session } from '../../server/session/session.js';

/** @param table as it is. @param keyIndex the index that finds rows by key; it stays. @returns what to build later, in this order. */
export async function deferIndexes(
  session: Session,
  table: TableModel,
  keyIndex: string,
): Promise<readonly DeferredIndex[]> {
  const deferred = planDeferredIndexes(table, keyIndex);
  if (deferred.length === 0) return [];
  const drops = deferred.map(({ name }) => `DROP INDEX ${quoteIdentifier(name)}`);
  await session.run(`ALTER TABLE ${quoteTable(table)} ${drops.join(', ')}`);
  return deferred.map((index) => ({ ...index, ...partsOf(index.name, table) }));
}

function partsOf(indexName: string, { indexes }: TableModel): Pick<DeferredIndex, 'columns' | 'prefixLengths'> {
  const parts = findNamed(indexes, indexName)?.parts ?? [];
  const columns = parts.map(({ column }) => column);
  const prefixLengths = parts.map(({ prefixLength }) => prefixLength);
  return prefixLengths.every((length) => length === null) ? { columns } : { columns, prefixLengths };
}
