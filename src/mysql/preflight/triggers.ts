/** Triggers of the table would stay with the old one at the swap, so they are refused until they are moved along. */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { Check } from './check.js';

/** @throws NOT_BUILT_YET naming the triggers. Needs TRIGGER: without it they are invisible. */
export const checkTriggers: Check = async ({ session, table }) => {
  const rows = await session.rows<{ name: string }>(
    `SELECT trigger_name AS name FROM information_schema.triggers
      WHERE event_object_schema = ? AND event_object_table = ? ORDER BY trigger_name`,
    [table.database, table.table],
  );
  if (rows.length === 0) return [];
  const names = rows.map(({ name }) => name).join(', ');
  throw new SwitchyardError('NOT_BUILT_YET', { what: `A table with triggers (${names})` });
};
