/** Triggers of the table would stay with the old one at the swap, so they are refused until they are moved along. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { TableName } from '../../../schema/table-model.js';
import { triggerNames } from '../../server/introspect/load-table.js';
import type { Session } from '../../server/session/session.js';
import { lockHolder } from '../../server/sidecar/operations.js';
import { operationOfFence } from '../../../schema/names.js';
import type { Check } from '../check.js';

/** @throws TABLE_BUSY where they are the fences of a move that has the table, NOT_BUILT_YET naming the triggers. Needs TRIGGER: without it they are invisible. */
export const checkTriggers: Check = async ({ session, table }) => {
  const names = await triggerNames(session, table);
  if (names.length === 0) return [];
  await refuseFenced(session, table, names[0] ?? '');
  throw new SwitchyardError('NOT_BUILT_YET', { what: `A table with triggers (${names.join(', ')})` });
};

/** Fences that a move has left for good (`sourceTables: keep`) are triggers like others. */
async function refuseFenced(session: Session, { database, table }: TableName, trigger: string): Promise<void> {
  const fencedBy = operationOfFence(trigger);
  if (fencedBy === undefined) return;
  const holder = await lockHolder(session, { database, table });
  if (holder?.operationId !== fencedBy) return;
  throw new SwitchyardError('TABLE_BUSY', { table: `${database}.${table}`, owner: holder.workflowId });
}
