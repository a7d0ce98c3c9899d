/** Triggers of the table would stay with the old one at the swap, so they are refused until they are moved along. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { operationOfFence } from '../../../schema/names.js';
import type { TableName } from '../../../schema/table-model.js';
import { inSets } from '../../server/introspect/in-sets.js';
import { triggersOn, type TriggerName } from '../../server/introspect/load-table.js';
import type { Session } from '../../server/session/session.js';
import { lockHolder } from '../../server/sidecar/operations.js';
import type { Check } from '../check.js';

/**
 * Needs TRIGGER: without it they are invisible.
 * @throws TABLE_BUSY where they are the fences of a move that has the table, NOT_BUILT_YET naming the triggers.
 */
export const checkTriggers: Check<'table'> = {
  scope: 'table',
  ask: async ({ session, database, tables }) => {
    for (const set of inSets(tables)) await refuseTriggers(session, database, set);
    return [];
  },
};

async function refuseTriggers(session: Session, database: string, tables: readonly TableName[]): Promise<void> {
  const triggers = await triggersOn(
    session,
    database,
    tables.map(({ table }) => table),
  );
  const [first] = triggers;
  if (first === undefined) return;
  await refuseFenced(session, first);
  const names = triggers.filter(({ table }) => table === first.table).map(({ name }) => name);
  throw new SwitchyardError('NOT_BUILT_YET', { what: `A table with triggers (${names.join(', ')})` });
}

/** Fences that a move has left for good (`sourceTables: keep`) are triggers like others. */
async function refuseFenced(session: Session, { database, table, name }: TriggerName): Promise<void> {
  const fencedBy = operationOfFence(name);
  if (fencedBy === undefined) return;
  const holder = await lockHolder(session, { database, table });
  if (holder?.operationId !== fencedBy) return;
  throw new SwitchyardError('TABLE_BUSY', { table: `${database}.${table}`, owner: holder.workflowId });
}
